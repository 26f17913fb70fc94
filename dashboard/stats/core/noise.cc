// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/stats/core/noise.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

#include "dashboard/stats/core/numeric.h"

namespace unpark::stats {
namespace {

constexpr double kClip = 3;              // deviations kept of a value within its block
constexpr std::size_t kMinBlocks = 6;    // fewer blocks of a size say nothing of that size
constexpr double kShrink = 1;            // how shaky a ratio of variances from few blocks is
constexpr double kResolution = 1e-3;     // of the range: the least deviation of a stepped constant
constexpr double kDifferenceClip = 2.5;  // deviations kept of a difference of two values

// Shortest block that shows the local level: 16 values, less in a short history.
std::size_t BlockLength(std::size_t n) {
  if (n >= 64) return 16;
  return n >= 32 ? 8 : std::max<std::size_t>(4, n / 4);
}

// Median of chi-squared over its degrees of freedom (Wilson and Hilferty 1931).
double MedianChiSquareRatio(double degrees) { return std::pow(1 - 2 / (9 * degrees), 3); }

// Running sums of values and squares, for sums over any block in constant time.
class Sums {
 public:
  explicit Sums(std::span<const double> values) : sum_(values.size() + 1), square_(sum_.size()) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      sum_[i + 1] = sum_[i] + values[i];
      square_[i + 1] = square_[i] + values[i] * values[i];
    }
  }
  double Sum(std::size_t begin, std::size_t end) const { return sum_[end] - sum_[begin]; }
  double Variance(std::size_t begin, std::size_t end) const {
    const auto count = static_cast<double>(end - begin);
    const double sum = Sum(begin, end);
    const double squares = square_[end] - square_[begin] - sum * sum / count;
    return std::max(0.0, squares / (count - 1));
  }

 private:
  std::vector<double> sum_;
  std::vector<double> square_;
};

// The values less the median of the middle block, each pulled in towards its own block's median.
std::vector<double> Clipped(std::span<const double> values, std::size_t block) {
  const std::size_t n = values.size();
  std::vector<double> medians;
  std::vector<double> deviations;
  std::vector<double> scratch;
  for (std::size_t begin = 0; begin < n; begin += block) {
    const std::size_t from = std::min(begin, n - block);
    scratch.assign(values.begin() + static_cast<std::ptrdiff_t>(from),
                   values.begin() + static_cast<std::ptrdiff_t>(from + block));
    const double center = MedianInPlace(scratch);
    for (double& value : scratch) value = std::abs(value - center);
    medians.push_back(center);
    deviations.push_back(MedianInPlace(scratch));
  }
  // A median deviation of few values is too small on average, by about 0.8 / their number.
  double sigma = MedianInPlace(deviations) * kMadToSigma * (1 + 0.8 / static_cast<double>(block));
  if (sigma == 0) {  // most values are equal: fall back to the mean deviation
    for (std::size_t i = 0; i < n; ++i) sigma += std::abs(values[i] - medians[i / block]);
    sigma *= std::sqrt(M_PI / 2) / static_cast<double>(n);
  }
  std::vector<double> clipped(n);
  const double base = medians[medians.size() / 2];
  for (std::size_t i = 0; i < n; ++i) {
    const double center = medians[i / block];
    clipped[i] = std::clamp(values[i], center - kClip * sigma, center + kClip * sigma) - base;
  }
  return clipped;
}

// Typical variance within blocks of `size` values, which overlap by half.
double Within(const Sums& sums, std::size_t n, std::size_t size, std::vector<double>* scratch) {
  scratch->clear();
  for (std::size_t begin = 0; begin + size <= n; begin += std::max<std::size_t>(1, size / 2)) {
    scratch->push_back(sums.Variance(begin, begin + size));
  }
  return MedianInPlace(*scratch) / MedianChiSquareRatio(static_cast<double>(size - 1));
}

