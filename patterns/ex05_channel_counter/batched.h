// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of exercise 5: producers count for themselves and send the collector every 1024th sum.

#ifndef UNPARK_PATTERNS_EX05_CHANNEL_COUNTER_BATCHED_H_
#define UNPARK_PATTERNS_EX05_CHANNEL_COUNTER_BATCHED_H_

#include "patterns/ex05_channel_counter/task.h"
#include "runtime/chan/chan.h"
#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::channel_counter {

// The collector still can act on what it hears, 1024 increments at a time.
inline std::int64_t CountByBatches(const CounterWorkload& w) {
  constexpr int kBatch = 1024;
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
      volatile std::int64_t pending = 0;  // volatile: an increment each, not one addition of 1024
      for (int i = 0; i < w.increments; ++i) {
        w.Produce(i);
        pending = pending + 1;
        if (pending == kBatch) {
          counts.Send(kBatch);
          pending = 0;
        }
      }
      if (pending > 0) counts.Send(pending);
      wg.Done();
    });
  }
  wg.Wait();
  counts.Close();
  return *result.Recv();
}

}  // namespace unpark::patterns::channel_counter

#endif  // UNPARK_PATTERNS_EX05_CHANNEL_COUNTER_BATCHED_H_
