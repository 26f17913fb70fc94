// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/stats/core/partition.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

#include "dashboard/stats/core/modes.h"
#include "dashboard/stats/core/testing.h"

namespace unpark::stats {
namespace {

// The least bounded loss of values[begin, end) over levels: between corners the best level is the
// mean of the values within the bound, so trying each value's neighbourhood on a grid suffices.
double LeastLoss(const std::vector<double>& values, std::size_t begin, std::size_t end,
                 double bound, const std::optional<Modes>& modes) {
  double best = std::numeric_limits<double>::infinity();
  for (int step = -2400; step <= 2400; ++step) {
    const double level = 0.01 * step;
    double loss = 0;
    for (std::size_t i = begin; i < end; ++i) {
      loss += modes ? modes->Cost(values[i], level, bound)
                    : std::min((values[i] - level) * (values[i] - level), bound * bound);
    }
    best = std::min(best, loss);
  }
  return best;
}

TEST(Partition, FindsTheOptimumOfAllSegmentations) {
  Noise noise(6);
  constexpr double kBound = 3;
  constexpr double kPenalty = 6;
  for (int trial = 0; trial < 12; ++trial) {
    std::optional<Modes> modes;
    if (trial >= 4) modes = Modes{trial % 2 == 0 ? 4.0 : -4.0, 1, 1.5};
    if (trial >= 8) modes->gap *= 2;  // farther than both bounds: between the wells all is flat
    std::vector<double> values;
    double level = 0;
    for (int i = 0; i < 18; ++i) {
      if (noise.Uniform() < 0.2) level = 3 * noise.Normal();
      values.push_back(level + noise.Normal());
      if (modes && noise.Uniform() < 0.3) values.back() += modes->gap;
    }
    const std::size_t n = values.size();
    Partition partition(kBound, kPenalty, modes);
    for (const double value : values) partition.Append(value);
    std::vector<double> best(n + 1, std::numeric_limits<double>::infinity());
    best[0] = -kPenalty;
    for (std::size_t end = 1; end <= n; ++end) {
      for (std::size_t begin = 0; begin < end; ++begin) {
        best[end] = std::min(best[end],
                             best[begin] + LeastLoss(values, begin, end, kBound, modes) + kPenalty);
      }
    }
    std::vector<std::size_t> edges = partition.Changes();
    edges.insert(edges.begin(), 0);
    edges.push_back(n);
    double cost = -kPenalty;
    for (std::size_t k = 0; k + 1 < edges.size(); ++k) {
      cost += LeastLoss(values, edges[k], edges[k + 1], kBound, modes) + kPenalty;
    }
    EXPECT_NEAR(cost, best[n], 0.01);
  }
}

TEST(Partition, OutliersOpenNoSegmentUntilTheyOutweighThePenalty) {
  std::vector<double> values(40, 0.0);
  values[20] = values[21] = 100;
  Partition few(3, 20, std::nullopt);
  for (const double value : values) few.Append(value);
  EXPECT_TRUE(few.Changes().empty());
  for (std::size_t i = 20; i < 25; ++i) values[i] = 100;
  Partition many(3, 20, std::nullopt);
  for (const double value : values) many.Append(value);
  EXPECT_EQ(many.Changes(), (std::vector<std::size_t>{20, 25}));
}

}  // namespace
}  // namespace unpark::stats
