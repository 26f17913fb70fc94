// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of exercise 16, wrong on purpose: each goroutine calls Add(1) itself.

#ifndef UNPARK_PATTERNS_EX16_ADD_INSIDE_GOROUTINE_BEFORE_H_
#define UNPARK_PATTERNS_EX16_ADD_INSIDE_GOROUTINE_BEFORE_H_

#include "patterns/ex16_add_inside_goroutine/task.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::add_inside_goroutine {

inline Outputs MapWithAddInside(const MapWorkload& w, MapRun* run) {
  WaitGroup wg;
  // A WaitGroup that notices its misuse panics; Go would end the program there.
  auto survive = [run](auto call) {
    try {
      call();
    } catch (const PanicError&) {
      run->CountPanic();
    }
  };
  for (int i = 0; i < w.items; ++i) {
    go([&wg, survive, run, i] {
      survive([&] { wg.Add(1); });  // BUG: Wait may have looked already
      run->Compute(i);
      survive([&] { wg.Done(); });
      run->Finish();
    });
  }
  survive([&] { wg.Wait(); });
  Outputs outputs = run->TakeOutputs();
  run->WaitForAll();  // goroutines still use wg
  return outputs;
}

}  // namespace unpark::patterns::add_inside_goroutine

#endif  // UNPARK_PATTERNS_EX16_ADD_INSIDE_GOROUTINE_BEFORE_H_
