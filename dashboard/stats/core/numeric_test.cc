// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/stats/core/numeric.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

namespace unpark::stats {
namespace {

TEST(Numeric, MedianOfOddAndEvenCounts) {
  EXPECT_EQ(Median(std::vector<double>{3, 1, 2}), 2);
  EXPECT_EQ(Median(std::vector<double>{4, 1, 3, 2}), 2.5);
}

TEST(Numeric, QuantileInterpolates) {
  const std::vector<double> sorted{0, 10, 20};
  EXPECT_EQ(SortedQuantile(sorted, 0.25), 5);
  EXPECT_EQ(SortedQuantile(sorted, 1), 20);
}

TEST(Numeric, NormalQuantileInvertsTheDistribution) {
  for (const double p : {1e-9, 0.001, 0.2, 0.5, 0.975, 1 - 1e-9}) {
    EXPECT_NEAR(NormalCdf(NormalQuantile(p)) / p, 1, 1e-9);
  }
}

TEST(Numeric, StudentTailsMatchTables) {
  EXPECT_NEAR(StudentTwoSided(12.706, 1), 0.05, 1e-5);
  EXPECT_NEAR(StudentTwoSided(2.228, 10), 0.05, 1e-4);
  EXPECT_NEAR(StudentTwoSided(1.96, 1e6), 0.05, 1e-4);
}

TEST(Numeric, RefusesEmptyNanOnlyAndNonPositive) {
  EXPECT_THROW(FiniteValues({}, "x"), std::invalid_argument);
  EXPECT_THROW(FiniteValues(std::vector<double>{NAN, NAN}, "x"), std::invalid_argument);
  EXPECT_THROW(FiniteLogs(std::vector<double>{1, 0}, "x"), std::invalid_argument);
  EXPECT_EQ(FiniteLogs(std::vector<double>{1, NAN}, "x"), std::vector<double>{0});
}

}  // namespace
}  // namespace unpark::stats
