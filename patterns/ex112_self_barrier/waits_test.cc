// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// The wrong waits end in a report that names each goroutine and its wait; the right ones end.

#include "patterns/ex112_self_barrier/waits.h"

#include <gtest/gtest.h>

#include "runtime/go.h"

namespace unpark::patterns::self_barrier {
namespace {

// Any text: gtest's own expressions have no way to say "up to".
constexpr char kAny[] = "(.|\n)*";

class WaitsDeathTest : public testing::TestWithParam<int> {
 protected:
  void SetUp() override { testing::FLAGS_gtest_death_test_style = "threadsafe"; }

  // Of a program that runs f, with this test's procs.
  template <typename F>
  static void InMain(F f) {
    Main(Options{.procs = GetParam()}, f);
  }
};

TEST_P(WaitsDeathTest, ABarrierThatIsPassedAtExitIsReported) {
  EXPECT_EXIT(InMain([] { MeetAtBarrier<Arrive::kAtExit>(3); }), testing::ExitedWithCode(2),
              std::string("fatal error: all goroutines are asleep - deadlock!") + kAny +
                  "goroutine 1 \\[sync.WaitGroup.Wait" + kAny +
                  "goroutine [0-9]+ \\[sync.WaitGroup.Wait" + kAny +
                  "goroutine [0-9]+ \\[sync.WaitGroup.Wait" + kAny +
                  "goroutine [0-9]+ \\[sync.WaitGroup.Wait" + kAny + "waits.h");
}

TEST_P(WaitsDeathTest, TwoLocksInOppositeOrderAreReported) {
  EXPECT_EXIT(InMain([] { LockBoth<Order::kOpposite>(); }), testing::ExitedWithCode(2),
              std::string("fatal error: all goroutines are asleep - deadlock!") + kAny +
                  "goroutine [0-9]+ \\[sync.Mutex.Lock" + kAny +
                  "goroutine [0-9]+ \\[sync.Mutex.Lock" + kAny + "waits.h");
}

INSTANTIATE_TEST_SUITE_P(Procs, WaitsDeathTest, testing::Values(1));

class WaitsTest : public testing::TestWithParam<int> {};

TEST_P(WaitsTest, TheRightOnesEnd) {
  Main(Options{.procs = GetParam()}, [] {
    for (int parties : {1, 2, 100}) {
      MeetAtBarrier<Arrive::kBeforeWait>(parties);
      MeetAtGate(parties);
    }
    for (int i = 0; i < 100; ++i) LockBoth<Order::kSame>();
  });
}

INSTANTIATE_TEST_SUITE_P(Procs, WaitsTest, testing::Values(1, 2, 4));

}  // namespace
}  // namespace unpark::patterns::self_barrier
