// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// ReaderLanes: the readers of one RWMutex counted by thread, each on a cache line of its own.
//
// While they are open, a reader adds to and subtracts from the count of the thread that it runs on
// with plain stores; only the sum over all lanes has a meaning. A writer closes them first and
// takes the sum. The reader's side has no fence; the writer's has one for all threads:
//
//      the reader:  busy = 1;        compiler barrier;   read open;   count;   busy = 0
//      the writer:  open = false;    membarrier;         wait for busy == 0;   read count
//
// The membarrier runs a full barrier on each thread's core, so either the reader sees that they are
// closed or the writer sees that it is busy. A goroutine cannot change threads between the two
// stores, and nothing there waits, so the writer's wait is as long as a kernel keeps the reader's
// thread off its core.
//
// Invariants:
//   1. Only the thread of a lane writes to it while `open`; only who may open or close writes else.
//   2. Who opens or closes excludes others who do, by a lock of the caller.
#ifndef UNPARK_RUNTIME_SYNC_READER_LANES_H_
#define UNPARK_RUNTIME_SYNC_READER_LANES_H_

#include <atomic>
#include <cstdint>
#include <memory>

#include "runtime/os/sanitizer.h"
#include "runtime/sched/m.h"

namespace unpark::internal {

class ReaderLanes {
 public:
  // Adds `n` to the count of this thread's lane; false if the lanes are closed to this thread.
  // Acquire: what happened before they were opened comes first.
  [[gnu::always_inline]] bool Add(std::int64_t n) {
    if (!open_.load(std::memory_order_acquire)) return false;
    sched::M* const m = sched::CurrentM();
    if (m == nullptr || static_cast<std::uint32_t>(m->lane) >= kCount) [[unlikely]]
      return false;
    Lane& lane = lanes_[static_cast<std::size_t>(m->lane)];
    lane.busy.store(true, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);
    const bool open = open_.load(std::memory_order_relaxed);
    if (open) [[likely]]
      lane.readers.store(lane.readers.load(std::memory_order_relaxed) + n,
                         std::memory_order_relaxed);
    // Release: pairs with Close, for which this reader's reads then come first. (The store forgets
    // what earlier readers on this thread released, so ThreadSanitizer is told of each.)
    os::ReleaseTo(&lane.readers);
    lane.busy.store(false, std::memory_order_release);
    return open;
  }

  bool IsOpen() const { return open_.load(std::memory_order_relaxed); }
  // False if this kernel or this machine's memory has no room for them.
  bool Open();
  // Returns the sum of all counts, which are 0 afterwards. REQUIRES: open.
  std::int64_t Close();

 private:
  // More threads than that at work on one lock are rare; the others count in the lock's own word.
  static constexpr std::uint32_t kCount = 16;

  struct alignas(64) Lane {
    std::atomic<bool> busy{false};
    std::atomic<std::int64_t> readers{0};
  };

  std::atomic<bool> open_{false};
  std::unique_ptr<Lane[]> lanes_;  // made at the first Open and kept, since a late reader may look
};

}  // namespace unpark::internal

#endif  // UNPARK_RUNTIME_SYNC_READER_LANES_H_
