// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// TimerWheel: timeouts that are nearly always put off, at the cost of one store each time.

#ifndef UNPARK_PATTERNS_EX10_AFTER_IN_SELECT_TIMER_WHEEL_H_
#define UNPARK_PATTERNS_EX10_AFTER_IN_SELECT_TIMER_WHEEL_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "runtime/chan/chan.h"
#include "runtime/sync/mutex.h"

namespace unpark::patterns::after_in_select {

// A ring of slots, one a tick. A timeout is filed in the slot of its deadline and stays there when
// it is put off; when that slot comes up it is filed anew, or it expires. So the heap of timers
// holds the wheel's one ticker, whatever the number of timeouts, and they are as exact as a tick.
class TimerWheel {
 public:
  class Timeout {
   public:
    // Gets a value when the timeout expires.
    const Chan<Unit>& Expired() const { return expired_; }

   private:
    friend class TimerWheel;
    std::atomic<std::int64_t> deadline_ = 0;  // in ticks
    std::size_t slot_ = 0;                    // guarded by the wheel's mutex
    Chan<Unit> expired_{1};
  };

  explicit TimerWheel(std::size_t slots) : slots_(slots) {}

  // Expires at the ticks-th Advance from now. REQUIRES: ticks >= 1; the timeout is not filed.
  void Add(Timeout* timeout, std::int64_t ticks) {
    std::lock_guard lock(mu_);
    PutOff(timeout, ticks);
    File(timeout);
  }

  // Moves the deadline to the ticks-th Advance from now. REQUIRES: it is no earlier than it was.
  void PutOff(Timeout* timeout, std::int64_t ticks) const {
    // relaxed: a tick that reads the old deadline came before this.
    timeout->deadline_.store(now_.load(std::memory_order_relaxed) + ticks,
                             std::memory_order_relaxed);
  }

  void Remove(Timeout* timeout) {
    std::lock_guard lock(mu_);
    std::erase(slots_[timeout->slot_], timeout);
  }

  // One tick.
  void Advance() {
    std::lock_guard lock(mu_);
    const std::int64_t now = now_.load(std::memory_order_relaxed) + 1;
    now_.store(now, std::memory_order_relaxed);
    for (Timeout* timeout : std::exchange(slots_[SlotOf(now)], {})) {
      if (timeout->deadline_.load(std::memory_order_relaxed) > now) {
        File(timeout);
      } else {
        timeout->expired_.Send(Unit{});  // has room: it is filed once
      }
    }
  }

 private:
  std::size_t SlotOf(std::int64_t tick) const {
    return static_cast<std::size_t>(tick) % slots_.size();
  }
  // REQUIRES: mu_ is held.
  void File(Timeout* timeout) {
    timeout->slot_ = SlotOf(timeout->deadline_.load(std::memory_order_relaxed));
    slots_[timeout->slot_].push_back(timeout);
  }

  Mutex mu_;
  std::atomic<std::int64_t> now_ = 0;         // ticks; written with mu_ held
  std::vector<std::vector<Timeout*>> slots_;  // guarded by mu_
};

}  // namespace unpark::patterns::after_in_select

#endif  // UNPARK_PATTERNS_EX10_AFTER_IN_SELECT_TIMER_WHEEL_H_
