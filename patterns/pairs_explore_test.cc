// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Pairs under the schedule explorer: a side that is right is right under every schedule tried, and
// one that is wrong on purpose is caught, by a schedule and not by luck. Pattern for a pair of your
// own: a tiny workload, Run, Check.

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "patterns/ex05_channel_counter/after.h"
#include "patterns/ex05_channel_counter/batched.h"
#include "patterns/ex05_channel_counter/before.h"
#include "patterns/ex05_channel_counter/sharded.h"
#include "patterns/ex05_channel_counter/task.h"
#include "patterns/ex16_add_inside_goroutine/after.h"
#include "patterns/ex16_add_inside_goroutine/before.h"
#include "patterns/ex16_add_inside_goroutine/task.h"
#include "patterns/ex16_add_inside_goroutine/wg_go.h"
#include "patterns/pair.h"
#include "runtime/testing/explore.h"

namespace unpark::patterns {
namespace {

// Runs one side of a pair with a workload under `options`.
template <typename Workload, typename Result>
testing::Exploration ExploreSide(const testing::ExploreOptions& options,
                                 const Side<Workload, Result>& side, const Workload& workload,
                                 Result (*reference)(const Workload&)) {
  return testing::Explore(options, [&] {
    const std::unique_ptr<Instance> instance = side.Make(workload, reference);
    instance->Run();
    const std::string fault = instance->Check();
    testing::Check(fault.empty(), fault);
  });
}

TEST(ChannelCounter, EverySideIsRightUnderEverySchedule) {
  using namespace channel_counter;
  using CounterSide = Side<CounterWorkload, std::int64_t>;
  for (const CounterSide& side : {CounterSide(CountByChannel), CounterSide(CountByAtomic),
                                  CounterSide(CountByShards), CounterSide(CountByBatches)}) {
    for (const auto strategy : {testing::Strategy::kRandom, testing::Strategy::kPct}) {
      const auto found =
          ExploreSide({.strategy = strategy, .runs = 200}, side,
                      CounterWorkload{.producers = 3, .increments = 2}, CountSequentially);
      EXPECT_TRUE(found.ok()) << found.Report();
    }
  }
}

using add_inside_goroutine::Mapping;
using add_inside_goroutine::MapSequentially;
using add_inside_goroutine::MapWorkload;
using MapSide = Side<MapWorkload, add_inside_goroutine::Outputs>;

TEST(AddInsideGoroutine, BeforeIsCaught) {
  const MapSide before = Prepared<Mapping<add_inside_goroutine::MapWithAddInside>>;
  const auto found = ExploreSide({.runs = 1000}, before, MapWorkload{.items = 2}, MapSequentially);
  ASSERT_FALSE(found.ok());
  EXPECT_NE(found.failure->what.find("results differ"), std::string::npos) << found.Report();
}

TEST(AddInsideGoroutine, OthersAreRightUnderEverySchedule) {
  for (const MapSide& side : {MapSide(Prepared<Mapping<add_inside_goroutine::MapWithAddBefore>>),
                              MapSide(Prepared<Mapping<add_inside_goroutine::MapWithGo>>)}) {
    const auto found = ExploreSide({.strategy = testing::Strategy::kDfs, .runs = 3000}, side,
                                   MapWorkload{.items = 2}, MapSequentially);
    EXPECT_TRUE(found.ok()) << found.Report();
  }
}

}  // namespace
}  // namespace unpark::patterns
