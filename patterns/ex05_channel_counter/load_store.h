// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Wrong variant of exercise 5: an atomic in place of an owner that read, decided and wrote in one
// step.

#ifndef UNPARK_PATTERNS_EX05_CHANNEL_COUNTER_LOAD_STORE_H_
#define UNPARK_PATTERNS_EX05_CHANNEL_COUNTER_LOAD_STORE_H_

#include <atomic>

#include "patterns/ex05_channel_counter/task.h"
#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::channel_counter {

// The owner of the before handles one message after the other, so it may look at the total before
// it changes it. Here the look and the change are two steps; now and then a producer gives way
// between them, as one does that decides by what it saw.
inline std::int64_t CountByLoadAndStore(const CounterWorkload& w) {
  std::atomic<std::int64_t> total = 0;
  WaitGroup wg;
  wg.Add(w.producers);
  for (int producer = 0; producer < w.producers; ++producer) {
    go([&] {
      for (int i = 0; i < w.increments; ++i) {
        w.Produce(i);
        const std::int64_t seen = total.load();
        if (i % 64 == 0) Gosched();
        total.store(seen + 1);  // BUG: undoes what others have added since
      }
      wg.Done();
    });
  }
  wg.Wait();
  return total.load();
}

}  // namespace unpark::patterns::channel_counter

#endif  // UNPARK_PATTERNS_EX05_CHANNEL_COUNTER_LOAD_STORE_H_
