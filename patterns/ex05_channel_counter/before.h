// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of exercise 5: each increment is sent to a collector goroutine.

#ifndef UNPARK_PATTERNS_EX05_CHANNEL_COUNTER_BEFORE_H_
#define UNPARK_PATTERNS_EX05_CHANNEL_COUNTER_BEFORE_H_

#include "patterns/ex05_channel_counter/task.h"
#include "runtime/chan/chan.h"
#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::channel_counter {

inline std::int64_t CountByChannel(const CounterWorkload& w) {
  Chan<std::int64_t> counts(1024);
  Chan<std::int64_t> result(1);
  go([counts, result] {
    std::int64_t total = 0;
    for (std::int64_t n : counts) total += n;
    result.Send(total);
  });
  WaitGroup wg;
  wg.Add(w.producers);
  for (int producer = 0; producer < w.producers; ++producer) {
    go([&] {
      for (int i = 0; i < w.increments; ++i) {
        w.Produce(i);
        counts.Send(1);
      }
      wg.Done();
    });
  }
  wg.Wait();
  counts.Close();
  return *result.Recv();
}

}  // namespace unpark::patterns::channel_counter

#endif  // UNPARK_PATTERNS_EX05_CHANNEL_COUNTER_BEFORE_H_
