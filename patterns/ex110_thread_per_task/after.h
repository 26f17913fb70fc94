// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of scenario 110: a goroutine for each task.

#ifndef UNPARK_PATTERNS_EX110_THREAD_PER_TASK_AFTER_H_
#define UNPARK_PATTERNS_EX110_THREAD_PER_TASK_AFTER_H_

#include <atomic>
#include <cstdint>

#include "patterns/ex110_thread_per_task/task.h"
#include "runtime/chan/chan.h"
#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::thread_per_task {

// Calls all_wait() when every task waits for the start.
template <typename AllWait>
std::uint64_t AddInGoroutines(const WaitingWorkload& w, const AllWait& all_wait) {
  std::atomic<std::uint64_t> sum = 0;
  const Chan<Unit> started(0);
  WaitGroup waiting, done;
  waiting.Add(w.tasks);
  for (int id = 0; id < w.tasks; ++id) {
    done.Go([&, id] {
      waiting.Done();
      started.Recv();
      sum.fetch_add(PartOf(id), std::memory_order_relaxed);
    });
  }
  waiting.Wait();
  all_wait();
  started.Close();
  done.Wait();
  return sum;
}

inline std::uint64_t AddByGoroutines(const WaitingWorkload& w) {
  return AddInGoroutines(w, [] {});
}

}  // namespace unpark::patterns::thread_per_task

#endif  // UNPARK_PATTERNS_EX110_THREAD_PER_TASK_AFTER_H_
