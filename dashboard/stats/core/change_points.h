// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// ChangePoints: where the level of a noisy history changed, by how much and how surely.
#ifndef DASHBOARD_STATS_CORE_CHANGE_POINTS_H_
#define DASHBOARD_STATS_CORE_CHANGE_POINTS_H_

#include <cstddef>
#include <span>
#include <vector>

namespace unpark::stats {

struct ChangePoint {
  std::size_t index = 0;  // position of the first value of the new level
  double shift = 0;       // new level - old level, on the scale of the values given
  double low = 0;         // 95 % interval of the shift
  double high = 0;
  double p = 1;
  bool confirmed = false;  // false: suspected, more values will tell
};

// Values: levels of an additive scale (take logs of positive ones); NaN marks a missing value.
std::vector<ChangePoint> FindChangePoints(std::span<const double> values);

}  // namespace unpark::stats

#endif  // DASHBOARD_STATS_CORE_CHANGE_POINTS_H_
