// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of exercise 8: each worker has a channel of its own; the dispatcher goes round.

#ifndef UNPARK_PATTERNS_EX08_SHARED_JOB_CHANNEL_AFTER_H_
#define UNPARK_PATTERNS_EX08_SHARED_JOB_CHANNEL_AFTER_H_

#include "patterns/ex08_shared_job_channel/task.h"
#include "runtime/chan/chan.h"
#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::shared_job_channel {

inline Outputs DispatchOverChannelsOf(const JobWorkload& w, int buffer_each) {
  Outputs outputs(w.jobs);
  std::vector<Chan<int>> channels;
  WaitGroup wg;
  wg.Add(w.workers);
  for (int worker = 0; worker < w.workers; ++worker) {
    channels.emplace_back(buffer_each);
    go([&, jobs = channels.back()] {
      for (int job : jobs) outputs[job] = Process(w, job);
      wg.Done();
    });
  }
  for (int job = 0; job < w.jobs; ++job) channels[job % w.workers].Send(job);
  for (const Chan<int>& channel : channels) channel.Close();
  wg.Wait();
  return outputs;
}

// As many jobs may wait as in the shared channel.
inline Outputs DispatchOverOwnChannels(const JobWorkload& w) {
  return DispatchOverChannelsOf(w, w.buffer / w.workers);
}

// Each worker's channel is as deep as the shared one was.
inline Outputs DispatchOverDeepChannels(const JobWorkload& w) {
  return DispatchOverChannelsOf(w, w.buffer);
}

}  // namespace unpark::patterns::shared_job_channel

#endif  // UNPARK_PATTERNS_EX08_SHARED_JOB_CHANNEL_AFTER_H_
