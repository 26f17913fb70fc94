// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// What is Unpark's own about Pool. Go's properties are tested in runtime/conformance.
#include "runtime/sync/pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>

#include "runtime/conformance/run_go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark {
namespace {

using conformance::RunGo;

TEST(PoolTest, AGetTakesFromOtherPs) {
  RunGo([] {
    std::atomic<int> made{0};
    Pool<int> pool([&] { return std::make_unique<int>(++made); });
    constexpr int kObjects = 30;
    for (int i = 0; i < kObjects; ++i) pool.Put(std::make_unique<int>(0));
    WaitGroup wg;
    std::atomic<int> found{0};
    for (int i = 0; i < kObjects; ++i) {
      wg.Go([&] {
        if (*pool.Get() == 0) ++found;
      });
    }
    wg.Wait();
    EXPECT_EQ(found + made, kObjects);
    EXPECT_EQ(pool.Get() != nullptr, true);
    EXPECT_GT(found, 0);
  });
}

TEST(PoolTest, WorksOutsideOfGoroutines) {
  Pool<int> pool([] { return std::make_unique<int>(1); });
  pool.Put(std::make_unique<int>(2));
  EXPECT_EQ(*pool.Get(), 2);
  EXPECT_EQ(*pool.Get(), 1);
}

TEST(PoolTest, AnObjectThatDoesNotFitIsFreed) {
  RunGo(
      [] {
        auto held = std::make_shared<int>(1);
        Pool<std::shared_ptr<int>> pool(nullptr, /*per_p=*/1);
        for (int i = 0; i < 3; ++i) pool.Put(std::make_unique<std::shared_ptr<int>>(held));
        EXPECT_EQ(held.use_count(), 2);
      },
      {.procs = 1});
}

}  // namespace
}  // namespace unpark
