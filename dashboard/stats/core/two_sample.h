// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// TwoSample: the ratio of two samples of positive values, its interval, and a verdict on it.
#ifndef DASHBOARD_STATS_CORE_TWO_SAMPLE_H_
#define DASHBOARD_STATS_CORE_TWO_SAMPLE_H_

#include <cstddef>
#include <cstdint>
#include <span>

namespace unpark::stats {

// An estimate of log(numerator / denominator) with its interval. The interval inverts a rank test,
// so it holds its level for any distribution whose two samples differ by a factor: lognormal,
// bimodal or heavy-tailed alike. With too few values for the level it is unbounded.
struct Shift {
  double shift = 0;
  double low = 0;
  double high = 0;
  double attained = 0;    // the exact level of the interval; 1 where it is unbounded
  double p = 1;           // two-sided, of "no shift"
  double smallest_p = 1;  // the smallest p that so few values can give
};

// Hodges and Lehmann 1963: median of all differences of logs, interval from Mann-Whitney.
Shift UnpairedShift(std::span<const double> numerator_logs,
                    std::span<const double> denominator_logs, double confidence);

// The pseudo-median of paired differences of logs, interval from Wilcoxon's signed ranks: exact
// when the two sides of a pair are exchangeable but for the factor, whatever the pairs share.
Shift PairedShift(std::span<const double> differences, double confidence);

// Pairs the medians of the rounds that both sides have; unpaired where fewer than `kMinPairs` are
// shared. Rounds: one whole number for each value, or empty spans.
inline constexpr std::size_t kMinPairs = 5;
Shift ShiftByRounds(std::span<const double> numerator, std::span<const double> denominator,
                    std::span<const std::int64_t> numerator_rounds,
                    std::span<const std::int64_t> denominator_rounds, double confidence);

// The k-th smallest (from 0) of all differences first[i] - second[j], and their median.
// REQUIRE: both sorted, neither empty, k below the number of pairs.
double KthDifference(std::span<const double> first, std::span<const double> second, std::size_t k);
double MedianDifference(std::span<const double> first, std::span<const double> second);

// The smallest |log ratio| that a test at `alpha` sees with probability `power`, judged from the
// width of the interval; infinite where the interval is unbounded.
double DetectableShift(const Shift& shift, double alpha, double power);

}  // namespace unpark::stats

#endif  // DASHBOARD_STATS_CORE_TWO_SAMPLE_H_
