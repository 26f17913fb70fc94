// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of scenario 107: numbers go through three stages, and their sum is wanted in the end.

#ifndef UNPARK_PATTERNS_EX107_VALUE_PER_MESSAGE_TASK_H_
#define UNPARK_PATTERNS_EX107_VALUE_PER_MESSAGE_TASK_H_

#include <cstdint>

#include "patterns/work.h"

namespace unpark::patterns::value_per_message {

struct StreamWorkload {
  int values = 20'000;
  int work_rounds = 10;  // of a value in each stage, about 12 ns

  std::int64_t Operations() const { return values; }
};

inline constexpr int kStages = 3;

// What a stage makes of a value.
inline std::uint64_t Stage(const StreamWorkload& w, std::uint64_t value) {
  return Work(value, w.work_rounds);
}

inline std::uint64_t SumSequentially(const StreamWorkload& w) {
  std::uint64_t sum = 0;
  for (int i = 0; i < w.values; ++i) {
    std::uint64_t value = i;
    for (int stage = 0; stage < kStages; ++stage) value = Stage(w, value);
    sum += value;
  }
  return sum;
}

}  // namespace unpark::patterns::value_per_message

#endif  // UNPARK_PATTERNS_EX107_VALUE_PER_MESSAGE_TASK_H_
