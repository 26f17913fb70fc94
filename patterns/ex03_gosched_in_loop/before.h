// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of exercise 3: the loop yields after every addition, to be polite.

#ifndef UNPARK_PATTERNS_EX03_GOSCHED_IN_LOOP_BEFORE_H_
#define UNPARK_PATTERNS_EX03_GOSCHED_IN_LOOP_BEFORE_H_

#include "patterns/ex03_gosched_in_loop/task.h"
#include "runtime/go.h"

namespace unpark::patterns::gosched_in_loop {

inline std::int64_t SumPolitely(const SumWorkload& w) {
  std::int64_t total = 0;
  for (std::int64_t x : w.inputs) {
    total += x;
    Gosched();
  }
  return total;
}

}  // namespace unpark::patterns::gosched_in_loop

#endif  // UNPARK_PATTERNS_EX03_GOSCHED_IN_LOOP_BEFORE_H_
