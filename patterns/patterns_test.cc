// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Runs every pair: right results, caught faults, no goroutine left behind, collapsing signatures.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include "patterns/pair.h"
#include "patterns/run_case.h"
#include "runtime/go.h"

namespace unpark::patterns {

void PrintTo(const Case& c, std::ostream* os) {
  *os << c.pair << "/" << c.variant << "/" << c.workload;
}
void PrintTo(const PairInfo& pair, std::ostream* os) { *os << pair.name; }

namespace {

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

// Gives finished goroutines the time to leave; a test that waits here for ever has found a leak.
void AwaitOnlyMain() {
  while (NumGoroutine() > 1) Gosched();
}

// Runs and destroys the case, and returns when the main goroutine is the only one.
void RunAndAwaitOnlyMain(const Case& c, int procs) {
  Main(OptionsFor(c, procs), [&] {
    c.prepare()->Run();
    AwaitOnlyMain();
  });
}

std::vector<Case> SmokeCases() {
  std::vector<Case> cases;
  for (const PairInfo& pair : AllPairs()) {
    cases.insert(cases.end(), pair.smoke.begin(), pair.smoke.end());
  }
  return cases;
}

TEST(AllPairsTest, HasTheSeventeenExercisesInOrder) {
  std::vector<int> exercises;
  for (const PairInfo& pair : AllPairs()) exercises.push_back(pair.exercise);
  ASSERT_GE(exercises.size(), 17u);
  for (int i = 0; i < 17; ++i) EXPECT_EQ(exercises[i], i + 1);
}

TEST(AllPairsTest, EveryReadmeStandsBesideItsPairAndHasItsParts) {
  for (const PairInfo& pair : AllPairs()) {
    std::ifstream file(pair.readme);
    ASSERT_TRUE(file) << pair.file << ": cannot read " << pair.readme;
    std::stringstream text;
    text << file.rdbuf();
    for (const char* part : {"## The task", "## Before", "## Why it is slow", "## Hint", "## After",
                             "## Why it is faster", "## The trade-off", "## When not",
                             "## Premature below", "## Measure it"}) {
      EXPECT_NE(text.str().find(part), std::string::npos)
          << pair.readme << " has no \"" << part << "\"";
    }
    EXPECT_NE(text.str().find("--benchmark_filter=^" + pair.name + "/"), std::string::npos)
        << pair.readme << " does not name the command that measures it";
  }
}

class EveryCaseTest : public testing::TestWithParam<Case> {};

TEST_P(EveryCaseTest, GivesTheReferenceResultOrIsCaught) {
  const Case& c = GetParam();
  for (int procs : {1, 2, 4}) {
    const Report report = RunCase(c, procs, c.wrong_on_purpose ? 200 : 5);
    if (c.wrong_on_purpose) {
      EXPECT_FALSE(report.faults.empty())
          << "no fault in " << report.runs << " runs, procs " << procs;
    } else {
      EXPECT_EQ(report.faults, std::vector<std::string>()) << "procs " << procs;
    }
  }
}

TEST_P(EveryCaseTest, LeavesNoGoroutineBehind) {
  for (int procs : {1, 2, 4}) RunAndAwaitOnlyMain(GetParam(), procs);
}

TEST_P(EveryCaseTest, HasALatencyForEachRequestOrNone) {
  const Case& c = GetParam();
  const Report report = RunCase(c, 2, 1);
  if (report.latencies.empty()) return;
  EXPECT_EQ(std::ssize(report.latencies), c.operations);
  EXPECT_GT(std::ranges::min(report.latencies), 0);
}

INSTANTIATE_TEST_SUITE_P(Patterns, EveryCaseTest, testing::ValuesIn(SmokeCases()),
                         [](const testing::TestParamInfo<Case>& info) {
                           return info.param.pair + "_" + info.param.variant;
                         });

// The bounds hold for the core workloads, which sanitizers make too slow.
class SignatureTest : public testing::TestWithParam<PairInfo> {};

TEST_P(SignatureTest, CollapsesFromBeforeToAfter) {
  const PairInfo& pair = GetParam();
  for (const Case& c : pair.cases) {
    if (c.full_only || (c.variant != "before" && c.variant != "after")) continue;
    for (int procs : {1, 2}) {
      const Report report = RunCase(c, procs, 1);
      for (const Expect& expect : pair.signature) {
        if (!expect.workload.empty() && expect.workload != c.workload) continue;
        if (!report.events.contains(expect.counter)) continue;  // //benchmarks:signature_test
        const double events = report.events.at(expect.counter);
        const std::string where = c.variant + "/" + c.workload + ", procs " +
                                  std::to_string(procs) + ": " + expect.counter + " per operation";
        if (c.variant == "before") {
          EXPECT_GE(events, expect.before_at_least) << where;
        } else {
          EXPECT_LE(events, expect.after_at_most) << where;
        }
      }
    }
  }
}

std::vector<PairInfo> PairsWithSignature() {
  std::vector<PairInfo> pairs;
  if (kSanitized) return pairs;
  std::ranges::copy_if(AllPairs(), std::back_inserter(pairs),
                       [](const PairInfo& pair) { return !pair.signature.empty(); });
  return pairs;
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(SignatureTest);
INSTANTIATE_TEST_SUITE_P(Patterns, SignatureTest, testing::ValuesIn(PairsWithSignature()),
                         [](const testing::TestParamInfo<PairInfo>& info) {
                           return info.param.name;
                         });

// Events of a pair's tiny workload at one proc, where the schedule is always the same.
Events SmokeEvents(const std::string& pair, const std::string& variant) {
  return RunCase(FindCase(FindPair(pair).smoke, variant), 1, 1).events;
}

TEST(EventsTest, GoroutinePerItemSpawnsExactlyOneForEachItem) {
  EXPECT_EQ(SmokeEvents("goroutine_per_item", "before").at("spawns"), 1);
}

TEST(EventsTest, ChildGoroutinesSpawnThreeForEachJobBesideTheWorkers) {
  EXPECT_DOUBLE_EQ(SmokeEvents("child_goroutines", "before").at("spawns"),
                   3 + SmokeEvents("child_goroutines", "after").at("spawns"));
}

// The claim's event is the wait for the channel's lock, which nothing counts. What is certain is
// how often the lock is taken: by each send and each receive, whoever's channel it is, but for
// rings.
TEST(EventsTest, OwnChannelsTakeAsManyLocksAsTheSharedOneAndRingsHardlyAny) {
  const auto operations = [](const std::string& variant) {
    const Events events = SmokeEvents("shared_job_channel", variant);
    return events.at("chan_fast") + events.at("chan_direct") + events.at("chan_blocked");
  };
  for (const char* variant : {"before", "after", "deep"}) {
    EXPECT_NEAR(operations(variant), 2, 0.2) << variant;
  }
  EXPECT_LE(operations("rings"), 0.3);
}

TEST(EventsTest, UnbufferedReadsMakeACallForEachRecordAndOneForTheEnd) {
  const Case& before = FindCase(FindPair("unbuffered_reads").smoke, "before");
  const double calls = SmokeEvents("unbuffered_reads", "before").at("blocking_calls");
  EXPECT_EQ(std::llround(calls * before.operations), before.operations + 1);
  const double buffered = SmokeEvents("unbuffered_reads", "after").at("blocking_calls");
  EXPECT_EQ(std::llround(buffered * before.operations), 2);
}

TEST(EventsTest, AfterInSelectAddsATimerForEachTurn) {
  const Case& before = FindCase(FindPair("after_in_select").smoke, "before");
  const double timers = SmokeEvents("after_in_select", "before").at("timers_added");
  EXPECT_EQ(std::llround(timers * before.operations), before.operations + 1);  // one for the close
}

TEST(EventsTest, ForeignCallsShrinkToOne) {
  const Case& before = FindCase(FindPair("foreign_call_per_item").smoke, "before");
  EXPECT_EQ(SmokeEvents("foreign_call_per_item", "before").at("foreign_calls"), 1);
  const double batched = SmokeEvents("foreign_call_per_item", "after").at("foreign_calls");
  EXPECT_EQ(std::llround(batched * before.operations), 1);
  EXPECT_EQ(SmokeEvents("foreign_call_per_item", "direct").at("foreign_calls"), 0);
}

// The claim says that Sleep(0) is a yield in disguise. In Go it returns at once, and so it does
// here.
TEST(EventsTest, SleepZeroNeitherYieldsNorParksButGoschedYields) {
  const Events slept = SmokeEvents("sleep_zero_pacing", "before");
  EXPECT_EQ(slept.at("yields"), 0);
  EXPECT_EQ(slept.at("parks_sleep"), 0);
  EXPECT_EQ(slept.at("timers_added"), 0);
  EXPECT_EQ(SmokeEvents("sleep_zero_pacing", "gosched").at("yields"), 1);
}

TEST(EventsTest, ALockedForeignCallHandsThePOffOnlyWhenItParks) {
  const Events parking =
      SmokeEvents("locked_foreign_call", "before");  // its smoke workload delivers
  EXPECT_GT(parking.at("locked_handoffs"), 0);
  EXPECT_EQ(SmokeEvents("locked_foreign_call", "after").at("locked_handoffs"), 0);
}

TEST(AddInsideGoroutineTest, CountsEarlyReturnsAndLostItems) {
  const std::vector<Case>& smoke = FindPair("add_inside_goroutine").smoke;
  const Report before = RunCase(FindCase(smoke, "before"), 1, 200);
  ASSERT_FALSE(before.faults.empty());
  EXPECT_EQ(before.figures.at("early_returns"), 1);
  EXPECT_GT(before.figures.at("lost_items"), 0);
  const Report after = RunCase(FindCase(smoke, "after"), 1, 5);
  EXPECT_EQ(after.figures.at("early_returns"), 0);
  EXPECT_EQ(after.figures.at("lost_items"), 0);
}

}  // namespace
}  // namespace unpark::patterns
