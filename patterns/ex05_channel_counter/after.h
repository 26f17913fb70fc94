// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of exercise 5: one atomic integer.

#ifndef UNPARK_PATTERNS_EX05_CHANNEL_COUNTER_AFTER_H_
#define UNPARK_PATTERNS_EX05_CHANNEL_COUNTER_AFTER_H_

#include <atomic>

#include "patterns/ex05_channel_counter/task.h"
#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::channel_counter {

inline std::int64_t CountByAtomic(const CounterWorkload& w) {
  std::atomic<std::int64_t> total = 0;
  WaitGroup wg;
  wg.Add(w.producers);
  for (int producer = 0; producer < w.producers; ++producer) {
    go([&] {
      // relaxed: only the sum counts; Done and Wait order it before the read below.
      for (int i = 0; i < w.increments; ++i) {
        w.Produce(i);
        total.fetch_add(1, std::memory_order_relaxed);
      }
      wg.Done();
    });
  }
  wg.Wait();
  return total.load(std::memory_order_relaxed);
}

}  // namespace unpark::patterns::channel_counter

#endif  // UNPARK_PATTERNS_EX05_CHANNEL_COUNTER_AFTER_H_
