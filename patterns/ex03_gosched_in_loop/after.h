// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of exercise 3: the plain loop; the runtime takes the P away when others have waited long
// enough.

#ifndef UNPARK_PATTERNS_EX03_GOSCHED_IN_LOOP_AFTER_H_
#define UNPARK_PATTERNS_EX03_GOSCHED_IN_LOOP_AFTER_H_

#include "patterns/ex03_gosched_in_loop/task.h"

namespace unpark::patterns::gosched_in_loop {

inline std::int64_t SumPlainly(const SumWorkload& w) {
  std::int64_t total = 0;
  for (std::int64_t x : w.inputs) total += x;
  return total;
}

}  // namespace unpark::patterns::gosched_in_loop

#endif  // UNPARK_PATTERNS_EX03_GOSCHED_IN_LOOP_AFTER_H_
