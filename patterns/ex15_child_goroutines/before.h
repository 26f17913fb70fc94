// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of exercise 15: a worker starts a goroutine for each stage of its job and waits for them.

#ifndef UNPARK_PATTERNS_EX15_CHILD_GOROUTINES_BEFORE_H_
#define UNPARK_PATTERNS_EX15_CHILD_GOROUTINES_BEFORE_H_

#include "patterns/ex15_child_goroutines/task.h"

namespace unpark::patterns::child_goroutines {

inline Jobs DoWithChildren(const StageWorkload& w) {
  return DoByWorkers(w, [&w](Job* job) {
    WaitGroup children;
    children.Add(3);
    go([&] {
      Parse(w, job);
      children.Done();
    });
    go([&] {
      Validate(w, job);
      children.Done();
    });
    go([&] {
      Persist(w, job);
      children.Done();
    });
    children.Wait();
  });
}

}  // namespace unpark::patterns::child_goroutines

#endif  // UNPARK_PATTERNS_EX15_CHILD_GOROUTINES_BEFORE_H_
