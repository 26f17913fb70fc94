// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/stats/core/shape.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "dashboard/stats/core/testing.h"

namespace unpark::stats {
namespace {

Shape Only(const std::vector<Shape>& shapes) {
  EXPECT_EQ(shapes.size(), 1u);
  return shapes.empty() ? Shape{} : shapes[0];
}

TEST(FindShapes, NoiseHasNone) { EXPECT_TRUE(FindShapes(Noise(60).Normals(200)).empty()); }

TEST(FindShapes, StepIsAStep) {
  std::vector<double> values = Noise(61).Normals(200);
  for (std::size_t i = 120; i < 200; ++i) values[i] += 4;
  const Shape shape = Only(FindShapes(values));
  EXPECT_EQ(shape.kind, ShapeKind::kStep);
  EXPECT_NEAR(static_cast<double>(shape.begin), 120, 2);
  EXPECT_EQ(shape.end, 200u);
  EXPECT_NEAR(shape.size, 4, 0.6);
}

TEST(FindShapes, UndoneStepIsRecoveredAndStaysOnRecord) {
  std::vector<double> values = Noise(62).Normals(200);
  for (std::size_t i = 80; i < 120; ++i) values[i] += 4;
  const Shape shape = Only(FindShapes(values));
  EXPECT_EQ(shape.kind, ShapeKind::kRecovered);
  EXPECT_NEAR(static_cast<double>(shape.begin), 80, 2);
  EXPECT_NEAR(static_cast<double>(shape.end), 120, 2);
}

TEST(FindShapes, CreepIsADriftAndNoStaircase) {
  std::vector<double> values = Noise(63).Normals(200);
  for (std::size_t i = 0; i < 200; ++i) values[i] += static_cast<double>(i) / 50;
  const Shape shape = Only(FindShapes(values));
  EXPECT_EQ(shape.kind, ShapeKind::kDrift);
  EXPECT_NEAR(shape.size, 4, 1);
}

TEST(FindShapes, SpikeIsAnOutlier) {
  std::vector<double> values = Noise(64).Normals(200);
  values[77] += 12;
  const Shape shape = Only(FindShapes(values));
  EXPECT_EQ(shape.kind, ShapeKind::kOutlier);
  EXPECT_EQ(shape.begin, 77u);
  EXPECT_EQ(shape.end, 78u);
}

TEST(FindShapes, MoreScatterIsAVarianceChange) {
  std::vector<double> values = Noise(65).Normals(200);
  for (std::size_t i = 100; i < 200; ++i) values[i] *= 3;
  bool found = false;
  for (const Shape& shape : FindShapes(values)) {
    EXPECT_TRUE(shape.kind == ShapeKind::kVariance || shape.kind == ShapeKind::kOutlier);
    if (shape.kind != ShapeKind::kVariance) continue;
    found = true;
    EXPECT_NEAR(static_cast<double>(shape.begin), 100, 15);
    EXPECT_NEAR(shape.size, std::log(3), 0.5);
  }
  EXPECT_TRUE(found);
}

TEST(FindShapes, SecondLevelNowAndThenIsANewMode) {
  Noise noise(66);
  std::vector<double> values = noise.Normals(200);
  for (std::size_t i = 100; i < 200; ++i) values[i] += noise.Uniform() < 0.25 ? 10 : 0;
  bool found = false;
  for (const Shape& shape : FindShapes(values)) {
    EXPECT_TRUE(shape.kind != ShapeKind::kStep && shape.kind != ShapeKind::kOutlier);
    if (shape.kind != ShapeKind::kNewMode) continue;
    found = true;
    EXPECT_NEAR(static_cast<double>(shape.begin), 100, 10);
    EXPECT_NEAR(shape.size, 10, 1);
  }
  EXPECT_TRUE(found);
}

// `slow` of the last `nights` values are twenty deviations higher.
std::vector<double> WithSlowNights(std::uint64_t seed, std::size_t quiet, std::size_t nights,
                                   std::size_t slow) {
  Noise noise(seed);
  std::vector<double> values = noise.Normals(quiet + nights);
  for (std::size_t i = 0, left = slow; i < nights; ++i) {
    if (noise.Uniform() * static_cast<double>(nights - i) >= static_cast<double>(left)) continue;
    values[quiet + i] += 20;
    --left;
  }
  return values;
}

TEST(FindShapes, TenSlowNightsOfTwentyFiveAreANewMode) {
  int modes = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    for (const Shape& shape : FindShapes(WithSlowNights(seed, 20, 25, 10))) {
      modes += shape.kind == ShapeKind::kNewMode;
    }
  }
  EXPECT_GE(modes, 35);
}

TEST(FindShapes, AModeThatWasAlwaysThereIsNeitherNewNorOutliers) {
  int events = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    for (const Shape& shape : FindShapes(WithSlowNights(seed, 0, 100, 25))) {
      events += shape.kind == ShapeKind::kNewMode || shape.kind == ShapeKind::kOutlier;
    }
  }
  EXPECT_LE(events, 3);
}

}  // namespace
}  // namespace unpark::stats
