// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// TimerHeap: a P's 4-ary heap of deadlines.
#ifndef UNPARK_RUNTIME_SCHED_TIMER_HEAP_H_
#define UNPARK_RUNTIME_SCHED_TIMER_HEAP_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "runtime/os/spin_lock.h"

namespace unpark::sched {

class TimerHeap;

// A deadline and what to do then; embedded in what waits for it (a sleeping goroutine, a channel,
// an AfterFunc).
//
// Invariants:
//   - heap and index are written under the lock of the heap concerned; when == the deadline it is
//   filed under.
//   - lock order: the owner's lock, then a heap's. `fire` is called with neither held.
//   - between "popped as due" and `fire` the owner may stop or re-arm the node. So `fire` takes the
//   owner's lock and
//     decides by the owner's own state whether there is something to do; the heap's word is only a
//     hint.
struct TimerNode {
  std::int64_t when = 0;
  std::atomic<TimerHeap*> heap{nullptr};
  std::size_t index = 0;
  // Called once the node is due and out of the heap; `now` is monotonic ns.
  void (*fire)(TimerNode* node, std::int64_t now) = nullptr;
  // Called under the heap's lock as the node is popped: keeps the owner alive until fire has run.
  // May be null.
  void (*hold)(TimerNode* node) = nullptr;
  // Called when the runtime ends while the node is filed, after it has been unfiled. May be null.
  void (*drop)(TimerNode* node) = nullptr;
};

// Four children a node: half the depth of a binary heap, and the children of a node share a cache
// line. Stopping removes at once; lazily dropped timers would need a sweep, and channel timers are
// only filed while somebody waits for them, so stops of filed timers are rare.
class TimerHeap {
 public:
  // Files node under `when`. REQUIRES: it is in no heap.
  void Add(TimerNode* node, std::int64_t when);
  // Removes node if it is in this heap; whether it was.
  bool Remove(TimerNode* node);
  // Fires all that are due at `now`; returns how many.
  int FireDue(std::int64_t now);
  // Moves all nodes to *to. REQUIRES: no other thread adds to this heap.
  void MoveAllTo(TimerHeap* to);

  // Unfiles all nodes unfired. REQUIRES: the runtime has stopped.
  void Clear();

  // The earliest deadline, 0 when empty; a hint without the lock. Sequentially consistent for the
  // same reason as GlobalQueue::Size.
  std::int64_t Next() const { return next_.load(std::memory_order_seq_cst); }
  std::int64_t NextRelaxed() const { return next_.load(std::memory_order_relaxed); }
  std::size_t Size();

 private:
  struct Entry {
    std::int64_t when;
    TimerNode* node;
  };
  // Makes room for n more entries and returns with the lock held. *old takes storage that the
  // caller frees after the unlock.
  std::unique_lock<os::SpinLock> LockWithRoom(std::size_t n, std::vector<Entry>* old);
  void Set(std::size_t i, Entry e);
  void Up(std::size_t i, Entry e);
  void Down(std::size_t i, Entry e);
  void RemoveAt(std::size_t i);
  void Publish();

  os::SpinLock lock_;
  std::vector<Entry> entries_;  // guarded by lock_
  std::atomic<std::int64_t> next_{0};
};

}  // namespace unpark::sched

#endif  // UNPARK_RUNTIME_SCHED_TIMER_HEAP_H_
