// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// What is Unpark's own about Semaphore. Go's properties are tested in runtime/conformance.
#include "runtime/sync/semaphore.h"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <vector>

#include "runtime/conformance/run_go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark {
namespace {

using conformance::ParkWatch;
using conformance::RunGo;
using conformance::Scaled;

TEST(SemaphoreTest, ADoneContextTakesNothing) {
  RunGo([] {
    Semaphore semaphore(1);
    auto [ctx, cancel] = WithCancel(Background());
    cancel();
    EXPECT_EQ(semaphore.Acquire(ctx, 1), kCanceled);
    EXPECT_TRUE(semaphore.TryAcquire(1));
  });
}

TEST(SemaphoreTest, ServesInTheOrderOfArrival) {
  RunGo([] {
    Semaphore semaphore(3);
    EXPECT_FALSE(semaphore.Acquire(Background(), 3));
    std::vector<int> order;
    WaitGroup wg;
    for (int i = 0; i < 5; ++i) {
      ParkWatch parks(&Counters::parks_select);
      wg.Go([&, i] {
        EXPECT_FALSE(semaphore.Acquire(Background(), 3));
        order.push_back(i);
        semaphore.Release(3);
      });
      parks.Await(1);
    }
    EXPECT_FALSE(semaphore.TryAcquire(0)) << "a newcomer does not overtake";
    semaphore.Release(3);
    wg.Wait();
    EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
  });
}

// Acquires that give up while they are being granted lose no weight.
TEST(SemaphoreTest, CancelAndGrantMayRace) {
  RunGo([] {
    constexpr int kSize = 3;
    Semaphore semaphore(kSize);
    WaitGroup wg;
    for (unsigned g = 0; g < 8; ++g) {
      wg.Go([&, g] {
        std::mt19937 random(g);
        for (int i = 0; i < Scaled(500); ++i) {
          const int weight = static_cast<int>(random() % kSize) + 1;
          auto [ctx, cancel] = WithCancel(Background());
          if (random() % 2 == 0) go([cancel = cancel] { cancel(); });
          if (semaphore.Acquire(ctx, weight)) continue;
          Gosched();
          semaphore.Release(weight);
        }
      });
    }
    wg.Wait();
    EXPECT_TRUE(semaphore.TryAcquire(kSize));
  });
}

}  // namespace
}  // namespace unpark
