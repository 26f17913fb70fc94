// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of exercise 16: WaitGroup::Go, which adds before it starts the goroutine and cannot be
// misplaced.

#ifndef UNPARK_PATTERNS_EX16_ADD_INSIDE_GOROUTINE_WG_GO_H_
#define UNPARK_PATTERNS_EX16_ADD_INSIDE_GOROUTINE_WG_GO_H_

#include "patterns/ex16_add_inside_goroutine/task.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::add_inside_goroutine {

inline Outputs MapWithGo(const MapWorkload& w, MapRun* run) {
  WaitGroup wg;
  for (int i = 0; i < w.items; ++i) {
    wg.Go([run, i] {
      run->Compute(i);
      run->Finish();
    });
  }
  wg.Wait();
  Outputs outputs = run->TakeOutputs();
  run->WaitForAll();
  return outputs;
}

}  // namespace unpark::patterns::add_inside_goroutine

#endif  // UNPARK_PATTERNS_EX16_ADD_INSIDE_GOROUTINE_WG_GO_H_
