// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// A short soak, and the watchdog.
#include "runtime/soak/soak.h"

#include <gtest/gtest.h>

#include "runtime/os/sanitizer.h"

namespace unpark::soak {
namespace {

using namespace std::chrono_literals;

#if defined(__SANITIZE_THREAD__)
constexpr int kGoroutines = 300;  // of some 8,000 that the sanitizer can tell apart
#else
constexpr int kGoroutines = UNPARK_SANITIZER ? 2000 : 20'000;
#endif

TEST(Soak, FiveSecondsLoseNothing) {
  EXPECT_EQ(soak::Run({.time = 5s, .seed = 5, .goroutines = kGoroutines, .patience = 60s}, stdout),
            0);
}

TEST(SoakDeathTest, AStandstillIsListed) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(soak::Run({.time = 1s, .patience = 500ms, .stall = true}, stderr),
              testing::ExitedWithCode(1),
              "nothing has moved for 500 ms\ngoroutine 1 .chan receive .nil chan.]");
}

}  // namespace
}  // namespace unpark::soak
