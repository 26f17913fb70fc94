// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of exercise 1: one goroutine for each item.

#ifndef UNPARK_PATTERNS_EX01_GOROUTINE_PER_ITEM_BEFORE_H_
#define UNPARK_PATTERNS_EX01_GOROUTINE_PER_ITEM_BEFORE_H_

#include <cstddef>

#include "patterns/ex01_goroutine_per_item/task.h"
#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::goroutine_per_item {

inline Outputs TransformByGoroutinePerItem(const TransformWorkload& w) {
  Outputs outputs(w.inputs.size());
  WaitGroup wg;
  for (std::size_t i = 0; i < w.inputs.size(); ++i) {
    wg.Add(1);
    go([&, i] {
      outputs[i] = Work(w.inputs[i], w.work_rounds);
      wg.Done();
    });
  }
  wg.Wait();
  return outputs;
}

}  // namespace unpark::patterns::goroutine_per_item

#endif  // UNPARK_PATTERNS_EX01_GOROUTINE_PER_ITEM_BEFORE_H_
