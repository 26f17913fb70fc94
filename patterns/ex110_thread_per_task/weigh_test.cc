// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// A waiting goroutine holds little more than a page.

#include "patterns/ex110_thread_per_task/weigh.h"

#include <gtest/gtest.h>

#include "runtime/go.h"

namespace unpark::patterns::thread_per_task {
namespace {

// One test: it needs a process that has had no goroutines yet.
TEST(WeighTest, AWaitingGoroutineHoldsAPageOfStackAndAKilobyteMoreAtMost) {
  Weight goroutine;
  Main([&] {
    goroutine = WeighTask(20'000, [](const WaitingWorkload& w, const auto& all_wait) {
      return AddInGoroutines(w, all_wait);
    });
  });
  EXPECT_GE(goroutine.resident, 4'096);
  EXPECT_LE(goroutine.resident, 4'096 + 1'024);
}

}  // namespace
}  // namespace unpark::patterns::thread_per_task
