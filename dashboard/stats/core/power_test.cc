// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/stats/core/power.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "dashboard/stats/core/ranks.h"
#include "dashboard/stats/core/testing.h"

namespace unpark::stats {
namespace {

TEST(SplitNoise, TellsRunsFromRepetitions) {
  Noise noise(30);
  std::vector<double> logs;
  std::vector<std::int64_t> runs;
  for (int run = 0; run < 400; ++run) {
    const double level = 0.02 * noise.Normal();
    for (int k = 0; k < 6; ++k) {
      logs.push_back(level + 0.01 * noise.Normal());
      runs.push_back(run);
    }
  }
  const NoiseParts parts = SplitNoise(logs, runs);
  EXPECT_NEAR(parts.between, 0.02, 0.003);
  EXPECT_NEAR(parts.within, 0.01, 0.001);
  EXPECT_EQ(parts.repetitions, 6);
}

TEST(SplitNoise, RefusesMismatchAndASingleRun) {
  const std::vector<double> logs{1, 2};
  EXPECT_THROW(SplitNoise(logs, std::vector<std::int64_t>{1}), std::invalid_argument);
  EXPECT_THROW(SplitNoise(logs, std::vector<std::int64_t>{1, 1}), std::invalid_argument);
}

TEST(DetectableLogRatio, IsSeenWithThePromisedPower) {
  const NoiseParts noise{0.01, 0, 1};
  Noise source(31);
  constexpr int kTrials = 2000;
  for (const std::size_t runs : {6, 12, 30}) {
    const double shift = DetectableLogRatio(noise, static_cast<double>(runs), 1, 0.01, 0.8);
    int seen = 0;
    for (int trial = 0; trial < kTrials; ++trial) {
      const std::vector<double> x = source.Normals(runs);
      std::vector<double> y = source.Normals(runs);
      for (double& value : y) value += shift / noise.between;
      seen += MannWhitney(x, y).p <= 0.01;
    }
    EXPECT_NEAR(seen, 0.8 * kTrials, 0.06 * kTrials) << runs << " runs";
  }
}

TEST(DetectableLogRatio, IsInfiniteWhereTheTestCannotReject) {
  EXPECT_TRUE(std::isinf(DetectableLogRatio({0.01, 0, 1}, 3, 1, 0.01, 0.8)));
}

TEST(RunsToSee, IsTheFewestThatSee) {
  const NoiseParts noise{0.01, 0.03, 5};
  const double runs = RunsToSee(noise, 0.01, 5, 0.01, 0.8);
  EXPECT_LE(DetectableLogRatio(noise, runs, 5, 0.01, 0.8), 0.01);
  EXPECT_GT(DetectableLogRatio(noise, runs - 1, 5, 0.01, 0.8), 0.01);
  EXPECT_LT(RunsToSee(noise, 0.01, 50, 0.01, 0.8), runs);
}

}  // namespace
}  // namespace unpark::stats
