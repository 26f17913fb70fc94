// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// NoiseModel: how much a history scatters at every scale, whatever steps it may have.
#ifndef DASHBOARD_STATS_CORE_NOISE_H_
#define DASHBOARD_STATS_CORE_NOISE_H_

#include <cstddef>
#include <span>
#include <vector>

namespace unpark::stats {

// Cuts the history into blocks of 2, 4, 8 ... values and sets the typical variance within a block
// against the typical variance between neighbouring blocks' means. Independent noise has between =
// within / size; noise that wanders, drifts or dwells in modes has more between than that, and a
// step must stand out from it. Typical means median, so that a few true steps do not count as
// noise; values beyond three deviations of their block are pulled in, so that outliers do not.
class NoiseModel {
 public:
  // REQUIRES: at least eight values, no NaN.
  explicit NoiseModel(std::span<const double> values);

  // The number of values it was made from.
  std::size_t size() const { return size_; }
  // Deviation of one value about the local level; positive even for a constant history.
  double sigma() const { return sigma_; }
  // Lag-1 correlation, from the squares of differences at lags 1 to 3, which a step hardly moves.
  double correlation() const { return correlation_; }
  // Variance of the mean of `size` values over that of independent ones, at least 1: the larger of
  // what the blocks show and what a first-order autoregression of `correlation` implies.
  double Inflation(double size, double correlation) const;

 private:
  std::size_t size_ = 0;
  double sigma_ = 0;
  double correlation_ = 0;
  std::vector<double> inflation_;  // at sizes 1, 2, 4, ...
};

}  // namespace unpark::stats

#endif  // DASHBOARD_STATS_CORE_NOISE_H_
