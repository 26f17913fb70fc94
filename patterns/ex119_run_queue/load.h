// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// MeasureLoad: many goroutines that wait or compute, and what two gauges say of them.

#ifndef UNPARK_PATTERNS_EX119_RUN_QUEUE_LOAD_H_
#define UNPARK_PATTERNS_EX119_RUN_QUEUE_LOAD_H_

#include <atomic>

#include "runtime/chan/chan.h"
#include "runtime/go.h"
#include "runtime/observe/counters.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::run_queue {

enum class Doing { kWaiting, kComputing };

struct Load {
  int goroutines = 0;   // NumGoroutine
  double runnable = 0;  // in a P's run queue, on average over the samples that the runtime takes
};

// So many goroutines at once, and the load that they are while all of them are there.
inline Load MeasureLoad(int goroutines, Doing doing) {
  constexpr int kTurns = 5'000;
  const Chan<Unit> gate(0);
  std::atomic<bool> enough = false;
  WaitGroup started, all;
  started.Add(goroutines);
  for (int i = 0; i < goroutines; ++i) {
    all.Go([&] {
      started.Done();
      if (doing == Doing::kWaiting) gate.Recv();
      while (!enough.load(std::memory_order_relaxed)) Gosched();  // a step of some computation
    });
  }
  started.Wait();
  // Two that always run, since the runtime looks at the queue when it dispatches somebody.
  all.Go([&] {
    while (!enough.load(std::memory_order_relaxed)) Gosched();
  });
  const Counters earlier = ReadCounters();
  for (int turn = 0; turn < kTurns; ++turn) Gosched();
  const Counters counted = ReadCounters() - earlier;
  const Load load{.goroutines = NumGoroutine(),
                  .runnable = static_cast<double>(counted.runq_length) /
                              static_cast<double>(counted.runq_samples)};
  enough = true;
  gate.Close();
  all.Wait();
  return load;
}

}  // namespace unpark::patterns::run_queue

#endif  // UNPARK_PATTERNS_EX119_RUN_QUEUE_LOAD_H_
