// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of scenario 101: goroutines take turns, in an order that is not the one they were started
// in.

#ifndef UNPARK_PATTERNS_EX101_POLLED_TURN_TASK_H_
#define UNPARK_PATTERNS_EX101_POLLED_TURN_TASK_H_

#include <atomic>
#include <cstdint>

#include "patterns/work.h"
#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::polled_turn {

struct TurnWorkload {
  int goroutines = 16;
  int turns = 2'000;
  int work_rounds = 25;  // of one turn, about 30 ns

  std::int64_t Operations() const { return turns; }

  // Whose turn it is. A stride, so that the next one is not just the next in a run queue.
  int OwnerOf(int turn) const { return static_cast<int>(std::int64_t{turn} * 7 % goroutines); }
};

// What one turn makes of the state: two turns in the wrong order give another one.
inline std::uint64_t TakeTurn(const TurnWorkload& w, std::uint64_t state, int turn) {
  return Work(state + static_cast<std::uint64_t>(turn), w.work_rounds);
}

inline std::uint64_t TakeTurnsSequentially(const TurnWorkload& w) {
  std::uint64_t state = 0;
  for (int turn = 0; turn < w.turns; ++turn) state = TakeTurn(w, state, turn);
  return state;
}

// The goroutines' loop. Turnstile(w) has Await(turn), which returns when that turn has come, and
// Advance(turn), which lets the one after it begin.
template <typename Turnstile>
std::uint64_t TakeTurns(const TurnWorkload& w) {
  Turnstile turnstile(w);
  std::uint64_t state = 0;  // written by whose turn it is
  WaitGroup wg;
  for (int id = 0; id < w.goroutines; ++id) {
    wg.Go([&, id] {
      for (int turn = 0; turn < w.turns; ++turn) {
        if (w.OwnerOf(turn) != id) continue;
        turnstile.Await(turn);
        state = TakeTurn(w, state, turn);
        turnstile.Advance(turn);
      }
    });
  }
  wg.Wait();
  return state;
}

}  // namespace unpark::patterns::polled_turn

#endif  // UNPARK_PATTERNS_EX101_POLLED_TURN_TASK_H_
