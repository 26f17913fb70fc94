// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/stats/core/change_points.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "dashboard/stats/core/numeric.h"
#include "dashboard/stats/core/ranks.h"
#include "dashboard/stats/core/two_sample.h"

namespace unpark::stats {
namespace {

constexpr std::size_t kMinSegment = 4;
constexpr std::size_t kSide = 30;
constexpr double kMaxP = 1e-4;

// Values pulled in to three deviations about a running median of seven.
std::vector<double> Winsorized(std::span<const double> values, double* sigma) {
  const std::size_t n = values.size();
  std::vector<double> residuals(n);
  std::vector<double> medians(n);
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t begin = i < 3 ? 0 : i - 3;
    medians[i] = Median(values.subspan(begin, std::min(n, i + 4) - begin));
    residuals[i] = std::abs(values[i] - medians[i]);
  }
  *sigma = std::max(kMadToSigma * Median(residuals), 1e-9);
  std::vector<double> clipped(n);
  for (std::size_t i = 0; i < n; ++i) {
    clipped[i] = std::clamp(values[i], medians[i] - 3 * *sigma, medians[i] + 3 * *sigma);
  }
  return clipped;
}

// Optimal partitioning (Jackson et al. 2005) with squared cost: the starts of the segments.
std::vector<std::size_t> Partition(std::span<const double> values, double penalty) {
  const std::size_t n = values.size();
  std::vector<double> sums(n + 1, 0.0);
  std::vector<double> squares(n + 1, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    sums[i + 1] = sums[i] + values[i];
    squares[i + 1] = squares[i] + values[i] * values[i];
  }
  std::vector<double> best(n + 1, std::numeric_limits<double>::infinity());
  std::vector<std::size_t> start(n + 1, 0);
  best[0] = -penalty;
  for (std::size_t end = kMinSegment; end <= n; ++end) {
    for (std::size_t begin = 0; begin + kMinSegment <= end; ++begin) {
      const double sum = sums[end] - sums[begin];
      const double cost = squares[end] - squares[begin] -
                          sum * sum / static_cast<double>(end - begin);
      if (best[begin] + cost + penalty < best[end]) {
        best[end] = best[begin] + cost + penalty;
        start[end] = begin;
      }
    }
  }
  std::vector<std::size_t> starts;
  for (std::size_t end = n; end > 0; end = start[end]) starts.push_back(start[end]);
  std::reverse(starts.begin(), starts.end());
  return starts;
}

ChangePoint Judge(std::span<const double> values, std::size_t begin, std::size_t at,
                  std::size_t end) {
  const std::size_t left = at - begin > kSide ? at - kSide : begin;
  const std::size_t right = end - at > kSide ? at + kSide : end;
  const Shift shift = UnpairedShift(values.subspan(at, right - at),
                                    values.subspan(left, at - left), 0.95);
  return ChangePoint{at, shift.shift, shift.low, shift.high, shift.p, shift.p <= kMaxP};
}

}  // namespace

std::vector<ChangePoint> FindChangePoints(std::span<const double> all) {
  std::vector<double> values;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!std::isfinite(all[i])) continue;
    values.push_back(all[i]);
    places.push_back(i);
  }
  const std::size_t n = values.size();
  std::vector<ChangePoint> changes;
  if (n < 2 * kMinSegment) return changes;
  double sigma = 0;
  const std::vector<double> clipped = Winsorized(values, &sigma);
  const double penalty = 4 * std::log(static_cast<double>(n)) * sigma * sigma;
  std::vector<std::size_t> starts = Partition(clipped, penalty);
  starts.push_back(n);
  while (starts.size() > 2) {
    changes.clear();
    std::size_t worst = 0;
    for (std::size_t k = 1; k + 1 < starts.size(); ++k) {
      changes.push_back(Judge(values, starts[k - 1], starts[k], starts[k + 1]));
      if (changes[k - 1].p > changes[worst].p) worst = k - 1;
    }
    if (changes[worst].confirmed) break;
    starts.erase(starts.begin() + static_cast<std::ptrdiff_t>(worst) + 1);
    changes.clear();
  }
  for (ChangePoint& change : changes) change.index = places[change.index];
  return changes;
}

}  // namespace unpark::stats
