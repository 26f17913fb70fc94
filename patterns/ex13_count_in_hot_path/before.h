// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of exercise 13: every request reads the number of goroutines.

#ifndef UNPARK_PATTERNS_EX13_COUNT_IN_HOT_PATH_BEFORE_H_
#define UNPARK_PATTERNS_EX13_COUNT_IN_HOT_PATH_BEFORE_H_

#include "patterns/ex13_count_in_hot_path/task.h"

namespace unpark::patterns::count_in_hot_path {

inline Observed CountInEveryRequest(const HandlerWorkload& w) {
  Gauge goroutines = 0;
  const std::uint64_t responses =
      AnswerAll(w, [&] { goroutines.store(NumGoroutine(), std::memory_order_relaxed); });
  return {.responses = responses, .gauge_was_set = goroutines.load() > 0};
}

}  // namespace unpark::patterns::count_in_hot_path

#endif  // UNPARK_PATTERNS_EX13_COUNT_IN_HOT_PATH_BEFORE_H_
