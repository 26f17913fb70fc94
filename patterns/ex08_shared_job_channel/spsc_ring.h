// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// SpscRing: a bounded queue without locks for exactly one producer and one consumer goroutine.

#ifndef UNPARK_PATTERNS_EX08_SHARED_JOB_CHANNEL_SPSC_RING_H_
#define UNPARK_PATTERNS_EX08_SHARED_JOB_CHANNEL_SPSC_RING_H_

#include <atomic>
#include <cstddef>
#include <optional>
#include <vector>

#include "runtime/chan/chan.h"

namespace unpark::patterns::shared_job_channel {

// Both sides touch only their own index while there is room and work. A side that finds the ring
// full or empty says so in its `waiting` flag, looks once more, and parks on a channel of one slot;
// the other side, after each move of its index, clears a set flag and sends the wake-up.
//
// No wake-up is lost: the flag's store and the re-read of the index on one side, and the index's
// store and the read of the flag on the other, are all seq_cst, so at least one side sees the
// other.
template <typename T>
class SpscRing {
 public:
  // REQUIRES: capacity is at least 1.
  explicit SpscRing(std::size_t capacity) : slots_(capacity) {}

  // REQUIRES: called by the producer, and not after Close.
  void Push(T value) {
    const std::size_t tail = tail_.load(std::memory_order_relaxed);  // written by this side alone
    while (tail - head_.load() == slots_.size()) {
      consumer_progress_.Await([&] { return tail - head_.load() < slots_.size(); });
    }
    slots_[tail % slots_.size()] = std::move(value);
    tail_.store(tail + 1);  // publishes the slot
    producer_progress_.Tell();
  }

  // Ends the queue: Pop returns nullopt when it is drained. REQUIRES: called by the producer.
  void Close() {
    closed_.store(true);
    producer_progress_.Tell();
  }

  // REQUIRES: called by the consumer.
  std::optional<T> Pop() {
    const std::size_t head = head_.load(std::memory_order_relaxed);  // written by this side alone
    while (head == tail_.load()) {
      // Close comes after the last Push: what was read closed and still empty stays empty.
      if (closed_.load() && head == tail_.load()) return std::nullopt;
      producer_progress_.Await([&] { return head != tail_.load() || closed_.load(); });
    }
    std::optional<T> value = std::move(slots_[head % slots_.size()]);
    head_.store(head + 1);  // gives the slot back
    consumer_progress_.Tell();
    return value;
  }

 private:
  // What one side tells and the other awaits, on a cache line away from the indices.
  class alignas(64) Progress {
   public:
    template <typename Ready>
    void Await(const Ready& ready) {
      waiting_.store(true);
      // Ready after all: unless the teller took the flag already, in which case its wake-up comes.
      if (ready() && waiting_.exchange(false)) return;
      wake_.Recv();
    }
    void Tell() {
      if (waiting_.load() && waiting_.exchange(false)) wake_.Send(Unit{});
    }

   private:
    std::atomic<bool> waiting_ = false;
    Chan<Unit> wake_{1};  // one flag set, one wake-up: Send never blocks
  };

  std::vector<T> slots_;
  alignas(64) std::atomic<std::size_t> head_ = 0;  // next to pop
  alignas(64) std::atomic<std::size_t> tail_ = 0;  // next to push
  alignas(64) std::atomic<bool> closed_ = false;
  Progress producer_progress_, consumer_progress_;
};

}  // namespace unpark::patterns::shared_job_channel

#endif  // UNPARK_PATTERNS_EX08_SHARED_JOB_CHANNEL_SPSC_RING_H_
