// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// The two gauges of demonstration 119, at one proc, where the schedule is always the same.

#include "patterns/ex119_run_queue/load.h"

#include <gtest/gtest.h>

#include "runtime/go.h"

namespace unpark::patterns::run_queue {
namespace {

TEST(MeasureLoad, OnlyTheRunQueueTellsWhoWaitsFromWhoWantsToRun) {
  constexpr int kGoroutines = 200;
  Load waiting, computing;
  Main(Options{.procs = 1}, [&] {
    waiting = MeasureLoad(kGoroutines, Doing::kWaiting);
    computing = MeasureLoad(kGoroutines, Doing::kComputing);
  });
  EXPECT_EQ(waiting.goroutines, kGoroutines + 2);
  EXPECT_EQ(computing.goroutines, kGoroutines + 2);
  EXPECT_LE(waiting.runnable, 2);
  EXPECT_GE(computing.runnable, kGoroutines);
}

}  // namespace
}  // namespace unpark::patterns::run_queue
