// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/primitives.h"

#include <cstdint>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "benchmarks/peers/unpark/rows.h"
#include "gtest/gtest.h"
#include "runtime/go.h"

namespace unpark::benchmarks {
namespace {

const patterns::Case& Find(const std::string& series) {
  for (const patterns::Case& made : Primitives()) {
    if (made.workload == series) return made;
  }
  throw std::out_of_range(series);
}

TEST(PrimitivesTest, NamesAreUniqueAndSayTheProcs) {
  std::set<std::string> names;
  for (const patterns::Case& made : Primitives()) {
    ASSERT_TRUE(made.procs.has_value()) << made.workload;
    EXPECT_GT(made.operations, 0) << made.workload;
    EXPECT_TRUE(names.insert(made.workload + std::to_string(*made.procs)).second) << made.workload;
  }
}

TEST(PrimitivesTest, EverySeriesHasItsRow) {
  for (const peers::Series& series : peers::AllSeries()) {
    EXPECT_TRUE(peers::UnparkRows().contains(series.row)) << series.name;
    EXPECT_FALSE(series.workers.empty()) << series.name;
  }
}

TEST(PrimitivesTest, ARunGivesTheRightAnswer) {
  Main([] {
    std::unique_ptr<patterns::Instance> instance = Find("spawn_one").prepare();
    EXPECT_NE(instance->Check(), "");  // it was never run
    instance->Run();
    EXPECT_EQ(instance->Check(), "");
  });
}

TEST(PrimitivesTest, LatenciesAreTakenOnce) {
  Main([] {
    std::unique_ptr<patterns::Instance> instance = Find("context_tree_1000").prepare();
    instance->Run();
    std::vector<std::int64_t> first, second;
    instance->TakeLatencies(&first);
    instance->TakeLatencies(&second);
    EXPECT_FALSE(first.empty());
    EXPECT_TRUE(second.empty());
  });
}

}  // namespace
}  // namespace unpark::benchmarks
