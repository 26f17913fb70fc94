// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of exercise 8: one dispatcher hands small jobs to a pool of workers.

#ifndef UNPARK_PATTERNS_EX08_SHARED_JOB_CHANNEL_TASK_H_
#define UNPARK_PATTERNS_EX08_SHARED_JOB_CHANNEL_TASK_H_

#include <cstdint>
#include <vector>

#include "patterns/work.h"

namespace unpark::patterns::shared_job_channel {

struct JobWorkload {
  int jobs = 20'000;
  int workers = 64;
  int buffer = 1'024;    // jobs that may wait, in all channels together
  int work_rounds = 90;  // about 100 ns a job

  std::int64_t Operations() const { return jobs; }
};

using Outputs = std::vector<std::uint64_t>;

inline std::uint64_t Process(const JobWorkload& w, int job) {
  return Work(static_cast<std::uint64_t>(job), w.work_rounds);
}

inline Outputs ProcessSequentially(const JobWorkload& w) {
  Outputs outputs;
  for (int job = 0; job < w.jobs; ++job) outputs.push_back(Process(w, job));
  return outputs;
}

}  // namespace unpark::patterns::shared_job_channel

#endif  // UNPARK_PATTERNS_EX08_SHARED_JOB_CHANNEL_TASK_H_
