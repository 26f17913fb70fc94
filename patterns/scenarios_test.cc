// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// What each scenario's sides do, by events at one proc, where the schedule is always the same.

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
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

// The index has a row for each pair, with its lesson and tier as they are registered.
TEST(AllPairsTest, StandInTheIndexWithTheirLessons) {
  std::ifstream file("patterns/README.md");
  ASSERT_TRUE(file);
  std::map<std::string, std::string> rows;  // by how they begin
  for (std::string line; std::getline(file, line);) rows[line.substr(0, line.find(')') + 1)] = line;
  for (const PairInfo& pair : AllPairs()) {
    const std::string begin = "| " + std::to_string(pair.exercise) + " | [" + pair.name + "](" +
                              pair.slug + "/README.md)";
    ASSERT_TRUE(rows.contains(begin)) << "patterns/README.md lacks " << begin;
    for (const std::string& cell : {pair.lesson, pair.tier}) {
      EXPECT_NE(rows[begin].find("| " + cell + " |"), std::string::npos)
          << "patterns/README.md, " << begin << ": not " << cell;
    }
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

TEST(LockPerAccessTest, UnguardedReadersLoadTheTableMoreThanOnce) {
  const Case& unguarded = FindCase(FindPair("lock_per_access").smoke, "unguarded");
  const Report report = RunCase(unguarded, 1, 200);  // a stalled machine may load it once
  ASSERT_EQ(report.faults.size(), 1u);
  EXPECT_NE(report.faults.front().find("loads of the table, want"), std::string::npos)
      << report.faults.front();
}

// What the lock costs is time alone.
TEST(LockPerAccessTest, NobodyParksButForTheLoad) {
  for (const char* variant : {"before", "after"}) {
    const Case& c = FindCase(FindPair("lock_per_access").smoke, variant);
    const double parks = RunCase(c, 1, 1).events.at("parks") * static_cast<double>(c.operations);
    EXPECT_LE(parks, 10) << variant;  // of eight readers at most, the loader's sleep, and main
  }
}

// Locked goroutines hand their P from thread to thread each time; whether a thread still polls by
// then or sleeps is the machine's affair.
TEST(ThreadSwitchTest, OnlyThreadsAndLockedGoroutinesChangeThreads) {
  EXPECT_GE(RunSmoke("thread_switch", "before").figures.at("os_switches"), 0.9);
  EXPECT_GE(RunSmoke("thread_switch", "locked").events.at("locked_handoffs"), 0.9);
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

TEST(ThreadPerTaskTest, OnlyTheAfterStartsGoroutinesAndEachParksOnce) {
  EXPECT_EQ(RunSmoke("thread_per_task", "before").events.at("spawns"), 0);
  const Report after = RunSmoke("thread_per_task", "after");
  EXPECT_EQ(after.events.at("spawns"), 1);
  EXPECT_NEAR(after.events.at("parks"), 1, 0.1);  // and main's
}

TEST(PetersonLockTest, WhoWaitsLooksForEachAdditionThatTheOtherMakes) {
  EXPECT_GE(RunSmoke("peterson_lock", "before").events.at("yields"), 0.5);
  EXPECT_LE(RunSmoke("peterson_lock", "after").events.at("yields"), 0.03);  // those of the task
}

TEST(PoliteRetriesTest, FailedAttemptsAreYieldsAndInStepNoneSucceeds) {
  EXPECT_GE(RunSmoke("polite_retries", "before").events.at("yields"), 4);
  EXPECT_EQ(RunSmoke("polite_retries", "after").events.at("yields"), 2);  // those of the task
  const Report in_step = RunSmoke("polite_retries", "in_step");
  ASSERT_EQ(in_step.faults.size(), 1u);
  EXPECT_TRUE(in_step.faults.front().starts_with("the movers made ")) << in_step.faults.front();
}

TEST(GreedyWorkerTest, OnlyTheStarvationModeLetsThePoliteWorkerIn) {
  for (const char* variant : {"before", "each_step"}) {
    const Report report = RunSmoke("greedy_worker", variant);
    EXPECT_GE(report.events.at("sema_starving"), 0.6) << variant;
    EXPECT_GE(report.events.at("parks_sema"), 1) << variant;
  }
  EXPECT_EQ(RunSmoke("greedy_worker", "after").events.at("sema_starving"), 0);
}

TEST(TinyTasksTest, ATaskIsASwitchAndAChunkOneForAll) {
  EXPECT_NEAR(RunSmoke("tiny_tasks", "after").events.at("parks"), 1, 0.1);
  const Case& buffered = FindCase(FindPair("tiny_tasks").smoke, "buffered");
  EXPECT_LE(RunCase(buffered, 1, 1).events.at("parks"), 0.5);
  const Case& chunked = FindCase(FindPair("tiny_tasks").smoke, "chunked");
  EXPECT_LE(RunCase(chunked, 1, 1).events.at("parks"), 0.05);
}

TEST(BlockingHeartbeatTest, EverySecondBeatParksTheWorkerAndWithRoomNone) {
  EXPECT_NEAR(RunSmoke("blocking_heartbeat", "before").events.at("parks_chan_send"), 0.5, 0.05);
  EXPECT_EQ(RunSmoke("blocking_heartbeat", "after").events.at("parks_chan_send"), 0);
}

TEST(TickerPerBucketTest, OnlyTickersFireWhileNobodyAsks) {
  EXPECT_GE(RunSmoke("ticker_per_bucket", "before").events.at("timers_fired"), 0.05);
  const Case& after = FindCase(FindPair("ticker_per_bucket").smoke, "after");
  const double fired = RunCase(after, 1, 1).events.at("timers_fired");
  EXPECT_EQ(std::llround(fired * static_cast<double>(after.operations)), 1);  // the quiet time's
}

TEST(TightLoopTest, OnlyTheAfterYields) {
  for (const char* variant : {"before", "off", "calls", "calls_made", "checkpoints"}) {
    EXPECT_EQ(RunSmoke("tight_loop", variant).events.at("yields"), 0) << variant;
  }
  EXPECT_GE(RunSmoke("tight_loop", "after").events.at("yields"), 1);
  EXPECT_GE(RunSmoke("tight_loop", "calls_made").events.at("chan_fast"), 2);
}

// Without preemption at a call, calls_made would be as off is: that nobody takes its P.
TEST(TightLoopTest, OnlyCallsAndCheckpointsGiveWayWhenAsked) {
  for (const char* variant : {"off", "calls"}) {
    const Report report = RunCase(FindCase(FindPair("tight_loop").cases, variant), 1, 1);
    EXPECT_EQ(report.events.at("preempt_honoured"), 0) << variant;
  }
  for (const char* variant : {"calls_made", "checkpoints"}) {
    const Case& loops = FindCase(FindPair("tight_loop").cases, variant);
    // A machine that stalls the monitor for long may need another run; one that never preempts
    // needs for ever.
    while (RunCase(loops, 1, 1).events.at("preempt_honoured") == 0) continue;
  }
}

}  // namespace
}  // namespace unpark::patterns
