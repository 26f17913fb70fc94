// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of exercise 3: a yield after every 1024 additions, where a bound on the wait of others is
// wanted.

#ifndef UNPARK_PATTERNS_EX03_GOSCHED_IN_LOOP_EVERY_1024_H_
#define UNPARK_PATTERNS_EX03_GOSCHED_IN_LOOP_EVERY_1024_H_

#include <cstddef>

#include "patterns/ex03_gosched_in_loop/task.h"
#include "runtime/go.h"

namespace unpark::patterns::gosched_in_loop {

inline std::int64_t SumWithRareYields(const SumWorkload& w) {
  std::int64_t total = 0;
  for (std::size_t i = 0; i < w.inputs.size(); ++i) {
    total += w.inputs[i];
    if (i % 1024 == 1023) Gosched();
  }
  return total;
}

}  // namespace unpark::patterns::gosched_in_loop

#endif  // UNPARK_PATTERNS_EX03_GOSCHED_IN_LOOP_EVERY_1024_H_
