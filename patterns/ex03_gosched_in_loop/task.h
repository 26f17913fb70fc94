// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of exercise 3: add up a slice of integers.

#ifndef UNPARK_PATTERNS_EX03_GOSCHED_IN_LOOP_TASK_H_
#define UNPARK_PATTERNS_EX03_GOSCHED_IN_LOOP_TASK_H_

#include <cstdint>
#include <vector>

#include "patterns/work.h"

namespace unpark::patterns::gosched_in_loop {

struct SumWorkload {
  int numbers = 1'000'000;
  std::vector<std::int64_t> inputs = {};

  void Prepare() {
    for (int i = 0; i < numbers; ++i) inputs.push_back(Work(i, 2) >> 32);
  }
  std::int64_t Operations() const { return numbers; }
};

inline std::int64_t SumFromTheBack(const SumWorkload& w) {
  std::int64_t total = 0;
  for (auto it = w.inputs.rbegin(); it != w.inputs.rend(); ++it) total += *it;
  return total;
}

}  // namespace unpark::patterns::gosched_in_loop

#endif  // UNPARK_PATTERNS_EX03_GOSCHED_IN_LOOP_TASK_H_
