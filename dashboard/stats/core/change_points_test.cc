// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/stats/core/change_points.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "dashboard/stats/core/testing.h"

namespace unpark::stats {
namespace {

std::vector<std::size_t> Indices(std::span<const double> values) {
  std::vector<std::size_t> indices;
  for (const ChangePoint& change : FindChangePoints(values)) indices.push_back(change.index);
  return indices;
}

void AddStep(std::vector<double>* values, std::size_t begin, std::size_t end, double size) {
  for (std::size_t i = begin; i < end; ++i) (*values)[i] += size;
}

TEST(FindChangePoints, FindsAStepWithItsSizeAndInterval) {
  std::vector<double> values = Noise(7).Normals(200);
  AddStep(&values, 120, 200, 5);
  const std::vector<ChangePoint> changes = FindChangePoints(values);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_NEAR(static_cast<double>(changes[0].index), 120, 1);
  EXPECT_NEAR(changes[0].shift, 5, 0.5);
  EXPECT_LT(changes[0].low, 5);
  EXPECT_GT(changes[0].high, 5);
  EXPECT_LT(changes[0].p, 1e-10);
}

TEST(FindChangePoints, FindsBothEndsOfAnExcursion) {
  // Once two true steps counted as noise at large scales and hid each other.
  std::vector<double> values = Noise(8).Normals(200);
  AddStep(&values, 80, 120, 4);
  const std::vector<std::size_t> indices = Indices(values);
  ASSERT_EQ(indices.size(), 2u);
  EXPECT_NEAR(static_cast<double>(indices[0]), 80, 3);
  EXPECT_NEAR(static_cast<double>(indices[1]), 120, 3);
}

TEST(FindChangePoints, IsQuietOnNoiseOfEveryKind) {
  int reports = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Noise noise(100 + seed);
    std::vector<double> outliers = noise.Normals(150);
    std::vector<double> modes = noise.Normals(150);
    std::vector<double> drift = noise.Normals(150);
    for (std::size_t i = 0; i < 150; ++i) {
      if (noise.Uniform() < 0.05) outliers[i] += 10;
      if (noise.Uniform() < 0.3) modes[i] += 6;
      drift[i] += static_cast<double>(i) / 150;
    }
    for (const auto& values :
         {noise.Normals(150), outliers, modes, drift, noise.Correlated(150, 0.5)}) {
      reports += static_cast<int>(Indices(values).size());
    }
  }
  EXPECT_LE(reports, 8);  // of 200 histories: the promise is about 5 %
}

TEST(FindChangePoints, ALoneSpikeOrTwoAreNoChange) {
  std::vector<double> values = Noise(9).Normals(100);
  values[50] = 40;
  values[80] = values[81] = -40;
  EXPECT_TRUE(Indices(values).empty());
}

TEST(FindChangePoints, VisitsToAModeAreNoChange) {
  Noise noise(10);
  std::vector<double> values = noise.Normals(1000);
  for (const std::size_t begin : {100, 250, 420, 600, 780}) {
    AddStep(&values, begin, begin + 12 + begin / 60, 8);
  }
  EXPECT_TRUE(Indices(values).empty());
}

TEST(FindChangePoints, AStepSmallerThanTheGapBetweenModesIsFound) {
  // Judged by the scatter within a mode: the whole scatter is more than twice as large.
  int found = 0;
  int reports = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Noise noise(seed);
    std::vector<double> values = noise.Normals(120);
    for (double& value : values) value += noise.Uniform() < 0.3 ? 5 : 0;
    reports += static_cast<int>(Indices(values).size());
    AddStep(&values, 70, 120, 2);
    const std::vector<std::size_t> indices = Indices(values);
    found += indices.size() == 1 && indices[0] >= 65 && indices[0] <= 75;
  }
  EXPECT_GE(found, 16);
  EXPECT_LE(reports, 2);
}

TEST(FindChangePoints, OutliersBeforeAStepToTheirHeightAreNoMode) {
  int found = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Noise noise(seed);
    std::vector<double> values = noise.Correlated(32, 0.5);
    values[10] += 18;
    values[17] += 17;
    AddStep(&values, 25, 32, 20);
    for (const std::size_t n : {30, 31, 32}) {
      found += Indices(std::span(values).first(n)) == std::vector<std::size_t>{25};
    }
  }
  EXPECT_GE(found, 294);  // of 300
}

TEST(FindChangePoints, AFaintStepIsReportedOnlyWhereItLiesNearby) {
  int near = 0;
  int reports = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    std::vector<double> values = Noise(500 + seed).Normals(250);
    AddStep(&values, 120, 250, 1);
    for (const std::size_t index : Indices(values)) {
      reports += 1;
      near += index >= 115 && index <= 125;
    }
  }
  EXPECT_GE(near, 90);
  EXPECT_GE(10 * near, 9 * reports);
}

