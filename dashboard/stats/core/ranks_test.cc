// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/stats/core/ranks.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <vector>

#include "dashboard/stats/core/testing.h"

namespace unpark::stats {
namespace {

double MannWhitneyU(const std::vector<double>& x, const std::vector<double>& y) {
  double u = 0;
  for (const double a : x) {
    for (const double b : y) u += a > b ? 1 : a == b ? 0.5 : 0;
  }
  return u;
}

// The two-sided p by trying every way to split the pooled values.
double MannWhitneyByEnumeration(const std::vector<double>& x, const std::vector<double>& y) {
  std::vector<double> pooled = x;
  pooled.insert(pooled.end(), y.begin(), y.end());
  const double center = 0.5 * static_cast<double>(x.size() * y.size());
  const double distance = std::abs(MannWhitneyU(x, y) - center);
  int all = 0;
  int extreme = 0;
  for (unsigned mask = 0; mask < (1u << pooled.size()); ++mask) {
    if (static_cast<std::size_t>(std::popcount(mask)) != x.size()) continue;
    std::vector<double> first;
    std::vector<double> second;
    for (std::size_t i = 0; i < pooled.size(); ++i) {
      (mask >> i & 1 ? first : second).push_back(pooled[i]);
    }
    ++all;
    extreme += std::abs(MannWhitneyU(first, second) - center) >= distance - 1e-9;
  }
  return static_cast<double>(extreme) / all;
}

TEST(MannWhitney, IsExactWithAndWithoutTies) {
  Noise noise(1);
  for (int trial = 0; trial < 20; ++trial) {
    std::vector<double> x = noise.Normals(4);
    std::vector<double> y = noise.Normals(6);
    EXPECT_NEAR(MannWhitney(x, y).p, MannWhitneyByEnumeration(x, y), 1e-12);
    for (double& value : x) value = std::round(value);
    for (double& value : y) value = std::round(value);
    EXPECT_NEAR(MannWhitney(x, y).p, MannWhitneyByEnumeration(x, y), 1e-12);
    EXPECT_TRUE(MannWhitney(x, y).exact);
  }
}

TEST(MannWhitney, ApproximationMeetsTheExactTest) {
  Noise noise(2);
  std::vector<double> x = noise.Normals(100);
  std::vector<double> y = noise.Normals(101);
  for (double& value : y) value += 0.4;
  const RankTest large = MannWhitney(x, y);
  EXPECT_FALSE(large.exact);
  y.pop_back();
  const RankTest small = MannWhitney(x, y);
  EXPECT_TRUE(small.exact);
  EXPECT_NEAR(std::log(large.p / small.p), 0, 0.2);
}

TEST(MannWhitney, EqualSamplesGiveOne) {
  const std::vector<double> same(30, 5.0);
  EXPECT_EQ(MannWhitney(same, same).p, 1);
}

TEST(MannWhitney, SmallestPIsReachedByFullSeparation) {
  const std::vector<double> low{1, 2, 3};
  const std::vector<double> high{4, 5, 6, 7};
  EXPECT_NEAR(MannWhitney(low, high).p, SmallestMannWhitneyP(3, 4), 1e-12);
}

TEST(SignedRank, IsExactWithTies) {
  // |d| = 1, 1, 2, 3: ranks 1.5, 1.5, 3, 4; the negative one is 1.5. W <= 1.5 in 3 of 16 ways.
  const std::vector<double> differences{1, -1, 2, 3};
  EXPECT_NEAR(SignedRank(differences).p, 2 * 3.0 / 16, 1e-12);
}

TEST(SignedRank, DropsZeros) {
  EXPECT_EQ(SignedRank(std::vector<double>{0, 0}).p, 1);
  EXPECT_NEAR(SignedRank(std::vector<double>{0, 1, 2, 3, 4, 5}).p, SmallestSignedRankP(5), 1e-12);
}

}  // namespace
}  // namespace unpark::stats
