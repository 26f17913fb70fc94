// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/stats/core/clusters.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

#include "dashboard/stats/core/numeric.h"
#include "dashboard/stats/core/testing.h"
#include "dashboard/stats/core/two_sample.h"

namespace unpark::stats {
namespace {

// Runs of three values that share the run's own luck; a fifth of the values are in a slow mode.
struct Side {
  std::vector<double> values;
  std::vector<std::int64_t> runs;
};

Side Measure(Noise* noise, int runs, double level, double slow_share, double shared) {
  Side side;
  for (int run = 0; run < runs; ++run) {
    const double luck = shared * noise->Normal();
    for (int i = 0; i < 3; ++i) {
      const double mode = noise->Uniform() < slow_share ? 1.0 : 0.0;
      side.values.push_back(level + luck + 0.05 * noise->Normal() + mode);
      side.runs.push_back(run);
    }
  }
  return side;
}

std::vector<double> Medians(const Side& side) {
  std::vector<double> medians;
  for (std::size_t i = 0; i < side.values.size(); i += 3) {
    medians.push_back(Median(std::span(side.values).subspan(i, 3)));
  }
  return medians;
}

ClusteredShift Shift(const Side& first, const Side& second) {
  return ShiftByRuns(first.values, first.runs, second.values, second.runs, 0.95);
}

TEST(ShiftByRuns, FindsAShiftOfAllModesThatMediansOfRunsMiss) {
  Noise noise(1);
  int found = 0;
  int by_medians = 0;
  for (int trial = 0; trial < 40; ++trial) {
    const Side before = Measure(&noise, 10, 0, 0.2, 0.02);
    const Side after = Measure(&noise, 10, 0.15, 0.2, 0.02);
    found += Shift(after, before).p < 0.001 ? 1 : 0;
    by_medians += UnpairedShift(Medians(after), Medians(before), 0.95).p < 0.001 ? 1 : 0;
  }
  EXPECT_GE(found, 28);
  EXPECT_LE(by_medians, found - 10);
}

TEST(ShiftByRuns, FalseAlarmsKeepTheirLevelHoweverMuchRunsShare) {
  Noise noise(2);
  for (const double shared : {0.0, 0.5}) {
    int alarms = 0;
    int covered = 0;
    constexpr int kTrials = 1000;
    for (int trial = 0; trial < kTrials; ++trial) {
      const Side before = Measure(&noise, 6, 0, 0.3, shared);
      const Side after = Measure(&noise, 6, 0, 0.3, shared);
      const ClusteredShift shift = Shift(after, before);
      alarms += shift.p <= 0.05 ? 1 : 0;
      covered += shift.low <= 0 && 0 <= shift.high ? 1 : 0;
    }
    EXPECT_LE(alarms, 71) << shared;  // 50 and three deviations
    EXPECT_GE(covered, 930) << shared;
  }
}

TEST(ShiftByRuns, AModeThatBecameMoreFrequentShowsInTheMean) {
  Noise noise(3);
  const Side before = Measure(&noise, 10, 0, 0.05, 0.02);
  const Side after = Measure(&noise, 10, 0, 0.6, 0.02);
  const ClusteredShift shift = Shift(after, before);
  EXPECT_LT(shift.p, 0.001);
  EXPECT_GT(shift.mean, 0.3);
}

TEST(ShiftByRuns, EnumeratedPIsExact) {
  // One value a run, perfectly apart: only the observed exchange and its mirror are as large.
  const std::vector<double> low = {1, 2, 3, 4};
  const std::vector<double> high = {5, 6, 7, 8};
  const std::vector<std::int64_t> runs = {0, 1, 2, 3};
  const ClusteredShift shift = ShiftByRuns(high, runs, low, runs, 0.95);
  EXPECT_DOUBLE_EQ(shift.p, 2.0 / 70);
  EXPECT_DOUBLE_EQ(shift.smallest_p, 2.0 / 70);
  EXPECT_DOUBLE_EQ(shift.shift, 4);
  EXPECT_DOUBLE_EQ(shift.mean, 4);
}

TEST(ShiftByRuns, ManyRunsAreDrawnAndAgreeInDirection) {
  Noise noise(4);
  const Side before = Measure(&noise, 40, 0, 0.2, 0.1);
  const Side after = Measure(&noise, 40, -0.2, 0.2, 0.1);
  const ClusteredShift shift = Shift(after, before);
  EXPECT_LT(shift.p, 0.001);
  EXPECT_LT(shift.high, 0);
  EXPECT_NEAR(shift.shift, -0.2, 0.08);
}

TEST(ShiftByRuns, ValuesThatNeverChangeAreNoEvidence) {
  const std::vector<double> same(6, 1.5);
  const std::vector<std::int64_t> runs = {0, 0, 1, 1, 2, 2};
  const ClusteredShift shift = ShiftByRuns(same, runs, same, runs, 0.95);
  EXPECT_EQ(shift.p, 1);
  EXPECT_EQ(shift.shift, 0);
}

TEST(ShiftByRuns, RefusesWhatItCannotJudge) {
  const std::vector<double> values = {1, 2};
  const std::vector<double> broken = {1, NAN};
  const std::vector<std::int64_t> runs = {0, 1};
  const std::vector<std::int64_t> one = {0};
  EXPECT_THROW(ShiftByRuns(values, one, values, runs, 0.95), std::invalid_argument);
  EXPECT_THROW(ShiftByRuns({}, {}, values, runs, 0.95), std::invalid_argument);
  EXPECT_THROW(ShiftByRuns(broken, runs, values, runs, 0.95), std::invalid_argument);
  EXPECT_THROW(ShiftByRuns(values, runs, values, runs, 1), std::invalid_argument);
}

}  // namespace
}  // namespace unpark::stats
