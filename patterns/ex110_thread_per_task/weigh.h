// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Weigh: what a waiting task holds of this process's memory, and of its addresses.

#ifndef UNPARK_PATTERNS_EX110_THREAD_PER_TASK_WEIGH_H_
#define UNPARK_PATTERNS_EX110_THREAD_PER_TASK_WEIGH_H_

#include <unistd.h>

#include <fstream>

#include "patterns/ex110_thread_per_task/after.h"
#include "patterns/ex110_thread_per_task/before.h"

namespace unpark::patterns::thread_per_task {

struct Weight {
  double resident = 0, addresses = 0;  // bytes

  friend Weight operator-(Weight a, Weight b) {
    return {a.resident - b.resident, a.addresses - b.addresses};
  }
};

inline Weight WeighProcess() {
  std::ifstream file("/proc/self/statm");
  double pages = 0, resident_pages = 0;
  file >> pages >> resident_pages;
  const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
  return {resident_pages * page, pages * page};
}

// Of one task. `add` is AddInThreads or AddInGoroutines. Weigh in a fresh process: later tasks use
// what earlier ones have left behind.
template <typename Add>
Weight WeighTask(int tasks, const Add& add) {
  const Weight earlier = WeighProcess();
  Weight all;
  add(WaitingWorkload{.tasks = tasks}, [&] { all = WeighProcess() - earlier; });
  return {all.resident / tasks, all.addresses / tasks};
}

}  // namespace unpark::patterns::thread_per_task

#endif  // UNPARK_PATTERNS_EX110_THREAD_PER_TASK_WEIGH_H_
