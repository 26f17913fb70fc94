// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// What each scenario's sides do, by events at one proc, where the schedule is always the same.

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>
#include <string>

#include "patterns/pair.h"
#include "patterns/run_case.h"

namespace unpark::patterns {
namespace {

// The pair's tiny workload, run once at one proc.
Report RunSmoke(const std::string& pair, const std::string& variant) {
  return RunCase(FindCase(FindPair(pair).smoke, variant), 1, 1);
}

TEST(ScenariosTest, AreOnRequestAndTheExercisesAreNot) {
  for (const PairInfo& pair : AllPairs()) {
    EXPECT_EQ(pair.on_request, pair.exercise > 100) << pair.file;
  }
}

TEST(ScenariosTest, StandInTheIndex) {
  std::ifstream file("patterns/README.md");
  ASSERT_TRUE(file);
  std::stringstream text;
  text << file.rdbuf();
  for (const PairInfo& pair : AllPairs()) {
    const std::string link = "[" + pair.name + "](" + pair.slug + "/README.md)";
    EXPECT_NE(text.str().find(link), std::string::npos) << "patterns/README.md lacks " << link;
  }
}

TEST(PolledTurnTest, EachTurnCostsAPollByAllWhoComeBeforeItsOwner) {
  const Report before = RunSmoke("polled_turn", "before");
  EXPECT_NEAR(before.events.at("yields"), 7, 0.5);  // the stride of the turns
  const Report after = RunSmoke("polled_turn", "after");
  EXPECT_EQ(after.events.at("yields"), 0);
  EXPECT_LE(after.events.at("readies"), 1.01);
  EXPECT_GE(RunSmoke("polled_turn", "broadcast").events.at("readies"), 7);
}

TEST(BankAccountTest, OnlyTheMonitorParks) {
  EXPECT_GE(RunSmoke("bank_account", "before").events.at("parks"), 0.9);
  for (const char* variant : {"after", "semaphore", "rwmutex"}) {
    // Nothing but the final Wait.
    EXPECT_LE(RunSmoke("bank_account", variant).events.at("parks"), 0.001) << variant;
  }
}

TEST(LockPerAccessTest, UnguardedAllReadersLoadTheTable) {
  const Report report = RunSmoke("lock_per_access", "unguarded");
  ASSERT_EQ(report.faults.size(), 1u);
  EXPECT_NE(report.faults.front().find("after 8 loads of the table"), std::string::npos)
      << report.faults.front();
}

TEST(ThreadSwitchTest, OnlyThreadsAndLockedGoroutinesTroubleTheKernel) {
  EXPECT_GE(RunSmoke("thread_switch", "before").figures.at("os_switches"), 0.9);
  const Report locked = RunSmoke("thread_switch", "locked");
  EXPECT_GE(locked.events.at("locked_handoffs"), 1.9);
  EXPECT_GE(locked.events.at("futex_waits"), 0.9);
  EXPECT_EQ(RunSmoke("thread_switch", "after").events.at("locked_handoffs"), 0);
}

TEST(UnhedgedRequestTest, AHedgeAsksFewMoreReplicasAndBothAsksTwice) {
  const PairInfo& pair = FindPair("unhedged_request");
  const Report after = RunCase(FindCase(pair.cases, "after"), 2, 1);
  EXPECT_GE(after.figures.at("asked"), 1.01);  // slow ones there are
  EXPECT_LE(after.figures.at("asked"), 2);
  EXPECT_EQ(RunSmoke("unhedged_request", "both").figures.at("asked"), 2);
  EXPECT_EQ(RunSmoke("unhedged_request", "before").events.at("timers_added"), 1);
}

TEST(UnbatchedWritesTest, AWriteForEachRecordForEachQueueAndForEachBuffer) {
  const Case& before = FindCase(FindPair("unbatched_writes").smoke, "before");
  const auto writes = [&](const char* variant) {
    const double calls = RunSmoke("unbatched_writes", variant).events.at("blocking_calls");
    return std::llround(calls * static_cast<double>(before.operations));
  };
  EXPECT_EQ(before.operations, 1'000);
  EXPECT_EQ(writes("before"), 1'000);
  EXPECT_LE(writes("after"), 1'000 / 32);  // of up to 64
  EXPECT_EQ(writes("full_buffer"), 2);     // of 512
  EXPECT_EQ(writes("unflushed"), 1);
}

TEST(ValuePerMessageTest, AMessageIsASwitch) {
  EXPECT_NEAR(RunSmoke("value_per_message", "before").events.at("parks"), 4, 0.1);
  EXPECT_NEAR(RunSmoke("value_per_message", "after").events.at("parks"), 4.0 / 64, 0.03);
  EXPECT_LE(RunSmoke("value_per_message", "buffered").events.at("parks"), 0.2);
  EXPECT_EQ(RunSmoke("value_per_message", "one_loop").events.at("parks"), 0);
  EXPECT_NEAR(RunSmoke("value_per_message", "or_done").events.at("parks"), 5, 0.1);
}

TEST(UncancelledLosersTest, TheBeforeTakesEveryStepAndLeakyLosesSevenAQuery) {
  EXPECT_EQ(RunSmoke("uncancelled_losers", "before").events.at("yields"), 4 + 7 * 40);
  EXPECT_LE(RunSmoke("uncancelled_losers", "after").events.at("yields"), 4 + 7 * 5);
  const Report leaky = RunSmoke("uncancelled_losers", "leaky");
  ASSERT_EQ(leaky.faults.size(), 1u);
  EXPECT_NE(leaky.faults.front().find("; 56 goroutines are stuck"), std::string::npos)
      << leaky.faults.front();
}

}  // namespace
}  // namespace unpark::patterns
