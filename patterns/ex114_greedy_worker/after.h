// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of scenario 114: it works without the lock, and holds it only to write down what came out.

#ifndef UNPARK_PATTERNS_EX114_GREEDY_WORKER_AFTER_H_
#define UNPARK_PATTERNS_EX114_GREEDY_WORKER_AFTER_H_

#include <mutex>

#include "patterns/ex114_greedy_worker/task.h"

namespace unpark::patterns::greedy_worker {

inline void HoldAtTheEnd(const SharedWorkload& w, Ledger* ledger) {
  std::uint64_t state = 0;
  for (int step = 0; step < w.long_steps; ++step) state = LongStep(w, state);
  std::lock_guard guard(ledger->mutex);
  ledger->long_sum += state;
}

}  // namespace unpark::patterns::greedy_worker

#endif  // UNPARK_PATTERNS_EX114_GREEDY_WORKER_AFTER_H_
