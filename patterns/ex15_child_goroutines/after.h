// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of exercise 15: a worker does the stages of its job itself, one after the other.

#ifndef UNPARK_PATTERNS_EX15_CHILD_GOROUTINES_AFTER_H_
#define UNPARK_PATTERNS_EX15_CHILD_GOROUTINES_AFTER_H_

#include "patterns/ex15_child_goroutines/task.h"

namespace unpark::patterns::child_goroutines {

inline Jobs DoFlattened(const StageWorkload& w) {
  return DoByWorkers(w, [&w](Job* job) {
    Parse(w, job);
    Validate(w, job);
    Persist(w, job);
  });
}

}  // namespace unpark::patterns::child_goroutines

#endif  // UNPARK_PATTERNS_EX15_CHILD_GOROUTINES_AFTER_H_
