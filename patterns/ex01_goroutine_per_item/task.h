// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of exercise 1: transform every item of a slice.

#ifndef UNPARK_PATTERNS_EX01_GOROUTINE_PER_ITEM_TASK_H_
#define UNPARK_PATTERNS_EX01_GOROUTINE_PER_ITEM_TASK_H_

#include <cstdint>
#include <vector>

#include "patterns/work.h"

namespace unpark::patterns::goroutine_per_item {

struct TransformWorkload {
  int items = 20'000;
  int work_rounds = 180;  // about 200 ns an item
  std::vector<std::uint64_t> inputs = {};

  void Prepare() {
    for (int i = 0; i < items; ++i) inputs.push_back(static_cast<std::uint64_t>(i) * 7919);
  }
  std::int64_t Operations() const { return items; }
};

using Outputs = std::vector<std::uint64_t>;

inline Outputs TransformSequentially(const TransformWorkload& w) {
  Outputs outputs;
  for (std::uint64_t item : w.inputs) outputs.push_back(Work(item, w.work_rounds));
  return outputs;
}

}  // namespace unpark::patterns::goroutine_per_item

#endif  // UNPARK_PATTERNS_EX01_GOROUTINE_PER_ITEM_TASK_H_
