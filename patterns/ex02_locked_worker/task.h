// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of exercise 2: a pool of workers does jobs of very uneven length.

#ifndef UNPARK_PATTERNS_EX02_LOCKED_WORKER_TASK_H_
#define UNPARK_PATTERNS_EX02_LOCKED_WORKER_TASK_H_

#include <cstdint>
#include <vector>

#include "patterns/work.h"

namespace unpark::patterns::locked_worker {

struct UnevenWorkload {
  int jobs = 400;
  int workers = 8;
  int buffer = 0;         // capacity of the job channel
  int work_rounds = 180;  // about 200 ns; every 16th job takes 20 times as long

  std::int64_t Operations() const { return jobs; }
};

using Outputs = std::vector<std::uint64_t>;

inline std::uint64_t Process(const UnevenWorkload& w, int job) {
  return Work(static_cast<std::uint64_t>(job), job % 16 == 0 ? 20 * w.work_rounds : w.work_rounds);
}

inline Outputs ProcessSequentially(const UnevenWorkload& w) {
  Outputs outputs;
  for (int job = 0; job < w.jobs; ++job) outputs.push_back(Process(w, job));
  return outputs;
}

}  // namespace unpark::patterns::locked_worker

#endif  // UNPARK_PATTERNS_EX02_LOCKED_WORKER_TASK_H_
