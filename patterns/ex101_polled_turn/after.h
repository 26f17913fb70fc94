// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of scenario 101: who waits parks on a Cond of its own, and the turn before signals it.

#ifndef UNPARK_PATTERNS_EX101_POLLED_TURN_AFTER_H_
#define UNPARK_PATTERNS_EX101_POLLED_TURN_AFTER_H_

#include <deque>
#include <mutex>

#include "patterns/ex101_polled_turn/task.h"
#include "runtime/sync/cond.h"
#include "runtime/sync/mutex.h"

namespace unpark::patterns::polled_turn {

class SignalledTurnstile {
 public:
  explicit SignalledTurnstile(const TurnWorkload& w) : w_(w) {
    for (int id = 0; id < w.goroutines; ++id) come_.emplace_back(&mutex_);
  }

  void Await(int turn) {
    std::lock_guard guard(mutex_);
    while (turn_ != turn) come_[w_.OwnerOf(turn)].Wait();
  }
  void Advance(int turn) {
    std::lock_guard guard(mutex_);
    turn_ = turn + 1;
    come_[w_.OwnerOf(turn_)].Signal();
  }

 private:
  const TurnWorkload& w_;
  Mutex mutex_;
  int turn_ = 0;           // guarded by mutex_
  std::deque<Cond> come_;  // by goroutine
};

}  // namespace unpark::patterns::polled_turn

#endif  // UNPARK_PATTERNS_EX101_POLLED_TURN_AFTER_H_
