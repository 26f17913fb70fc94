// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of scenario 114: the greedy worker holds the lock for the whole of a job.

#ifndef UNPARK_PATTERNS_EX114_GREEDY_WORKER_BEFORE_H_
#define UNPARK_PATTERNS_EX114_GREEDY_WORKER_BEFORE_H_

#include <mutex>

#include "patterns/ex114_greedy_worker/task.h"

namespace unpark::patterns::greedy_worker {

inline void HoldThroughout(const SharedWorkload& w, Ledger* ledger) {
  std::lock_guard guard(ledger->mutex);
  for (int step = 0; step < w.long_steps; ++step) ledger->long_sum = LongStep(w, ledger->long_sum);
}

}  // namespace unpark::patterns::greedy_worker

#endif  // UNPARK_PATTERNS_EX114_GREEDY_WORKER_BEFORE_H_