// Typical variance of a block's mean, from the differences of neighbouring blocks.
double Between(const Sums& sums, std::size_t n, std::size_t size, std::vector<double>* scratch) {
  scratch->clear();
  for (std::size_t begin = 0; begin + 2 * size <= n; begin += std::max<std::size_t>(1, size / 2)) {
    const double first = sums.Sum(begin, begin + size);
    const double second = sums.Sum(begin + size, begin + 2 * size);
    const double difference = (second - first) / static_cast<double>(size);
    scratch->push_back(difference * difference);
  }
  return 0.5 * kMadToSigma * kMadToSigma * MedianInPlace(*scratch);
}

// Mean square of the differences at a lag, large ones pulled in.
double DifferenceSquare(std::span<const double> values, std::size_t lag,
                        std::vector<double>* scratch) {
  scratch->clear();
  for (std::size_t i = lag; i < values.size(); ++i) {
    scratch->push_back(std::abs(values[i] - values[i - lag]));
  }
  const double limit = kDifferenceClip * kMadToSigma * MedianInPlace(*scratch);
  double sum = 0;
  for (const double difference : *scratch) {
    const double kept = std::min(difference, limit);
    sum += kept * kept;
  }
  return sum / static_cast<double>(scratch->size());
}

double Correlation(std::span<const double> values, std::vector<double>* scratch) {
  const double one = DifferenceSquare(values, 1, scratch);
  if (one == 0) return 0;
  // First order: squares at lags 2 and 3 over that at lag 1 are 1 + r and 1 + r + r^2.
  const double two = DifferenceSquare(values, 2, scratch) / one;
  const double three = DifferenceSquare(values, 3, scratch) / one;
  const double from_three = 0.5 * (std::sqrt(std::max(0.0, 4 * three - 3)) - 1);
  return std::clamp(0.5 * (two - 1 + from_three), -0.5, 0.9);
}

double AutoregressiveInflation(double size, double r) {
  const double power = size > 200 && r < 0.8 ? 0 : std::pow(r, size);
  return (1 + r) / (1 - r) - 2 * r * (1 - power) / ((1 - r) * (1 - r) * size);
}

}  // namespace

NoiseModel::NoiseModel(std::span<const double> values) : size_(values.size()) {
  const std::size_t n = size_;
  const std::size_t block = BlockLength(n);
  const std::vector<double> clipped = Clipped(values, block);
  const Sums sums(clipped);
  std::vector<double> scratch;
  double variance = Within(sums, n, block, &scratch);
  if (variance == 0) {  // most blocks are constant: what the few others scatter, and a resolution
    const double blocks = static_cast<double>(scratch.size());
    variance = std::accumulate(scratch.begin(), scratch.end(), 0.0) / blocks;
    const auto [least, most] = std::minmax_element(clipped.begin(), clipped.end());
    variance = std::max(variance, kResolution * kResolution * (*most - *least) * (*most - *least));
  }
  const double unit = std::max(std::abs(values[n / 2]), 1.0);
  variance = std::max(variance, 1e-24 * unit * unit);
  sigma_ = std::sqrt(variance);
  inflation_.push_back(1);
  for (std::size_t size = 2; size * kMinBlocks <= n; size *= 2) {
    const double within =
        size >= 4 ? std::max(variance, Within(sums, n, size, &scratch)) : variance;
    const double blocks = static_cast<double>(n) / static_cast<double>(size);
    const double ratio = static_cast<double>(size) * Between(sums, n, size, &scratch) / within;
    // Few blocks give a shaky ratio: what may be chance does not count.
    inflation_.push_back(std::max(1.0, ratio / (1 + kShrink / std::sqrt(blocks))));
  }
  correlation_ = Correlation(values, &scratch);
}

double NoiseModel::Inflation(double size, double correlation) const {
  const double place = std::log2(std::max(1.0, size));
  const auto below = static_cast<std::size_t>(place);
  double inflation = inflation_.back();
  if (below + 1 < inflation_.size()) {
    const double part = place - static_cast<double>(below);
    inflation = inflation_[below] * (1 - part) + inflation_[below + 1] * part;
  }
  if (correlation <= 0) return inflation;
  return std::max(inflation, AutoregressiveInflation(std::max(1.0, size), correlation));
}

}  // namespace unpark::stats
