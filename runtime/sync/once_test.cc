// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// What is Unpark's own about Once. Go's properties are tested in runtime/conformance.
#include "runtime/sync/once.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stdexcept>

#include "runtime/chan/chan.h"
#include "runtime/conformance/run_go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark {
namespace {

using conformance::ParkWatch;
using conformance::RunGo;

TEST(OnceTest, CallersWaitUntilTheFirstHasReturned) {
  RunGo([] {
    Once once;
    Chan<Unit> entered(0);
    Chan<Unit> proceed(0);
    int value = 0;
    WaitGroup wg;
    wg.Go([&] {
      once.Do([&] {
        entered.Send({});
        proceed.Recv();
        value = 1;
      });
    });
    entered.Recv();
    ParkWatch parks(&Counters::parks_sema);
    for (int i = 0; i < 5; ++i) {
      wg.Go([&] {
        once.Do([] { ADD_FAILURE() << "called twice"; });
        EXPECT_EQ(value, 1);
      });
    }
    parks.Await(5);
    proceed.Send({});
    wg.Wait();
  });
}

TEST(OnceTest, AMoveOnlyResultIsShared) {
  RunGo([] {
    auto f = OnceValue([] { return std::make_unique<int>(3); });
    EXPECT_EQ(*f(), 3);
    EXPECT_EQ(f().get(), f().get());
  });
}

TEST(OnceTest, AnyExceptionIsKept) {
  RunGo([] {
    auto f = OnceValue([]() -> int { throw std::out_of_range("kept"); });
    for (int i = 0; i < 2; ++i) EXPECT_THROW(f(), std::out_of_range);
  });
}

}  // namespace
}  // namespace unpark
