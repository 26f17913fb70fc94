// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// What is Unpark's own about Map. Go's properties are tested in runtime/conformance.
#include "runtime/sync/map.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "runtime/conformance/run_go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark {
namespace {

using conformance::RunGo;
using conformance::Scaled;

TEST(MapTest, RangeStopsWhenTold) {
  RunGo([] {
    Map<int, int> map;
    for (int i = 0; i < 100; ++i) map.Store(i, i);
    int calls = 0;
    map.Range([&](int, int) { return ++calls < 3; });
    EXPECT_EQ(calls, 3);
  });
}

TEST(MapTest, LoadOrStoreHasOneWinner) {
  RunGo([] {
    for (int round = 0; round < Scaled(200); ++round) {
      Map<int, int> map;
      std::atomic<int> winners{0};
      WaitGroup wg;
      for (int g = 0; g < 8; ++g) {
        wg.Go([&, g] {
          if (!map.LoadOrStore(1, g).second) ++winners;
        });
      }
      wg.Wait();
      ASSERT_EQ(winners, 1);
    }
  });
}

struct ConstantHash {
  std::size_t operator()(int) const { return 42; }
};

TEST(MapTest, KeysOfOneHashAreKeptApart) {
  RunGo([] {
    Map<int, std::string, ConstantHash> map;
    for (int i = 0; i < 100; ++i) map.Store(i, std::to_string(i));
    for (int i = 0; i < 100; ++i) EXPECT_EQ(map.Load(i), std::to_string(i));
    EXPECT_EQ(map.Load(100), std::nullopt);
  });
}

TEST(MapTest, CompareAndSwapCountsEachIncrementOnce) {
  RunGo([] {
    Map<int, int> map;
    map.Store(1, 0);
    WaitGroup wg;
    for (int g = 0; g < 4; ++g) {
      wg.Go([&] {
        for (int i = 0; i < Scaled(1000); ++i) {
          for (int seen = *map.Load(1); !map.CompareAndSwap(1, seen, seen + 1);)
            seen = *map.Load(1);
        }
      });
    }
    wg.Wait();
    EXPECT_EQ(map.Load(1), 4 * Scaled(1000));
  });
}

}  // namespace
}  // namespace unpark
