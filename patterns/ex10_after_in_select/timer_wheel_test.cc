// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Tests of TimerWheel.

#include "patterns/ex10_after_in_select/timer_wheel.h"

#include <gtest/gtest.h>

#include "runtime/chan/select.h"
#include "runtime/go.h"

namespace unpark::patterns::after_in_select {
namespace {

bool HasExpired(const TimerWheel::Timeout& timeout) {
  return Select(Recv(timeout.Expired()), kDefault) == 0;
}

TEST(TimerWheel, ATimeoutExpiresAtItsTickAndOnce) {
  Main([] {
    TimerWheel wheel(8);
    TimerWheel::Timeout timeout;
    wheel.Add(&timeout, 3);
    for (int tick = 1; tick <= 20; ++tick) {
      wheel.Advance();
      EXPECT_EQ(HasExpired(timeout), tick == 3) << tick;
    }
  });
}

TEST(TimerWheel, ATimeoutLongerThanATurnWaitsItsTurns) {
  Main([] {
    TimerWheel wheel(4);
    TimerWheel::Timeout timeout;
    wheel.Add(&timeout, 10);
    for (int tick = 1; tick <= 10; ++tick) {
      wheel.Advance();
      EXPECT_EQ(HasExpired(timeout), tick == 10) << tick;
    }
  });
}

TEST(TimerWheel, WhatIsPutOffDoesNotExpire) {
  Main([] {
    TimerWheel wheel(4);
    TimerWheel::Timeout busy, idle;
    wheel.Add(&busy, 2);
    wheel.Add(&idle, 2);
    for (int tick = 1; tick <= 30; ++tick) {
      wheel.Advance();
      EXPECT_FALSE(HasExpired(busy)) << tick;
      EXPECT_EQ(HasExpired(idle), tick == 2) << tick;
      wheel.PutOff(&busy, 2);
    }
  });
}

TEST(TimerWheel, WhatIsRemovedDoesNotExpire) {
  Main([] {
    TimerWheel wheel(4);
    TimerWheel::Timeout timeout;
    wheel.Add(&timeout, 2);
    wheel.Advance();
    wheel.Remove(&timeout);
    for (int tick = 0; tick < 8; ++tick) wheel.Advance();
    EXPECT_FALSE(HasExpired(timeout));
  });
}

}  // namespace
}  // namespace unpark::patterns::after_in_select
