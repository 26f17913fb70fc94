// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Tests of Plan: which rows there are, and what the order of a round keeps together.

#include "benchmarks/plan.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace unpark::benchmarks {
namespace {

patterns::Case MakeCase(const std::string& pair, const std::string& variant,
                        const std::string& workload) {
  patterns::Case made;
  made.pair = pair;
  made.variant = variant;
  made.workload = workload;
  made.operations = 10;
  return made;
}

std::vector<patterns::PairInfo> Pairs() {
  std::vector<patterns::PairInfo> pairs(3);
  for (int i = 0; i < 2; ++i) {
    pairs[i].name = "p" + std::to_string(i);
    for (const char* variant : {"before", "after", "sharded", "batched"}) {
      pairs[i].cases.push_back(MakeCase(pairs[i].name, variant, "n:1"));
      pairs[i].cases.push_back(MakeCase(pairs[i].name, variant, "n:100"));
      pairs[i].cases.back().full_only = true;
    }
  }
  pairs[2].name = "quota";
  for (const char* variant : {"before", "after"}) {
    pairs[2].cases.push_back(MakeCase("quota", variant, "half"));
    pairs[2].cases.back().procs = std::string(variant) == "before" ? 64 : 1;
  }
  return pairs;
}

std::vector<std::string> Names(const std::vector<Row>& rows) {
  std::vector<std::string> names;
  for (const Row& row : rows) {
    if (!row.IsCanary()) names.push_back(row.name);
  }
  return names;
}

TEST(Plan, CoreSizeLeavesTheLargeWorkloadsOut) {
  auto pairs = Pairs();
  std::vector<Row> rows = MakePlan(pairs, Flags(), {2});
  EXPECT_EQ(Names(rows),
            (std::vector<std::string>{"p0/before/n:1/procs:2", "p0/after/n:1/procs:2",
                                      "p0/sharded/n:1/procs:2", "p0/batched/n:1/procs:2",
                                      "p1/before/n:1/procs:2", "p1/after/n:1/procs:2",
                                      "p1/sharded/n:1/procs:2", "p1/batched/n:1/procs:2",
                                      "quota/before/half/procs:64", "quota/after/half/procs:1"}));
}

TEST(Plan, FullSizeAddsThemAndEightProcs) {
  Flags flags;
  flags.full = true;
  EXPECT_EQ(ProcsOf(flags, 2), (std::vector<int>{2, 8}));
  EXPECT_EQ(ProcsOf(flags, 8), (std::vector<int>{8}));
  EXPECT_EQ(ProcsOf(Flags(), 2), (std::vector<int>{2}));
  auto pairs = Pairs();
  // Two pairs of four variants, two workloads and two numbers of procs; one that sets its procs.
  EXPECT_EQ(Names(MakePlan(pairs, flags, {2, 8})).size(), 2u * 4 * 2 * 2 + 2);
}

TEST(Plan, PairsOnRequestAwaitAFilterThatAsksForNamesOrTheirFlag) {
  auto pairs = Pairs();
  pairs[1].on_request = true;
  auto rows_of = [&](const std::string& pair, const Flags& flags) {
    return std::ranges::count_if(Names(MakePlan(pairs, flags, {2})), [&](const std::string& name) {
      return name.starts_with(pair + "/");
    });
  };
  for (const char* filter : {"", ".", "all", "-^p0/"}) {
    Flags flags;
    flags.filter = filter;
    EXPECT_EQ(rows_of("p1", flags), 0) << filter;
  }
  Flags named;
  named.filter = "^p";
  EXPECT_EQ(rows_of("p0", named), 4);
  EXPECT_EQ(rows_of("p1", named), 4);
  Flags full;
  full.full = true;
  EXPECT_EQ(rows_of("p0", full), 8);
  EXPECT_EQ(rows_of("p1", full), 0);
  for (Flags scenarios : {Flags(), named, full}) {
    scenarios.scenarios = true;
    EXPECT_EQ(rows_of("p0", scenarios), 0);
    EXPECT_EQ(rows_of("p1", scenarios), scenarios.full ? 8 : 4);
  }
}

TEST(Plan, PairsOnRequestHaveTheMachinesProcsUnlessTheFlagsNameOthers) {
  auto pairs = Pairs();
  for (auto& pair : pairs) pair.on_request = true;
  Flags flags;
  flags.full = flags.scenarios = true;
  EXPECT_EQ(Names(MakePlan(pairs, flags, ProcsOf(flags, 2))).size(), 2u * 4 * 2 + 2);
  flags.procs = {2, 8};
  EXPECT_EQ(Names(MakePlan(pairs, flags, ProcsOf(flags, 2))).size(), 2u * 4 * 2 * 2 + 2);
}

TEST(Plan, FilterKeepsTheCanaries) {
  auto pairs = Pairs();
  std::vector<Row> rows = MakePlan(pairs, Flags(), {2});
  std::vector<Row> some = rows;
  EXPECT_EQ(Select("^p0/(before|after)", &some), 2u);
  EXPECT_EQ(some.size(), 2 + AllCanaries().size());
  std::vector<Row> others = rows;
  EXPECT_EQ(Select("-^p[01]/", &others), 2 + AllCanaries().size());
  EXPECT_EQ(Names(others).size(), 2u);
  std::vector<Row> none = rows;
  EXPECT_EQ(Select("no such name", &none), 0u);
}

TEST(Plan, RoundHoldsEveryRowOnceAndGroupsTogether) {
  auto pairs = Pairs();
  std::vector<Row> rows = MakePlan(pairs, Flags(), {2, 8});
  for (int round = 0; round < 50; ++round) {
    std::vector<std::size_t> order = RoundOrder(rows, 7, round, true);
    ASSERT_EQ(std::set(order.begin(), order.end()).size(), rows.size());
    std::set<std::string> closed;
    for (std::size_t i = 0; i < order.size(); ++i) {
      const std::string& group = rows[order[i]].group;
      EXPECT_FALSE(closed.contains(group)) << group;
      bool last = i + 1 == order.size() || rows[order[i + 1]].group != group;
      if (last) closed.insert(group);
    }
  }
}

TEST(Plan, BeforeAndAfterAreNeighboursInBothOrders) {
  auto pairs = Pairs();
  std::vector<Row> rows = MakePlan(pairs, Flags(), {2});
  int before_first = 0;
  constexpr int kRounds = 100;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<std::size_t> order = RoundOrder(rows, 7, round, true);
    auto place = [&](const std::string& name) {
      auto found = std::find_if(order.begin(), order.end(),
                                [&](std::size_t i) { return rows[i].name == name; });
      return found - order.begin();
    };
    auto distance = place("p0/after/n:1/procs:2") - place("p0/before/n:1/procs:2");
    EXPECT_EQ(std::abs(distance), 1);
    before_first += distance == 1 ? 1 : 0;
    EXPECT_EQ(std::abs(place("quota/after/half/procs:1") - place("quota/before/half/procs:64")), 1);
  }
  EXPECT_GT(before_first, kRounds / 4);
  EXPECT_LT(before_first, kRounds * 3 / 4);
}

TEST(Plan, OrderFollowsFromSeedAndRound) {
  auto pairs = Pairs();
  std::vector<Row> rows = MakePlan(pairs, Flags(), {2});
  EXPECT_EQ(RoundOrder(rows, 7, 1, true), RoundOrder(rows, 7, 1, true));
  EXPECT_NE(RoundOrder(rows, 7, 1, true), RoundOrder(rows, 7, 2, true));
  EXPECT_NE(RoundOrder(rows, 7, 1, true), RoundOrder(rows, 8, 1, true));
  std::vector<std::size_t> plain = RoundOrder(rows, 7, 1, false);
  EXPECT_TRUE(std::is_sorted(plain.begin(), plain.end()));
}

}  // namespace
}  // namespace unpark::benchmarks
