// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Prints what a waiting goroutine and a waiting thread weigh.
//
//   bazel run //patterns/ex110_thread_per_task:weigh

#include "patterns/ex110_thread_per_task/weigh.h"

#include <cstdio>

#include "runtime/go.h"

int main() {
  namespace tasks = unpark::patterns::thread_per_task;
  return unpark::Main([] {
    const auto print = [](const char* what, int count, tasks::Weight weight) {
      std::printf("%d %s, each: %.0f bytes in memory, %.0f of addresses\n", count, what,
                  weight.resident, weight.addresses);
    };
    constexpr int kGoroutines = 100'000, kThreads = 1'000;
    print("goroutines", kGoroutines,
          tasks::WeighTask(kGoroutines, [](const auto& w, const auto& all_wait) {
            return tasks::AddInGoroutines(w, all_wait);
          }));
    print("threads", kThreads, tasks::WeighTask(kThreads, [](const auto& w, const auto& all_wait) {
            return tasks::AddInThreads(w, all_wait);
          }));
  });
}
