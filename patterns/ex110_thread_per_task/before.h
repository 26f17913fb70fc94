// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of scenario 110: a thread of the kernel for each task.

#ifndef UNPARK_PATTERNS_EX110_THREAD_PER_TASK_BEFORE_H_
#define UNPARK_PATTERNS_EX110_THREAD_PER_TASK_BEFORE_H_

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "patterns/ex110_thread_per_task/task.h"
#include "runtime/go.h"

namespace unpark::patterns::thread_per_task {

// Calls all_wait() when every task waits for the start.
template <typename AllWait>
std::uint64_t AddInThreads(const WaitingWorkload& w, const AllWait& all_wait) {
  std::atomic<std::uint64_t> sum = 0;
  std::atomic<int> waiting = 0, started = 0;
  auto task = [&](int id) {
    if (waiting.fetch_add(1) + 1 == w.tasks) waiting.notify_one();
    started.wait(0);
    sum.fetch_add(PartOf(id), std::memory_order_relaxed);
  };
  Blocking([&] {
    std::vector<std::thread> threads;
    threads.reserve(w.tasks);
    for (int id = 0; id < w.tasks; ++id) threads.emplace_back(task, id);
    for (int seen = waiting; seen < w.tasks; seen = waiting) waiting.wait(seen);
    all_wait();
    started = 1;
    started.notify_all();
    for (std::thread& thread : threads) thread.join();
  });
  return sum;
}

inline std::uint64_t AddByThreads(const WaitingWorkload& w) {
  return AddInThreads(w, [] {});
}

}  // namespace unpark::patterns::thread_per_task

#endif  // UNPARK_PATTERNS_EX110_THREAD_PER_TASK_BEFORE_H_
