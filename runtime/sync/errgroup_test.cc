// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// What is Unpark's own about ErrGroup. Go's properties are tested in runtime/conformance.
#include "runtime/sync/errgroup.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>

#include "runtime/conformance/run_go.h"

namespace unpark {
namespace {

using conformance::PanicText;
using conformance::RunGo;
using conformance::Scaled;
using testing::ExitedWithCode;

TEST(ErrGroupTest, TheFirstErrorStopsTheOthers) {
  RunGo([] {
    const Error doom("doomed");
    ErrGroup group(Background());
    for (int i = 0; i < 10; ++i) {
      group.Go([ctx = group.context()] {
        ctx.Done().Recv();
        return ctx.Err();
      });
    }
    group.Go([=] { return doom; });
    EXPECT_EQ(group.Wait(), doom);
  });
}

TEST(ErrGroupTest, SetLimitWhileRunningPanics) {
  RunGo([] {
    ErrGroup group;
    Chan<Unit> release(0);
    group.SetLimit(2);
    group.Go([=] {
      release.Recv();
      return Error();
    });
    EXPECT_EQ(PanicText([&] { group.SetLimit(3); }),
              "errgroup: modify limit while 1 goroutines in the group are still active");
    release.Send({});
    group.Wait();
  });
}

TEST(ErrGroupTest, WhatAFunctionHoldsIsFreedBeforeWaitReturns) {
  RunGo([] {
    for (int i = 0; i < Scaled(500); ++i) {
      auto held = std::make_shared<int>(1);
      ErrGroup group;
      group.Go([held] { return Error(); });
      group.Wait();
      ASSERT_EQ(held.use_count(), 1);
    }
  });
}

TEST(ErrGroupDeathTest, APanicEndsTheProgramBeforeWaitReturns) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(RunGo([] {
                ErrGroup group;
                group.Go([]() -> Error { Panic("in a group"); });
                group.Wait();
                std::_Exit(0);
              }),
              ExitedWithCode(2), "panic: in a group");
}

TEST(ErrGroupTest, MayBeDroppedWithoutWait) {
  RunGo([] {
    Chan<Unit> release(0);
    Chan<Unit> ended(0);
    {
      ErrGroup group(Background());
      group.Go([=] {
        release.Recv();
        ended.Send({});
        return Error("nobody asks");
      });
    }
    release.Send({});
    ended.Recv();
  });
}

}  // namespace
}  // namespace unpark
