// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Where a sweep says that the after pays.

#include "benchmarks/sweep.h"

#include <sstream>

#include "gtest/gtest.h"

namespace unpark::benchmarks {
namespace {

SweepPoint Point(std::int64_t value, double ratio) {
  return {.value = value,
          .before_ns = 100 * ratio,
          .after_ns = 100,
          .saved_cpu_ns = 100 * ratio - 100,
          .ratio = {ratio, ratio * 0.99, ratio * 1.01}};
}

TEST(Crossover, IsBetweenTheLastThatPaysAndTheFirstThatDoesNot) {
  EXPECT_EQ(Crossover("n", {Point(1, 3), Point(10, 1.5), Point(100, 1.02)}),
            "the after pays up to n 10, not from 100 on");
  EXPECT_EQ(Crossover("n", {Point(1, 0.9), Point(10, 1.5), Point(100, 2)}),
            "the after pays from n 10 on, not up to 1");
}

TEST(Crossover, MayBeOutsideTheRange) {
  EXPECT_EQ(Crossover("n", {Point(1, 3), Point(10, 2)}), "the after pays from n 1 to 10");
  EXPECT_EQ(Crossover("n", {Point(1, 0.5), Point(10, 1)}), "the after does not pay from n 1 to 10");
}

TEST(Crossover, SaysWhenThereIsNoSingleOne) {
  EXPECT_EQ(Crossover("n", {Point(1, 3), Point(10, 1), Point(100, 2)}),
            "no single crossover: the after pays at n 1 100");
}

TEST(Crossover, NeedsAnIntervalAboveOne) {
  SweepPoint unsure = Point(1, 1.2);
  unsure.ratio.low = 0.9;
  EXPECT_FALSE(unsure.Pays());
}

TEST(PrintSweep, ShowsTheThresholdAsAShareOfACpu) {
  patterns::PairInfo pair;
  pair.premature_below = "1,000 a second";
  pair.premature_rate = 1'000;
  pair.sweep.parameter = "n";
  std::stringstream out;
  PrintSweep(pair, "ns_per_op", {Point(1, 101)}, out);  // saves 10 us each
  EXPECT_NE(out.str().find("premature below 1,000 a second; at that rate the after saves 1 % of a "
                           "CPU to 1 % of a CPU"),
            std::string::npos)
      << out.str();
}

}  // namespace
}  // namespace unpark::benchmarks
