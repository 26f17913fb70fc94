// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of exercise 8: all workers receive from one channel.

#ifndef UNPARK_PATTERNS_EX08_SHARED_JOB_CHANNEL_BEFORE_H_
#define UNPARK_PATTERNS_EX08_SHARED_JOB_CHANNEL_BEFORE_H_

#include "patterns/ex08_shared_job_channel/task.h"
#include "runtime/chan/chan.h"
#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::shared_job_channel {

inline Outputs DispatchOverOneChannel(const JobWorkload& w) {
  Outputs outputs(w.jobs);
  Chan<int> jobs(w.buffer);
  WaitGroup wg;
  wg.Add(w.workers);
  for (int worker = 0; worker < w.workers; ++worker) {
    go([&] {
      for (int job : jobs) outputs[job] = Process(w, job);
      wg.Done();
    });
  }
  for (int job = 0; job < w.jobs; ++job) jobs.Send(job);
  jobs.Close();
  wg.Wait();
  return outputs;
}

}  // namespace unpark::patterns::shared_job_channel

#endif  // UNPARK_PATTERNS_EX08_SHARED_JOB_CHANNEL_BEFORE_H_
