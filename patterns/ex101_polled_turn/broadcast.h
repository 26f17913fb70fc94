// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of scenario 101: one Cond for all; each turn wakes everybody, and all but one wait
// again.

#ifndef UNPARK_PATTERNS_EX101_POLLED_TURN_BROADCAST_H_
#define UNPARK_PATTERNS_EX101_POLLED_TURN_BROADCAST_H_

#include <mutex>

#include "patterns/ex101_polled_turn/task.h"
#include "runtime/sync/cond.h"
#include "runtime/sync/mutex.h"

namespace unpark::patterns::polled_turn {

class BroadcastTurnstile {
 public:
  explicit BroadcastTurnstile(const TurnWorkload&) {}

  void Await(int turn) {
    std::lock_guard guard(mutex_);
    while (turn_ != turn) changed_.Wait();
  }
  void Advance(int turn) {
    std::lock_guard guard(mutex_);
    turn_ = turn + 1;
    changed_.Broadcast();
  }

 private:
  Mutex mutex_;
  Cond changed_{&mutex_};
  int turn_ = 0;  // guarded by mutex_
};

}  // namespace unpark::patterns::polled_turn

#endif  // UNPARK_PATTERNS_EX101_POLLED_TURN_BROADCAST_H_
