// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of scenario 101: who waits for a turn looks, sleeps a while, and looks again.

#ifndef UNPARK_PATTERNS_EX101_POLLED_TURN_SLEEP_POLL_H_
#define UNPARK_PATTERNS_EX101_POLLED_TURN_SLEEP_POLL_H_

#include <atomic>
#include <chrono>

#include "patterns/ex101_polled_turn/task.h"
#include "runtime/time/time.h"

namespace unpark::patterns::polled_turn {

class SleepingTurnstile {
 public:
  explicit SleepingTurnstile(const TurnWorkload&) {}

  void Await(int turn) {
    // Acquire pairs with the release in Advance: the state that the turn before left is seen.
    while (turn_.load(std::memory_order_acquire) != turn) Sleep(std::chrono::microseconds(50));
  }
  void Advance(int turn) { turn_.store(turn + 1, std::memory_order_release); }

 private:
  std::atomic<int> turn_ = 0;
};

}  // namespace unpark::patterns::polled_turn

#endif  // UNPARK_PATTERNS_EX101_POLLED_TURN_SLEEP_POLL_H_
