// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of exercise 5: an atomic integer for each producer, each alone on its cache line, summed
// at the end.

#ifndef UNPARK_PATTERNS_EX05_CHANNEL_COUNTER_SHARDED_H_
#define UNPARK_PATTERNS_EX05_CHANNEL_COUNTER_SHARDED_H_

#include <atomic>
#include <vector>

#include "patterns/ex05_channel_counter/task.h"
#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::channel_counter {

inline std::int64_t CountByShards(const CounterWorkload& w) {
  struct alignas(64) Shard {
    std::atomic<std::int64_t> count = 0;
  };
  static_assert(sizeof(Shard) == 64);

  std::vector<Shard> shards(w.producers);
  WaitGroup wg;
  wg.Add(w.producers);
  for (Shard& shard : shards) {
    go([&] {
      for (int i = 0; i < w.increments; ++i) {
        w.Produce(i);
        shard.count.fetch_add(1, std::memory_order_relaxed);
      }
      wg.Done();
    });
  }
  wg.Wait();
  std::int64_t total = 0;
  for (const Shard& shard : shards) total += shard.count.load(std::memory_order_relaxed);
  return total;
}

}  // namespace unpark::patterns::channel_counter

#endif  // UNPARK_PATTERNS_EX05_CHANNEL_COUNTER_SHARDED_H_
