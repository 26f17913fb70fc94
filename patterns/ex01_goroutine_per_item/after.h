// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of exercise 1: as many goroutines as Ps, each with a contiguous chunk of the items.

#ifndef UNPARK_PATTERNS_EX01_GOROUTINE_PER_ITEM_AFTER_H_
#define UNPARK_PATTERNS_EX01_GOROUTINE_PER_ITEM_AFTER_H_

#include <algorithm>
#include <cstddef>

#include "patterns/ex01_goroutine_per_item/task.h"
#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::goroutine_per_item {

inline Outputs TransformByChunks(const TransformWorkload& w) {
  Outputs outputs(w.inputs.size());
  const std::size_t workers = GOMAXPROCS(0);
  const std::size_t chunk = (w.inputs.size() + workers - 1) / workers;
  WaitGroup wg;
  for (std::size_t low = 0; low < w.inputs.size(); low += chunk) {
    const std::size_t high = std::min(low + chunk, w.inputs.size());
    wg.Add(1);
    go([&, low, high] {
      for (std::size_t i = low; i < high; ++i) outputs[i] = Work(w.inputs[i], w.work_rounds);
      wg.Done();
    });
  }
  wg.Wait();
  return outputs;
}

}  // namespace unpark::patterns::goroutine_per_item

#endif  // UNPARK_PATTERNS_EX01_GOROUTINE_PER_ITEM_AFTER_H_
