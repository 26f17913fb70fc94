// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of exercise 2: every worker locks itself to an OS thread, "for stability".

#ifndef UNPARK_PATTERNS_EX02_LOCKED_WORKER_BEFORE_H_
#define UNPARK_PATTERNS_EX02_LOCKED_WORKER_BEFORE_H_

#include "patterns/ex02_locked_worker/task.h"
#include "runtime/chan/chan.h"
#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::locked_worker {

class LockedPool {
 public:
  explicit LockedPool(const UnevenWorkload& w) : w_(w), jobs_(w.buffer), outputs_(w.jobs) {
    workers_.Add(w.workers);
    for (int i = 0; i < w.workers; ++i) go([this] { RunWorker(); });
  }
  ~LockedPool() {
    jobs_.Close();
    workers_.Wait();
  }

  Outputs Run() {
    finished_.Add(w_.jobs);
    for (int job = 0; job < w_.jobs; ++job) jobs_.Send(job);
    finished_.Wait();
    return outputs_;
  }

 private:
  void RunWorker() {
    LockOSThread();
    for (int job : jobs_) {
      outputs_[job] = Process(w_, job);
      finished_.Done();
    }
    UnlockOSThread();
    workers_.Done();
  }

  const UnevenWorkload& w_;
  Chan<int> jobs_;
  Outputs outputs_;
  WaitGroup finished_, workers_;
};

}  // namespace unpark::patterns::locked_worker

#endif  // UNPARK_PATTERNS_EX02_LOCKED_WORKER_BEFORE_H_
