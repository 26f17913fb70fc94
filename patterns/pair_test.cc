// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// What the list of pairs refuses, and how a variant is checked.

#include "patterns/pair.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace unpark::patterns {
namespace {

struct SquareWorkload {
  int n = 4;
  std::vector<int> inputs = {};
  void Prepare() {
    for (int i = 0; i < n; ++i) inputs.push_back(i);
  }
  std::int64_t Operations() const { return n; }
};

using Squares = std::vector<int>;

Squares Multiply(const SquareWorkload& w) {
  Squares squares;
  for (int x : w.inputs) squares.push_back(x * x);
  return squares;
}

// Adds odd numbers up.
Squares AddUp(const SquareWorkload& w) {
  Squares squares;
  for (int x : w.inputs) {
    squares.push_back(0);
    for (int i = 0; i < x; ++i) squares.back() += 2 * i + 1;
  }
  return squares;
}

Squares Double(const SquareWorkload& w) {
  Squares doubled;
  for (int x : w.inputs) doubled.push_back(2 * x);
  return doubled;
}

class CountingSquares {
 public:
  explicit CountingSquares(const SquareWorkload& w) : w_(w) {}
  Squares Run() {
    ++runs_;
    return Multiply(w_);
  }
  void TakeLatencies(std::vector<std::int64_t>* ns) const { ns->push_back(runs_); }
  std::map<std::string, double> Figures() const { return {{"runs", runs_}}; }

