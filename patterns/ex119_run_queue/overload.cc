// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Shows what the number of goroutines says of the load, and what the run queue says.

#include <cstdio>

#include "patterns/ex119_run_queue/load.h"
#include "runtime/go.h"

int main() {
  namespace load = unpark::patterns::run_queue;
  return unpark::Main(unpark::Options{.procs = 1}, [] {
    constexpr int kGoroutines = 200;
    const load::Load idle = load::MeasureLoad(kGoroutines, load::Doing::kWaiting);
    const load::Load busy = load::MeasureLoad(kGoroutines, load::Doing::kComputing);
    std::printf("%d that wait:    %d goroutines, %.1f in the run queue\n", kGoroutines,
                idle.goroutines, idle.runnable);
    std::printf("%d that compute: %d goroutines, %.1f in the run queue\n", kGoroutines,
                busy.goroutines, busy.runnable);
  });
}
