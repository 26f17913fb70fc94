// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/stats/core/effect_floor.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "dashboard/stats/core/testing.h"

namespace unpark::stats {
namespace {

double MeanOf(const std::vector<double>& values, std::size_t begin, std::size_t count) {
  const auto first = values.begin() + static_cast<std::ptrdiff_t>(begin);
  return std::accumulate(first, first + static_cast<std::ptrdiff_t>(count), 0.0) /
         static_cast<double>(count);
}

TEST(EffectFloor, IsExceededAtItsRate) {
  const std::vector<double> past = Noise(40).Normals(500);
  const double floor = EffectFloor(past, 5, 0.05);
  const std::vector<double> future = Noise(41).Normals(20000);
  int beyond = 0;
  for (std::size_t i = 0; i < 2000; ++i) {
    beyond += std::abs(MeanOf(future, 10 * i, 5) - MeanOf(future, 10 * i + 5, 5)) > floor;
  }
  EXPECT_GT(beyond, 0.02 * 2000);
  EXPECT_LT(beyond, 0.09 * 2000);
}

TEST(EffectFloor, RefusesTooFewValues) {
  EXPECT_THROW(EffectFloor(std::vector<double>(15, 1.0), 5, 0.01), std::invalid_argument);
}

}  // namespace
}  // namespace unpark::stats
