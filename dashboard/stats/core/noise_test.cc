// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/stats/core/noise.h"

#include <gtest/gtest.h>

#include <vector>

#include "dashboard/stats/core/testing.h"

namespace unpark::stats {
namespace {

TEST(NoiseModel, MeasuresIndependentNoise) {
  const NoiseModel model(Noise(20).Normals(1000));
  EXPECT_NEAR(model.sigma(), 1, 0.1);
  EXPECT_NEAR(model.correlation(), 0, 0.1);
  EXPECT_LT(model.Inflation(32, 0), 1.8);
}

TEST(NoiseModel, StepsAndOutliersAreNotNoise) {
  std::vector<double> values = Noise(21).Normals(1000);
  for (std::size_t i = 400; i < 1000; ++i) values[i] += 20;
  for (std::size_t i = 0; i < 1000; i += 50) values[i] = 500;
  const NoiseModel model(values);
  EXPECT_NEAR(model.sigma(), 1, 0.15);
  EXPECT_LT(model.Inflation(32, 0), 2.5);
}

TEST(NoiseModel, SeesCorrelationAndWander) {
  const NoiseModel correlated(Noise(22).Correlated(2000, 0.6));
  EXPECT_NEAR(correlated.correlation(), 0.6, 0.12);
  EXPECT_GT(correlated.Inflation(64, correlated.correlation()), 2.5);
  std::vector<double> walk = Noise(23).Normals(2000);
  for (std::size_t i = 1; i < walk.size(); ++i) walk[i] += walk[i - 1];
  EXPECT_GT(NoiseModel(walk).Inflation(64, 0), 10);
}

TEST(NoiseModel, ConstantHistoryHasAPositiveDeviation) {
  EXPECT_GT(NoiseModel(std::vector<double>(50, 7.0)).sigma(), 0);
}

}  // namespace
}  // namespace unpark::stats
