// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of scenario 110: many tasks wait for a start, and then each adds its part to a sum.

#ifndef UNPARK_PATTERNS_EX110_THREAD_PER_TASK_TASK_H_
#define UNPARK_PATTERNS_EX110_THREAD_PER_TASK_TASK_H_

#include <cstdint>

#include "patterns/work.h"

namespace unpark::patterns::thread_per_task {

struct WaitingWorkload {
  int tasks = 1'000;

  std::int64_t Operations() const { return tasks; }
};

inline std::uint64_t PartOf(int task) { return Work(task, 4); }

inline std::uint64_t AddSequentially(const WaitingWorkload& w) {
  std::uint64_t sum = 0;
  for (int task = 0; task < w.tasks; ++task) sum += PartOf(task);
  return sum;
}

}  // namespace unpark::patterns::thread_per_task

#endif  // UNPARK_PATTERNS_EX110_THREAD_PER_TASK_TASK_H_
