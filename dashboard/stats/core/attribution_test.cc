// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/stats/core/attribution.h"

#include <gtest/gtest.h>

#include <numeric>
#include <stdexcept>
#include <vector>

#include "dashboard/stats/core/testing.h"

namespace unpark::stats {
namespace {

TEST(ChangePosterior, ItsRangesHoldTheTruthAsOftenAsTheySay) {
  int held = 0;
  constexpr int kTrials = 300;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::vector<double> values = Noise(50 + static_cast<std::uint64_t>(trial)).Normals(60);
    for (std::size_t i = 30; i < 60; ++i) values[i] += 1.5;
    const Posterior posterior = ChangePosterior(values, 0, 30, 60);
    EXPECT_NEAR(
        std::accumulate(posterior.probabilities.begin(), posterior.probabilities.end(), 0.0), 1,
        1e-9);
    const Range range = ShortestRange(posterior, 0.9);
    held += range.from <= 30 && 30 < range.to;
  }
  EXPECT_GT(held, 0.86 * kTrials);
}

TEST(ChangePosterior, AClearStepHasOnePlace) {
  std::vector<double> values = Noise(51).Normals(40);
  for (std::size_t i = 17; i < 40; ++i) values[i] += 12;
  const Range range = ShortestRange(ChangePosterior(values, 0, 17, 40), 0.95);
  EXPECT_EQ(range.from, 17u);
  EXPECT_EQ(range.to, 18u);
}

TEST(ChangePosterior, RefusesAChangeWithoutTwoSides) {
  const std::vector<double> values(10, 1.0);
  EXPECT_THROW(ChangePosterior(values, 0, 0, 10), std::invalid_argument);
  EXPECT_THROW(ChangePosterior(values, 0, 5, 11), std::invalid_argument);
}

}  // namespace
}  // namespace unpark::stats
