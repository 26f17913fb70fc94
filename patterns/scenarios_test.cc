// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// What each scenario's sides do, by events at one proc, where the schedule is always the same.

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace unpark::patterns
