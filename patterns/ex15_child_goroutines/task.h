// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of exercise 15: parse, validate and persist each of many small jobs.

#ifndef UNPARK_PATTERNS_EX15_CHILD_GOROUTINES_TASK_H_
#define UNPARK_PATTERNS_EX15_CHILD_GOROUTINES_TASK_H_

#include <chrono>
#include <cstdint>
#include <vector>

#include "patterns/work.h"
#include "runtime/chan/chan.h"
#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"
#include "runtime/time/time.h"

namespace unpark::patterns::child_goroutines {

struct StageWorkload {
  int jobs = 5'000;
  int workers = 8;
  int stage_rounds = 25;                    // about 30 ns for each of the three stages
  std::chrono::microseconds stage_wait{0};  // for a disk or a network, of each stage as well

  std::int64_t Operations() const { return jobs; }
};

// A job with what its stages made of it. The stages do not need each other's results.
struct Job {
  static constexpr std::uint64_t kStride = 3;  // between ids, so that no two stages do the same

  std::uint64_t id = 0;
  std::uint64_t parsed = 0, validated = 0, persisted = 0;

  bool operator==(const Job&) const = default;
};

using Jobs = std::vector<Job>;

inline std::uint64_t Stage(const StageWorkload& w, std::uint64_t seed) {
  if (w.stage_wait.count() > 0) Sleep(w.stage_wait);
  return Work(seed, w.stage_rounds);
}
inline void Parse(const StageWorkload& w, Job* job) { job->parsed = Stage(w, job->id); }
inline void Validate(const StageWorkload& w, Job* job) { job->validated = Stage(w, job->id + 1); }
inline void Persist(const StageWorkload& w, Job* job) { job->persisted = Stage(w, job->id + 2); }

inline Jobs NewJobs(const StageWorkload& w) {
  Jobs jobs(w.jobs);
  for (int i = 0; i < w.jobs; ++i) jobs[i].id = std::uint64_t(i) * Job::kStride;
  return jobs;
}

// Stage after stage over all jobs: an order that no variant has.
inline Jobs DoSequentially(const StageWorkload& w) {
  Jobs jobs = NewJobs(w);
  for (Job& job : jobs) job.persisted = Work(job.id + 2, w.stage_rounds);
  for (Job& job : jobs) job.validated = Work(job.id + 1, w.stage_rounds);
  for (Job& job : jobs) job.parsed = Work(job.id, w.stage_rounds);
  return jobs;
}

// Feeds all jobs to `workers` goroutines that call handle(job).
template <typename Handle>
Jobs DoByWorkers(const StageWorkload& w, const Handle& handle) {
  Jobs jobs = NewJobs(w);
  Chan<Job*> queue(128);
  WaitGroup wg;
  wg.Add(w.workers);
  for (int worker = 0; worker < w.workers; ++worker) {
    go([&] {
      for (Job* job : queue) handle(job);
      wg.Done();
    });
  }
  for (Job& job : jobs) queue.Send(&job);
  queue.Close();
  wg.Wait();
  return jobs;
}

}  // namespace unpark::patterns::child_goroutines

#endif  // UNPARK_PATTERNS_EX15_CHILD_GOROUTINES_TASK_H_
