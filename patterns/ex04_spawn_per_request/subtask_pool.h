// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// SubtaskPool: goroutines that live as long as the service and do one kind of subtask.

#ifndef UNPARK_PATTERNS_EX04_SPAWN_PER_REQUEST_SUBTASK_POOL_H_
#define UNPARK_PATTERNS_EX04_SPAWN_PER_REQUEST_SUBTASK_POOL_H_

#include "patterns/ex04_spawn_per_request/task.h"
#include "runtime/chan/chan.h"

namespace unpark::patterns::spawn_per_request {

class SubtaskPool {
 public:
  SubtaskPool(int kind, int workers) : kind_(kind), jobs_(workers) {
    running_.Add(workers);
    for (int i = 0; i < workers; ++i) go([this] { RunWorker(); });
  }
  SubtaskPool(const SubtaskPool&) = delete;
  SubtaskPool& operator=(const SubtaskPool&) = delete;
  ~SubtaskPool() {
    jobs_.Close();
    running_.Wait();
  }

  // The result of the subtask is sent to `reply`.
  void Submit(const Request& request, const Chan<std::uint64_t>& reply) {
    jobs_.Send(Job{request, reply});
  }

 private:
  struct Job {
    Request request;
    Chan<std::uint64_t> reply;
  };

  void RunWorker() {
    for (const Job& job : jobs_) job.reply.Send(Subtask(kind_, job.request));
    running_.Done();
  }

  const int kind_;
  Chan<Job> jobs_;
  WaitGroup running_;
};

}  // namespace unpark::patterns::spawn_per_request

#endif  // UNPARK_PATTERNS_EX04_SPAWN_PER_REQUEST_SUBTASK_POOL_H_