TEST(FindChangePoints, AStepAgainstASlowDriftIsFoundAndTheDriftIsNot) {
  int found = 0;
  int reports = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    std::vector<double> values = Noise(seed).Normals(200);
    for (std::size_t i = 0; i < 200; ++i) values[i] += 0.015 * static_cast<double>(i);
    reports += static_cast<int>(Indices(values).size());
    AddStep(&values, 110, 200, -2.5);
    const std::vector<std::size_t> indices = Indices(values);
    found += indices.size() == 1 && indices[0] >= 105 && indices[0] <= 115;
  }
  EXPECT_GE(found, 16);
  EXPECT_LE(reports, 3);
}

TEST(FindChangePoints, MissingValuesKeepTheirPositions) {
  std::vector<double> values = Noise(11).Normals(100);
  AddStep(&values, 60, 100, 6);
  values[10] = values[59] = values[61] = NAN;
  const std::vector<std::size_t> indices = Indices(values);
  ASSERT_EQ(indices.size(), 1u);
  EXPECT_EQ(indices[0], 60u);
}

TEST(FindChangePoints, TiesAndConstantsAreHandled) {
  std::vector<double> values(60, 3.0);
  EXPECT_TRUE(Indices(values).empty());
  AddStep(&values, 30, 60, 1);
  EXPECT_EQ(Indices(values), std::vector<std::size_t>{30});
  for (const std::size_t half : {6, 8, 10, 16, 20, 100}) {  // whichever block the step falls into
    std::vector<double> exact(2 * half, 3.0);
    AddStep(&exact, half, 2 * half, 0.1);
    EXPECT_EQ(Indices(exact), std::vector<std::size_t>{half}) << half;
  }
}

TEST(FindChangePoints, DoesNotDependOnUnitsOrDirection) {
  std::vector<double> values = Noise(12).Normals(150);
  AddStep(&values, 70, 150, 3);
  const std::vector<std::size_t> indices = Indices(values);
  std::vector<double> other;
  for (const double value : values) other.push_back(1000 - 0.001 * value);
  EXPECT_EQ(Indices(other), indices);
}

TEST(Detector, AppendingGivesWhatAFreshRunGives) {
  Noise noise(13);
  std::vector<double> values = noise.Correlated(600, 0.3);
  AddStep(&values, 200, 600, 4);
  AddStep(&values, 330, 400, -5);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] += 0.01 * static_cast<double>(i) + (i >= 450 && noise.Uniform() < 0.3 ? 8 : 0);
  }
  Detector detector;
  for (std::size_t n = 0; n < values.size(); ++n) {
    detector.Append(n % 97 == 50 ? NAN : values[n]);
    if (n % 97 == 50) values[n] = NAN;
    if (n % 7 != 0) continue;
    const auto online = detector.ChangePoints();
    const auto fresh = FindChangePoints(std::span(values).first(n + 1));
    ASSERT_EQ(online.size(), fresh.size()) << "after " << n + 1;
    for (std::size_t k = 0; k < online.size(); ++k) {
      EXPECT_EQ(online[k].index, fresh[k].index);
      EXPECT_EQ(online[k].shift, fresh[k].shift);
      EXPECT_EQ(online[k].p, fresh[k].p);
    }
  }
}

TEST(Detector, ConfirmsALargeStepAfterThreeOrFourValuesAndSuspectsItAfterOne) {
  std::vector<double> values = Noise(14).Normals(100);
  Detector detector;
  for (const double value : values) detector.Append(value);
  EXPECT_FALSE(detector.Suspect().has_value());
  detector.Append(10);
  ASSERT_TRUE(detector.Suspect().has_value());
  EXPECT_EQ(detector.Suspect()->index, 100u);
  EXPECT_FALSE(detector.Suspect()->confirmed);
  EXPECT_TRUE(detector.ChangePoints().empty());
  for (const double value : {10.5, 9.5, 10.2}) detector.Append(value);
  ASSERT_EQ(detector.ChangePoints().size(), 1u);
  EXPECT_EQ(detector.ChangePoints()[0].index, 100u);
  EXPECT_TRUE(detector.ChangePoints()[0].confirmed);
}

TEST(FindChangePoints, AVisitOfAQuarterOfTheHistoryIsTwoSteps) {
  for (const std::uint64_t seed : {1, 2, 3, 4, 5, 6, 7, 8}) {
    Noise noise(seed);
    std::vector<double> values = noise.Normals(42);
    for (std::size_t i = 15; i < 27; ++i) values[i] += 20;
    values[4] += 15;  // and outliers beside it
    values[19] += 18;
    values[39] += 9;
    const std::vector<ChangePoint> changes = FindChangePoints(values);
    ASSERT_EQ(changes.size(), 2u) << seed;
    EXPECT_EQ(changes[0].index, 15u);
    EXPECT_EQ(changes[1].index, 27u);
  }
}

}  // namespace
}  // namespace unpark::stats
