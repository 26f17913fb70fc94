// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// RunQueue: a P's ring of runnable Gs and its runnext slot; a thief takes half of the ring.
#ifndef UNPARK_RUNTIME_SCHED_RUN_QUEUE_H_
#define UNPARK_RUNTIME_SCHED_RUN_QUEUE_H_

#include <array>
#include <atomic>
#include <cstdint>

#include "runtime/sched/g.h"

namespace unpark::sched {

// Invariants:
//   - tail is written by the owner alone; head is moved forward by CAS, by the owner or a thief.
//   - tail - head is in [0, kSize]; the slots head .. tail-1 hold Gs that belong to nobody else.
//   - runnext: the owner alone puts a G in; the owner or a thief takes it out by CAS.
// A bounded ring never moves its array, so a thief never reads a freed one: the published bugs of
// resizable work-stealing deques all lie there.
class RunQueue {
 public:
  static constexpr std::uint32_t kSize = 256;

  // Owner: appends; false when the ring is full.
  bool Push(G* g) {
    const std::uint32_t tail = tail_.load(std::memory_order_relaxed);
    // Acquire: pairs with the release of the CAS that freed the slot; weaker, and the store below
    // could overwrite a slot that a thief has yet to read.
    if (tail - head_.load(std::memory_order_acquire) == kSize) return false;
    ring_[tail % kSize].store(g, std::memory_order_relaxed);
    // Release: pairs with a thief's acquire of tail, so that it sees the slot and the G whole.
    tail_.store(tail + 1, std::memory_order_release);
    return true;
  }

  // Owner: takes the oldest.
  G* Pop() {
    std::uint32_t head = head_.load(std::memory_order_relaxed);
    const std::uint32_t tail = tail_.load(std::memory_order_relaxed);
    while (head != tail) {
      G* g = ring_[head % kSize].load(std::memory_order_relaxed);
      if (head_.compare_exchange_weak(head, head + 1, std::memory_order_acq_rel)) return g;
    }
    return nullptr;
  }

  // Owner: moves the older half, when the ring is full, to out[0 .. kSize/2); false if a thief made
  // room meanwhile.
  bool TakeHalf(std::array<G*, kSize / 2>* out) {
    std::uint32_t head = head_.load(std::memory_order_acquire);
    if (tail_.load(std::memory_order_relaxed) - head != kSize) return false;
    for (std::uint32_t i = 0; i < kSize / 2; ++i) {
      (*out)[i] = ring_[(head + i) % kSize].load(std::memory_order_relaxed);
    }
    return head_.compare_exchange_strong(head, head + kSize / 2, std::memory_order_acq_rel);
  }

  // Thief: moves half of this ring, rounded up, into `mine` and returns how many. REQUIRES: mine is
  // empty and the caller's own.
  std::uint32_t StealInto(RunQueue* mine) {
    for (;;) {
      std::uint32_t head = head_.load(std::memory_order_acquire);
      const std::uint32_t tail = tail_.load(std::memory_order_acquire);
      std::uint32_t n = tail - head;
      n -= n / 2;
      if (n == 0) return 0;
      if (n > kSize / 2) continue;  // head and tail were read at different times
      const std::uint32_t to = mine->tail_.load(std::memory_order_relaxed);
      for (std::uint32_t i = 0; i < n; ++i) {
        mine->ring_[(to + i) % kSize].store(
            ring_[(head + i) % kSize].load(std::memory_order_relaxed), std::memory_order_relaxed);
      }
      // Success makes the copies ours; a failure means that they may be stale and are dropped.
      if (head_.compare_exchange_strong(head, head + n, std::memory_order_acq_rel)) {
        mine->tail_.store(to + n, std::memory_order_release);
        return n;
      }
    }
  }

  std::uint32_t Size() const {
    for (;;) {
      const std::uint32_t head = head_.load(std::memory_order_acquire);
      const std::uint32_t n = tail_.load(std::memory_order_acquire) - head;
      // Both belong to one moment, or the answer could be "empty" of a ring that never was.
      if (head_.load(std::memory_order_acquire) == head) return n;
    }
  }
  bool Empty() const { return Size() == 0; }

  // Owner: puts g into runnext and returns what was there.
  G* SwapRunnext(G* g) {
    // With an empty slot nobody else writes it, so a plain store will do; a full one may be taken
    // by a thief at any time.
    if (runnext_.load(std::memory_order_relaxed) == nullptr) {
      runnext_.store(g, std::memory_order_release);
      return nullptr;
    }
    return runnext_.exchange(g, std::memory_order_acq_rel);
  }

  // Owner or thief.
  G* TakeRunnext() {
    G* g = runnext_.load(std::memory_order_relaxed);
    if (g == nullptr || !runnext_.compare_exchange_strong(g, nullptr, std::memory_order_acq_rel))
      return nullptr;
    return g;
  }
  G* runnext() const { return runnext_.load(std::memory_order_acquire); }

 private:
  alignas(64) std::atomic<std::uint32_t> head_{0};
  alignas(64) std::atomic<std::uint32_t> tail_{0};
  std::atomic<G*> runnext_{nullptr};
  std::array<std::atomic<G*>, kSize> ring_{};
};

}  // namespace unpark::sched

#endif  // UNPARK_RUNTIME_SCHED_RUN_QUEUE_H_
