// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of scenario 114: the greedy worker takes the lock for each step and lets go between
// them.

#ifndef UNPARK_PATTERNS_EX114_GREEDY_WORKER_EACH_STEP_H_
#define UNPARK_PATTERNS_EX114_GREEDY_WORKER_EACH_STEP_H_

#include <mutex>

#include "patterns/ex114_greedy_worker/task.h"

namespace unpark::patterns::greedy_worker {

inline void HoldForEachStep(const SharedWorkload& w, Ledger* ledger) {
  for (int step = 0; step < w.long_steps; ++step) {
    std::lock_guard guard(ledger->mutex);
    ledger->long_sum = LongStep(w, ledger->long_sum);
  }
}

}  // namespace unpark::patterns::greedy_worker

#endif  // UNPARK_PATTERNS_EX114_GREEDY_WORKER_EACH_STEP_H_
