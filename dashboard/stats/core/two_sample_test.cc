// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/stats/core/two_sample.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "dashboard/stats/core/testing.h"

namespace unpark::stats {
namespace {

TEST(UnpairedShift, IsTheMedianOfAllDifferences) {
  Noise noise(3);
  for (const std::size_t n : {4, 7, 30}) {
    const std::vector<double> x = noise.Normals(5);
    const std::vector<double> y = noise.Normals(n);
    std::vector<double> differences;
    for (const double a : x) {
      for (const double b : y) differences.push_back(a - b);
    }
    std::sort(differences.begin(), differences.end());
    const std::size_t count = differences.size();
    const double median = 0.5 * (differences[(count - 1) / 2] + differences[count / 2]);
    EXPECT_NEAR(UnpairedShift(x, y, 0.95).shift, median, 1e-12);
  }
}

TEST(UnpairedShift, IntervalHoldsItsLevelForAnyNoise) {
  Noise noise(4);
  const auto draw = [&](int kind) {
    const double z = noise.Normal();
    if (kind == 1) return z + (noise.Uniform() < 0.3 ? 6 : 0);
    return kind == 2 ? z / std::max(0.05, std::abs(noise.Normal())) : z;
  };
  for (const std::size_t n : {5, 10}) {
    for (const int kind : {0, 1, 2}) {
      int covered = 0;
      constexpr int kTrials = 2000;
      for (int trial = 0; trial < kTrials; ++trial) {
        std::vector<double> x(n);
        std::vector<double> y(n);
        for (double& value : x) value = draw(kind);
        for (double& value : y) value = draw(kind) + 1;
        const Shift shift = UnpairedShift(y, x, 0.95);
        covered += shift.low <= 1 && 1 <= shift.high;
      }
      EXPECT_GT(covered, 0.93 * kTrials) << "n " << n << " kind " << kind;
      EXPECT_LT(covered, 0.97 * kTrials) << "n " << n << " kind " << kind;
    }
  }
}

TEST(UnpairedShift, TooFewValuesGiveAnUnboundedInterval) {
  const std::vector<double> x{1, 2, 3};
  const Shift shift = UnpairedShift(x, x, 0.95);
  EXPECT_TRUE(std::isinf(shift.low) && std::isinf(shift.high));
  EXPECT_EQ(shift.attained, 1);
  EXPECT_TRUE(std::isinf(DetectableShift(shift, 0.05, 0.8)));
}

TEST(ShiftByRounds, PairingTakesOutWhatARoundShares) {
  Noise noise(5);
  std::vector<double> before;
  std::vector<double> after;
  std::vector<std::int64_t> rounds;
  for (int round = 0; round < 10; ++round) {
    const double shared = noise.Normal();  // a factor of e between rounds
    before.push_back(std::exp(shared + 0.01 * noise.Normal()));
    after.push_back(std::exp(shared + 0.01 * noise.Normal()) / 2);
    rounds.push_back(round);
  }
  const Shift paired = ShiftByRounds(before, after, rounds, rounds, 0.95);
  const Shift unpaired = ShiftByRounds(before, after, {}, {}, 0.95);
  EXPECT_NEAR(std::exp(paired.shift), 2, 0.05);
  EXPECT_LT(paired.high - paired.low, 0.05);
  EXPECT_GT(unpaired.high - unpaired.low, 0.5);
}

TEST(ShiftByRounds, RefusesWhatDoesNotMatch) {
  const std::vector<double> values{1, 2, 3};
  const std::vector<std::int64_t> rounds{0, 1};
  const std::vector<std::int64_t> three{0, 1, 2};
  EXPECT_THROW(ShiftByRounds(values, values, rounds, three, 0.95), std::invalid_argument);
  EXPECT_THROW(ShiftByRounds(values, values, three, {}, 0.95), std::invalid_argument);
  EXPECT_THROW(ShiftByRounds(values, values, {}, {}, 1.5), std::invalid_argument);
}

}  // namespace
}  // namespace unpark::stats
