// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of exercise 8: a lock-free ring for each worker in place of its channel.

#ifndef UNPARK_PATTERNS_EX08_SHARED_JOB_CHANNEL_RINGS_H_
#define UNPARK_PATTERNS_EX08_SHARED_JOB_CHANNEL_RINGS_H_

#include <deque>

#include "patterns/ex08_shared_job_channel/spsc_ring.h"
#include "patterns/ex08_shared_job_channel/task.h"
#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::shared_job_channel {

inline Outputs DispatchOverRings(const JobWorkload& w) {
  Outputs outputs(w.jobs);
  std::deque<SpscRing<int>> rings;  // a deque: its elements never move
  WaitGroup wg;
  wg.Add(w.workers);
  for (int worker = 0; worker < w.workers; ++worker) {
    SpscRing<int>& ring = rings.emplace_back(w.buffer / w.workers);
    go([&] {
      while (const std::optional<int> job = ring.Pop()) outputs[*job] = Process(w, *job);
      wg.Done();
    });
  }
  for (int job = 0; job < w.jobs; ++job) rings[job % w.workers].Push(job);
  for (SpscRing<int>& ring : rings) ring.Close();
  wg.Wait();
  return outputs;
}

}  // namespace unpark::patterns::shared_job_channel

#endif  // UNPARK_PATTERNS_EX08_SHARED_JOB_CHANNEL_RINGS_H_
