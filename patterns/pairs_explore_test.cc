// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Pairs under the schedule explorer: a side that is right is right under every schedule tried, and
// one that is wrong on purpose is caught, by a schedule and not by luck. Pattern for a pair of your
// own: a tiny workload, Run, Check.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "patterns/ex05_channel_counter/after.h"
#include "patterns/ex05_channel_counter/batched.h"
#include "patterns/ex05_channel_counter/before.h"
#include "patterns/ex05_channel_counter/load_store.h"
#include "patterns/ex05_channel_counter/sharded.h"
#include "patterns/ex05_channel_counter/task.h"
#include "patterns/ex06_channel_as_lock/after.h"
#include "patterns/ex06_channel_as_lock/before.h"
#include "patterns/ex06_channel_as_lock/snapshot.h"
#include "patterns/ex06_channel_as_lock/task.h"
#include "patterns/ex102_bank_account/after.h"
#include "patterns/ex102_bank_account/before.h"
#include "patterns/ex102_bank_account/check_then_act.h"
#include "patterns/ex102_bank_account/rwmutex.h"
#include "patterns/ex102_bank_account/semaphore.h"
#include "patterns/ex102_bank_account/task.h"
#include "patterns/ex103_lock_per_access/after.h"
#include "patterns/ex103_lock_per_access/before.h"
#include "patterns/ex103_lock_per_access/rwmutex.h"
#include "patterns/ex103_lock_per_access/task.h"
#include "patterns/ex103_lock_per_access/unguarded.h"
#include "patterns/ex15_child_goroutines/after.h"
#include "patterns/ex15_child_goroutines/before.h"
#include "patterns/ex15_child_goroutines/pipeline.h"
#include "patterns/ex15_child_goroutines/task.h"
#include "patterns/ex15_child_goroutines/unawaited.h"
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

// The sides of a pair with one tiny workload.
template <typename Workload, typename Result>
struct Sides {
  Workload workload;
  Result (*reference)(const Workload&);

  void ExpectRightUnderEverySchedule(const std::vector<Side<Workload, Result>>& sides) const {
    for (const Side<Workload, Result>& side : sides) {
      for (const auto strategy : {testing::Strategy::kRandom, testing::Strategy::kPct}) {
        const auto found =
            ExploreSide({.strategy = strategy, .runs = 200}, side, workload, reference);
        EXPECT_TRUE(found.ok()) << found.Report();
      }
    }
  }
  void ExpectCaught(const Side<Workload, Result>& side, const std::string& fault) const {
    const auto found = ExploreSide({.runs = 1000}, side, workload, reference);
    ASSERT_FALSE(found.ok());
    EXPECT_NE(found.failure->what.find(fault), std::string::npos) << found.Report();
  }
};

TEST(ChannelCounter, OnlyLoadAndStoreLosesIncrements) {
  using namespace channel_counter;
  const Sides<CounterWorkload, std::int64_t> sides{{.producers = 3, .increments = 2},
                                                   CountSequentially};
  sides.ExpectRightUnderEverySchedule(
      {CountByChannel, CountByAtomic, CountByShards, CountByBatches});
  sides.ExpectCaught(CountByLoadAndStore, "want 6");
}

TEST(ChannelAsLock, OnlySnapshotsUndoEachOther) {
  using namespace channel_as_lock;
  const Sides<WriteWorkload, Settings> sides{{.writers = 2, .writes = 4, .keys = 4},
                                             SetSequentially};
  sides.ExpectRightUnderEverySchedule({SetByOwner, SetByMutex});
  sides.ExpectCaught(SetBySnapshots, "got another value");
}

TEST(ChildGoroutines, OnlyTheUnawaitedStageIsMissing) {
  using namespace child_goroutines;
  const Sides<StageWorkload, Jobs> sides{
      {.jobs = 3, .workers = 2, .stage_wait = std::chrono::microseconds(1)}, DoSequentially};
  sides.ExpectRightUnderEverySchedule({DoWithChildren, DoFlattened, DoByPipeline});
  sides.ExpectCaught(Prepared<UnawaitedPersist>, "results differ");
}

TEST(BankAccount, OnlyCheckThenActGrantsTooMuch) {
  using namespace bank_account;
  const Sides<BankWorkload, Statement> sides{{.customers = 2, .withdrawals = 2},
                                             WithdrawSequentially};
  sides.ExpectRightUnderEverySchedule(
      {VisitMonitor, VisitLocked, VisitBank<TokenAccount>, VisitBank<ReadLockedAccount>});
  sides.ExpectCaught(VisitBank<TwoStepAccount>, "granted 4 of 3");
}

TEST(LockPerAccess, OnlyUnguardedReadersLoadTwice) {
  using namespace lock_per_access;
  const Sides<IconWorkload, Lookups> sides{{.readers = 2, .lookups = 2}, LookUpSequentially};
  sides.ExpectRightUnderEverySchedule(
      {LookUp<LockedTable>, LookUp<OnceTable>, LookUp<ReadLockedTable>});
  sides.ExpectCaught(LookUp<UnguardedTable>, "after 2 loads of the table");
}

using add_inside_goroutine::Mapping;
using add_inside_goroutine::MapSequentially;
using add_inside_goroutine::MapWorkload;
using MapSide = Side<MapWorkload, add_inside_goroutine::Outputs>;

TEST(AddInsideGoroutine, BeforeIsCaught) {
  const Sides<MapWorkload, add_inside_goroutine::Outputs> sides{{.items = 2}, MapSequentially};
  sides.ExpectCaught(Prepared<Mapping<add_inside_goroutine::MapWithAddInside>>, "results differ");
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
