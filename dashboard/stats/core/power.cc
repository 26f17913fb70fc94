// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/stats/core/power.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <stdexcept>
#include <vector>

#include "dashboard/stats/core/numeric.h"
#include "dashboard/stats/core/ranks.h"

namespace unpark::stats {
namespace {

// A rank test on normal values needs 3.14 / 3 times the runs of a t test (Hodges and Lehmann 1956).
constexpr double kRankLoss = M_PI / 3;
constexpr double kMaxRuns = 1e6;

}  // namespace

NoiseParts SplitNoise(std::span<const double> logs, std::span<const std::int64_t> runs) {
  if (logs.size() != runs.size()) {
    throw std::invalid_argument("values has " + std::to_string(logs.size()) +
                                " entries but runs has " + std::to_string(runs.size()));
  }
  std::map<std::int64_t, std::vector<double>> by_run;
  for (std::size_t i = 0; i < logs.size(); ++i) by_run[runs[i]].push_back(logs[i]);
  if (by_run.size() < 2) throw std::invalid_argument("runs names fewer than two runs");
  std::vector<double> levels;
  std::vector<double> squares;
  std::vector<double> sizes;
  for (auto& [run, values] : by_run) {
    const auto count = static_cast<double>(values.size());
    sizes.push_back(count);
    levels.push_back(Median(values));
    if (values.size() < 2) continue;
    double mean = 0;
    for (const double value : values) mean += value / count;
    double sum = 0;
    for (const double value : values) sum += (value - mean) * (value - mean);
    // The median of chi-squared over its degrees is about (1 - 2 / (9 degrees))^3.
    const double degrees = count - 1;
    squares.push_back(sum / degrees / std::pow(1 - 2 / (9 * degrees), 3));
  }
  NoiseParts noise;
  noise.repetitions = MedianInPlace(sizes);
  if (!squares.empty()) noise.within = std::sqrt(MedianInPlace(squares));
  const double spread = MadSigma(levels);
  // A median of normal repetitions scatters pi / 2 times as much as their mean; of two, as a mean.
  const double loss = noise.repetitions > 2 ? M_PI / 2 : 1;
  const double inner = loss * noise.within * noise.within / noise.repetitions;
  noise.between = std::sqrt(std::max(0.0, spread * spread - inner));
  return noise;
}

double DetectableLogRatio(const NoiseParts& noise, double runs, double repetitions, double alpha,
                          double power) {
  const auto whole = static_cast<std::size_t>(runs);
  if (whole < 2 || SmallestMannWhitneyP(whole, whole) > alpha) {
    return std::numeric_limits<double>::infinity();
  }
  const double variance = noise.between * noise.between + noise.within * noise.within / repetitions;
  // The levels that a rank test can reach are few where runs are: measured, it costs 1 / (2 runs).
  const double error = std::sqrt(2 * variance / runs * kRankLoss) * (1 + 0.5 / runs);
  return error * (StudentQuantile(alpha, 2 * runs - 2) + NormalQuantile(power));
}

double RunsToSee(const NoiseParts& noise, double log_ratio, double repetitions, double alpha,
                 double power) {
  double low = 1;
  double high = 2;
  while (DetectableLogRatio(noise, high, repetitions, alpha, power) > log_ratio) {
    low = high;
    high *= 2;
    if (high > kMaxRuns) return std::numeric_limits<double>::infinity();
  }
  while (high - low > 1) {
    const double middle = std::floor(0.5 * (low + high));
    (DetectableLogRatio(noise, middle, repetitions, alpha, power) > log_ratio ? low : high) =
        middle;
  }
  return high;
}

}  // namespace unpark::stats
