// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of scenario 101: who waits for a turn looks, yields, and looks again.

#ifndef UNPARK_PATTERNS_EX101_POLLED_TURN_BEFORE_H_
#define UNPARK_PATTERNS_EX101_POLLED_TURN_BEFORE_H_

#include <atomic>

#include "patterns/ex101_polled_turn/task.h"
#include "runtime/go.h"

namespace unpark::patterns::polled_turn {

class YieldingTurnstile {
 public:
  explicit YieldingTurnstile(const TurnWorkload&) {}

  void Await(int turn) {
    // Acquire pairs with the release in Advance: the state that the turn before left is seen.
    while (turn_.load(std::memory_order_acquire) != turn) Gosched();
  }
  void Advance(int turn) { turn_.store(turn + 1, std::memory_order_release); }

 private:
  std::atomic<int> turn_ = 0;
};

}  // namespace unpark::patterns::polled_turn

#endif  // UNPARK_PATTERNS_EX101_POLLED_TURN_BEFORE_H_
