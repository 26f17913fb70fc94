// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// The race of demonstration 120 is found, and with the mutex there is none.

#include "patterns/ex120_data_race/deposits.h"

#include <gtest/gtest.h>

#include "runtime/go.h"

namespace unpark::patterns::data_race {
namespace {

TEST(DepositTwice, WithAMutexIsRight) {
  Main(Options{.procs = 2}, [] { EXPECT_EQ(DepositTwice<Mutex>(), 101); });
}

#if defined(__SANITIZE_THREAD__)
TEST(DepositTwiceDeathTest, WithoutIsReported) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  constexpr int kRaceFound = 66;  // ThreadSanitizer's exit status
  EXPECT_EXIT(
      {
        Main(Options{.procs = 2}, [] { DepositTwice<NoLock>(); });
        exit(0);
      },
      testing::ExitedWithCode(kRaceFound), "data race");
}
#endif

}  // namespace
}  // namespace unpark::patterns::data_race
