// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Wrong variant of exercise 15: flattened, and the stage that waits left to a goroutine that nobody
// joins.

#ifndef UNPARK_PATTERNS_EX15_CHILD_GOROUTINES_UNAWAITED_H_
#define UNPARK_PATTERNS_EX15_CHILD_GOROUTINES_UNAWAITED_H_

#include <atomic>
#include <cstdint>
#include <vector>

#include "patterns/ex15_child_goroutines/task.h"

namespace unpark::patterns::child_goroutines {

// A flattened worker stands still while a stage waits. Whoever wants that speed back without the
// children's join has jobs that count as done while they are not.
class UnawaitedPersist {
 public:
  explicit UnawaitedPersist(const StageWorkload& w) : w_(w), persisted_(w.jobs) {}
  ~UnawaitedPersist() { persisting_.Wait(); }

  Jobs Run() {
    persisting_.Wait();  // for those that the last Run has left behind
    for (auto& result : persisted_) result.store(0, std::memory_order_relaxed);
    Jobs jobs = DoByWorkers(w_, [this](Job* job) {
      Parse(w_, job);
      Validate(w_, job);
      persisting_.Go([this, id = job->id] {  // BUG: nobody waits for it
        Job copy{.id = id};
        Persist(w_, &copy);
        persisted_[id / Job::kStride].store(copy.persisted, std::memory_order_relaxed);
      });
    });
    // Whoever reads the jobs now reads what has been persisted so far. An atomic holds it, so that
    // the lost results are no data race.
    for (Job& job : jobs) {
      job.persisted = persisted_[job.id / Job::kStride].load(std::memory_order_relaxed);
    }
    return jobs;
  }

 private:
  const StageWorkload& w_;
  std::vector<std::atomic<std::uint64_t>> persisted_;  // by job
  WaitGroup persisting_;
};

}  // namespace unpark::patterns::child_goroutines

#endif  // UNPARK_PATTERNS_EX15_CHILD_GOROUTINES_UNAWAITED_H_
