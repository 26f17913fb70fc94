// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of exercise 16: one Add for all goroutines, before the first of them starts.

#ifndef UNPARK_PATTERNS_EX16_ADD_INSIDE_GOROUTINE_AFTER_H_
#define UNPARK_PATTERNS_EX16_ADD_INSIDE_GOROUTINE_AFTER_H_

#include "patterns/ex16_add_inside_goroutine/task.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::add_inside_goroutine {

inline Outputs MapWithAddBefore(const MapWorkload& w, MapRun* run) {
  WaitGroup wg;
  wg.Add(w.items);
  for (int i = 0; i < w.items; ++i) {
    go([&wg, run, i] {
      run->Compute(i);
      wg.Done();
      run->Finish();
    });
  }
  wg.Wait();
  Outputs outputs = run->TakeOutputs();
  run->WaitForAll();
  return outputs;
}

}  // namespace unpark::patterns::add_inside_goroutine

#endif  // UNPARK_PATTERNS_EX16_ADD_INSIDE_GOROUTINE_AFTER_H_
