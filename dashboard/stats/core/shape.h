// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Shape: what kind of events a history holds: step, recovered step, drift, outlier, more or less
// variance, a new mode.
#ifndef DASHBOARD_STATS_CORE_SHAPE_H_
#define DASHBOARD_STATS_CORE_SHAPE_H_

#include <cstddef>
#include <span>
#include <vector>

namespace unpark::stats {

enum class ShapeKind { kStep, kRecovered, kDrift, kOutlier, kVariance, kNewMode };

struct Shape {
  ShapeKind kind = ShapeKind::kStep;
  std::size_t begin = 0;  // position of the first value concerned
  std::size_t end = 0;    // past the last: the recovery, the end of a drift, begin + 1 for outliers
  double size = 0;        // step, recovered: shift; drift: rise over its length; outlier: distance;
                          // variance: log of the ratio of deviations; new mode: distance of modes
  double p = 1;           // of chance, places searched included; 0 underflows
};

// Explains the values from large to small: steps (FindChangePoints; two that undo each other are
// one recovered event), drifts of the segments left (Mann 1945 with the variance inflated for
// correlation, slope of Theil 1950 and Sen 1968), then in the residuals a mode that was not there
// before, a change of scatter (rank test of absolute residuals over all places), and lone outliers.
// Values: an additive scale (take logs of positive ones); NaN marks a missing value.
std::vector<Shape> FindShapes(std::span<const double> values);

}  // namespace unpark::stats

#endif  // DASHBOARD_STATS_CORE_SHAPE_H_
