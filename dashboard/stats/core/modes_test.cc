// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/stats/core/modes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "dashboard/stats/core/testing.h"

namespace unpark::stats {
namespace {

// `share` of the values `gap` off the others.
std::vector<double> TwoModes(std::uint64_t seed, std::size_t count, double gap, double share) {
  Noise noise(seed);
  std::vector<double> values = noise.Normals(count);
  for (double& value : values) value += noise.Uniform() < share ? gap : 0;
  return values;
}

TEST(FindModes, LearnsGapScatterAndSharesWhateverTheSteps) {
  for (const double gap : {5.0, -5.0}) {
    std::vector<double> values = TwoModes(1, 600, gap, 0.3);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] += 20.0 * (i > 250) - 7.0 * (i > 400);
    const std::optional<Modes> modes = FindModes(values);
    ASSERT_TRUE(modes.has_value());
    EXPECT_NEAR(modes->gap, gap, 0.3);
    EXPECT_NEAR(modes->sigma, 1, 0.1);
    EXPECT_NEAR(modes->price, 2 * std::log(0.7 / 0.3), 0.4);
  }
}

TEST(FindModes, OneModeIsNotTwo) {
  int found = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Noise noise(seed);
    std::vector<double> outliers = noise.Normals(120);
    std::vector<double> stepped = noise.Normals(120);
    for (std::size_t i = 0; i < 120; ++i) {
      if (noise.Uniform() < 0.05) outliers[i] -= 8 * std::log(noise.Uniform());
      if (i >= 70) stepped[i] += 5;
    }
    for (const auto& values : {noise.Normals(120), outliers, stepped, noise.Correlated(120, 0.6)}) {
      found += FindModes(values).has_value();
    }
  }
  EXPECT_LE(found, 4);  // of 200
}

TEST(FindModes, AHistoryThatDwellsInItsModesWanders) {
  int found = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Noise noise(seed);
    std::vector<double> values = noise.Normals(200);
    bool lesser = false;
    for (double& value : values) {
      if (noise.Uniform() < 0.15) lesser = !lesser;
      value += lesser ? 6 : 0;
    }
    found += FindModes(values).has_value();
  }
  EXPECT_LE(found, 1);
}

TEST(FindModes, TiesAndFewValuesHaveNone) {
  EXPECT_FALSE(FindModes(std::vector<double>(100, 3.0)).has_value());
  EXPECT_FALSE(FindModes(TwoModes(2, 20, 8, 0.3)).has_value());
}

TEST(Modes, LevelIsThatOfTheMainModeEvenWhereTheLesserIsInTheMajority) {
  const Modes modes{6, 1, 2 * std::log(0.7 / 0.3)};
  // Five of nine are in the lesser mode; a level of six would leave the zeros unexplained.
  const std::vector<double> values = {6.1, 0.1, 5.9, 6, -0.1, 0, 6.2, 0.2, 5.8};
  EXPECT_NEAR(modes.Level(values, 3), 0, 0.2);
  EXPECT_NEAR(modes.Folded(6.1, 0), 0.1, 1e-9);
  EXPECT_EQ(modes.Folded(0.3, 0), 0.3);
}

}  // namespace
}  // namespace unpark::stats
