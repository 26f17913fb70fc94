// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of exercise 13: every 1024th request reads the number of goroutines.

#ifndef UNPARK_PATTERNS_EX13_COUNT_IN_HOT_PATH_AFTER_H_
#define UNPARK_PATTERNS_EX13_COUNT_IN_HOT_PATH_AFTER_H_

#include "patterns/ex13_count_in_hot_path/task.h"

namespace unpark::patterns::count_in_hot_path {

inline Observed CountInSampledRequests(const HandlerWorkload& w) {
  Gauge goroutines = 0;
  std::atomic<std::int64_t> requests = 0;
  const std::uint64_t responses = AnswerAll(w, [&] {
    if (requests.fetch_add(1, std::memory_order_relaxed) % 1024 == 0) {
      goroutines.store(NumGoroutine(), std::memory_order_relaxed);
    }
  });
  return {.responses = responses, .gauge_was_set = goroutines.load() > 0};
}

}  // namespace unpark::patterns::count_in_hot_path

#endif  // UNPARK_PATTERNS_EX13_COUNT_IN_HOT_PATH_AFTER_H_
