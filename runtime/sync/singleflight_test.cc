// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// What is Unpark's own about SingleFlight. Go's properties are tested in runtime/conformance.
#include "runtime/sync/singleflight.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <vector>

#include "runtime/conformance/run_go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark {
namespace {

using conformance::RunGo;
using conformance::Scaled;

TEST(SingleFlightTest, KeysFlyIndependently) {
  RunGo([] {
    SingleFlight<int, int> flight;
    Chan<int> meet(0);
    WaitGroup wg;
    wg.Go([&] { EXPECT_EQ(flight.Do(1, [=] { return *meet.Recv(); }).value, 7); });
    EXPECT_EQ(flight
                  .Do(2,
                      [=] {
                        meet.Send(7);  // waits for the call of the other key
                        return 8;
                      })
                  .value,
              8);
    wg.Wait();
  });
}

TEST(SingleFlightTest, EveryWaiterOnAChannelGetsItsCopy) {
  RunGo([] {
    SingleFlight<int, std::string> flight;
    Chan<Unit> proceed(0);
    std::vector<RecvChan<SingleFlight<int, std::string>::Result>> results;
    for (int i = 0; i < 10; ++i) {
      results.push_back(flight.DoChan(1, [=] {
        proceed.Recv();
        return std::string("value");
      }));
    }
    proceed.Send({});
    for (const auto& r : results) {
      auto result = *r.Recv();
      EXPECT_EQ(result.value, "value");
      EXPECT_TRUE(result.shared);
    }
  });
}

TEST(SingleFlightTest, ResultsAreNeverOfAnEarlierCall) {
  RunGo([] {
    SingleFlight<int, int> flight;
    std::atomic<int> calls{0};
    WaitGroup wg;
    for (int g = 0; g < 4; ++g) {
      wg.Go([&] {
        for (int i = 0; i < Scaled(500); ++i) {
          const int before = calls;
          EXPECT_GE(flight.Do(1, [&] { return ++calls; }).value, before);
        }
      });
    }
    wg.Wait();
  });
}

}  // namespace
}  // namespace unpark