 private:
  const SquareWorkload& w_;
  int runs_ = 0;
};

using SquaresSide = Side<SquareWorkload, Squares>;

PairInfo GoodInfo() {
  Case before{
      .pair = "squares", .variant = "before", .workload = "n:4", .operations = 4, .prepare = [] {
        return SquaresSide(AddUp).Make({}, Multiply);
      }};
  Case after = before;
  after.variant = "after";
  return {.name = "squares",
          .slug = "ex99_squares",
          .exercise = 99,
          .lesson = "Multiply.",
          .claim = {.ratio = 2, .text = "twice as fast", .source = "this test"},
          .signature = {{"spawns", 1, 0}, {"parks", 1, 0.1}},
          .premature_below = "2 squares",
          .tier = "always",
          .file = "mine/ex99_squares/pair.cc",
          .readme = "mine/ex99_squares/README.md",
          .variants = {"before", "after"},
          .workloads = {"n:4"},
          .cases = {before, after},
          .smoke = {before, after}};
}

// The only fault of a pair.
std::string FaultOf(const PairInfo& info) {
  const std::vector<std::string> faults = Faults({info});
  if (faults.size() == 1) return faults.front();
  std::string all = "not one fault:";
  for (const std::string& fault : faults) all += "\n" + fault;
  return all;
}

constexpr char kWhere[] = "mine/ex99_squares/pair.cc: \"squares\": ";

TEST(FaultsTest, AGoodPairHasNone) { EXPECT_EQ(Faults({GoodInfo()}), std::vector<std::string>()); }

TEST(FaultsTest, RefusesBadNames) {
  PairInfo info = GoodInfo();
  info.name = "my squares";
  EXPECT_EQ(FaultOf(info),
            "mine/ex99_squares/pair.cc: \"my squares\": name may have only a-z 0-9 _ : . ,");
  info = GoodInfo();
  info.workloads = {"n/4"};
  EXPECT_EQ(FaultOf(info),
            std::string(kWhere) + "workload \"n/4\": a name may have only a-z 0-9 _ : . ,");
}

TEST(FaultsTest, RefusesAPairWithoutItsTexts) {
  const auto fault_without = [](auto clear) {
    PairInfo info = GoodInfo();
    clear(&info);
    return FaultOf(info);
  };
  EXPECT_EQ(fault_without([](PairInfo* info) { info->lesson = ""; }),
            std::string(kWhere) + "it has no lesson");
  EXPECT_EQ(fault_without([](PairInfo* info) { info->claim.text = ""; }),
            std::string(kWhere) + "claim.text is missing (say so if nobody claims anything)");
  EXPECT_EQ(fault_without([](PairInfo* info) { info->claim.source = ""; }),
            std::string(kWhere) + "claim.source is missing");
  EXPECT_EQ(fault_without([](PairInfo* info) { info->premature_below = ""; }),
            std::string(kWhere) + "premature_below is missing");
  EXPECT_EQ(fault_without([](PairInfo* info) { info->tier = "often"; }),
            std::string(kWhere) + "tier is \"often\", not always, profile or specialty");
  EXPECT_EQ(fault_without([](PairInfo* info) { info->exercise = 0; }),
            std::string(kWhere) + "exercise is 0, not >= 1");
  EXPECT_EQ(fault_without([](PairInfo* info) { info->claim.ratio = -1; }),
            std::string(kWhere) + "claim.ratio is negative");
}

TEST(FaultsTest, RefusesAPairWithoutCheck) {
  PairInfo info = GoodInfo();
  info.cases[1].prepare = nullptr;
  EXPECT_EQ(FaultOf(info),
            std::string(kWhere) +
                "variant \"after\", workload \"n:4\": there is no check: no reference "
                "or nothing to run");
}

TEST(FaultsTest, RefusesTwoOfOneName) {
  PairInfo info = GoodInfo();
  info.variants.push_back("after");
  EXPECT_EQ(FaultOf(info), std::string(kWhere) + "variant \"after\" is registered twice");
  info = GoodInfo();
  info.workloads.push_back("n:4");
  EXPECT_EQ(FaultOf(info), std::string(kWhere) + "workload \"n:4\" is registered twice");

  PairInfo other = GoodInfo();
  other.file = "yours/pair.cc";
  EXPECT_EQ(Faults({GoodInfo(), other}),
            std::vector<std::string>{"yours/pair.cc: \"squares\": mine/ex99_squares/pair.cc has a "
                                     "pair of this name already"});
}

TEST(FaultsTest, RefusesAPairWithoutASideOrAWorkload) {
  PairInfo info = GoodInfo();
  info.variants = {"after"};
  EXPECT_EQ(FaultOf(info), std::string(kWhere) + "it has no before");
  info.variants = {"before"};
  EXPECT_EQ(FaultOf(info), std::string(kWhere) + "it has no after");
  info = GoodInfo();
  info.workloads.clear();
  info.cases.clear();
  EXPECT_EQ(FaultOf(info), std::string(kWhere) + "it has no workload");
  info = GoodInfo();
  for (Case& c : info.cases) c.full_only = true;
  EXPECT_EQ(FaultOf(info),
            std::string(kWhere) + "every workload is full_only: the core suite would not show it");
}

TEST(FaultsTest, RefusesCasesThatCannotBeTimed) {
  const auto fault_with = [](auto change) {
    PairInfo info = GoodInfo();
    change(&info.cases[0]);
    return FaultOf(info);
  };
  const std::string where = std::string(kWhere) + "variant \"before\", workload \"n:4\": ";
  EXPECT_EQ(fault_with([](Case* c) { c->operations = 0; }), where + "operations is 0");
  EXPECT_EQ(fault_with([](Case* c) { c->procs = 0; }), where + "procs is 0");
  EXPECT_EQ(fault_with([](Case* c) { c->cpu_quota = 0; }), where + "cpu_quota is not above 0");
  EXPECT_EQ(fault_with([](Case* c) { c->wrong_on_purpose = true; }),
            where + "a variant wrong on purpose needs wrong_why, and only such a variant");
}

TEST(FaultsTest, RefusesASignatureThatCannotCollapse) {
  PairInfo info = GoodInfo();
  info.signature = {{"spawnz", 1, 0}};
  EXPECT_EQ(FaultOf(info), std::string(kWhere) + "signature: there is no counter \"spawnz\"");
  info.signature = {{"spawns", 1, 0, "n:5"}};
  EXPECT_EQ(FaultOf(info), std::string(kWhere) + "signature: there is no workload \"n:5\"");
  info.signature = {{"spawns", 1, 1}};
  EXPECT_EQ(FaultOf(info),
            std::string(kWhere) + "signature: \"spawns\" does not collapse from before to after");
}

TEST(FaultsTest, RefusesASweepThatCannotBeMade) {
  PairInfo info = GoodInfo();
  info.sweep = {.parameter = "n", .values = {1}, .cases = {info.cases[0], info.cases[1]}};
  EXPECT_EQ(Faults({info}), std::vector<std::string>());
  info.sweep.values = {};
  info.sweep.cases = {};
  EXPECT_EQ(FaultOf(info),
            std::string(kWhere) + "sweep: it needs a parameter and values, or neither");
  info.sweep.values = {1};
  EXPECT_EQ(FaultOf(info), std::string(kWhere) + "sweep: there is no way to set a value");
  info.sweep.values = {2, 1};
  info.sweep.cases = std::vector<Case>(4, info.cases[0]);
  EXPECT_EQ(FaultOf(info), std::string(kWhere) + "sweep: the values do not ascend");
}

TEST(RegisterTest, AllPairsNamesFileAndPairOfTheUnfit) {
  Pair<SquareWorkload, Squares> pair{.name = "squares",
                                     .exercise = 99,
                                     .tier = "always",
                                     .lesson = "Multiply.",
                                     .claim = {.ratio = 0, .text = "none", .source = "this test"},
                                     .premature_below = "2 squares",
                                     .reference = Multiply,
                                     .before = AddUp,
                                     .after = Prepared<CountingSquares>,
                                     .workloads = {{"n:4", {}}}};
  Register(pair);
  pair.name = "unchecked";
  pair.reference = nullptr;
  Register(pair);
  try {
    AllPairs();
    FAIL() << "accepted a pair without a reference";
  } catch (const PairError& error) {
    const std::string text = error.what();
    EXPECT_NE(
        text.find("pair_test.cc: \"unchecked\": variant \"before\", workload \"n:4\": there is "
                  "no check"),
        std::string::npos)
        << text;
    EXPECT_EQ(std::ranges::count(text, '\n'), 1)
        << text;  // one line a side, none for the good pair
  }
}

TEST(InstanceTest, ChecksTheLastRunAgainstTheReference) {
  const auto right = SquaresSide(AddUp).Make({.n = 5}, Multiply);
  EXPECT_EQ(right->Check(), "it was never run");
  right->Run();
  EXPECT_EQ(right->Check(), "");

  const auto wrong = SquaresSide(Double).Make({.n = 5}, Multiply);
  wrong->Run();
  EXPECT_EQ(wrong->Check(), "3 of 5 results differ, first [1]: got 2, want 1");
}

TEST(InstanceTest, PassesLatenciesAndFiguresOn) {
  const auto counting = SquaresSide(Prepared<CountingSquares>).Make({.n = 5}, Multiply);
  counting->Run();
  counting->Run();
  EXPECT_EQ(counting->Check(), "");
  std::vector<std::int64_t> latencies;
  counting->TakeLatencies(&latencies);
  EXPECT_EQ(latencies, std::vector<std::int64_t>{2});
  EXPECT_EQ(counting->Figures(), (std::map<std::string, double>{{"runs", 2}}));

  const auto plain = SquaresSide(AddUp).Make({}, Multiply);
  plain->Run();
  plain->TakeLatencies(&latencies);
  EXPECT_EQ(latencies.size(), 1u);
  EXPECT_TRUE(plain->Figures().empty());
}

TEST(DifferenceTest, NamesSizesAndValues) {
  EXPECT_EQ(internal::Difference<Squares>({1, 2}, {1, 2, 3}), "got 2 results, want 3");
  EXPECT_EQ(internal::Difference(7, 8), "got 7, want 8");
  EXPECT_EQ(internal::Difference(8, 8), "");
}

}  // namespace
}  // namespace unpark::patterns
