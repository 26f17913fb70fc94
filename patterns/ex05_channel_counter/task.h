// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of exercise 5: several producers count what they did.

#ifndef UNPARK_PATTERNS_EX05_CHANNEL_COUNTER_TASK_H_
#define UNPARK_PATTERNS_EX05_CHANNEL_COUNTER_TASK_H_

#include <cstdint>

#include "patterns/work.h"

namespace unpark::patterns::channel_counter {

struct CounterWorkload {
  int producers = 8;
  int increments = 10'000;  // of each producer
  int work_rounds = 0;      // before each increment

  // What is counted.
  void Produce(int i) const {
    if (work_rounds > 0) Work(i, work_rounds);
  }

  std::int64_t Operations() const { return std::int64_t{producers} * increments; }
};

inline std::int64_t CountSequentially(const CounterWorkload& w) {
  std::int64_t total = 0;
  for (int producer = 0; producer < w.producers; ++producer) {
    for (int i = 0; i < w.increments; ++i) ++total;
  }
  return total;
}

}  // namespace unpark::patterns::channel_counter

#endif  // UNPARK_PATTERNS_EX05_CHANNEL_COUNTER_TASK_H_
