// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Numeric: the order statistics and distribution functions that the other parts of the core share.
#ifndef DASHBOARD_STATS_CORE_NUMERIC_H_
#define DASHBOARD_STATS_CORE_NUMERIC_H_

#include <span>
#include <string>
#include <vector>

namespace unpark::stats {

// Scales a median absolute deviation to the standard deviation of a normal distribution.
inline constexpr double kMadToSigma = 1.4826022185056018;

// Median of the values; reorders them. REQUIRES: not empty, no NaN.
double MedianInPlace(std::span<double> values);
double Median(std::span<const double> values);

// Linear-interpolated quantile (Hyndman and Fan's type 7). REQUIRES: sorted, not empty.
double SortedQuantile(std::span<const double> sorted, double probability);

// Median absolute deviation about the median, scaled to a normal sigma.
double MadSigma(std::span<const double> values);

double NormalCdf(double z);
double NormalQuantile(double probability);
// Two-sided tail P(|Z| >= z).
double NormalTwoSided(double z);
// Two-sided tail of Student's t with `freedom` degrees.
double StudentTwoSided(double t, double freedom);
// The t whose two-sided tail is `two_sided`.
double StudentQuantile(double two_sided, double freedom);
// Upper tail P(Poisson(mean) >= count).
double PoissonUpperTail(double mean, double count);

// The finite values, or std::invalid_argument that names the argument: empty or NaN only.
std::vector<double> FiniteValues(std::span<const double> values, const std::string& name);
// log of the finite values; std::invalid_argument names the first value that is not positive.
std::vector<double> FiniteLogs(std::span<const double> values, const std::string& name);

}  // namespace unpark::stats

#endif  // DASHBOARD_STATS_CORE_NUMERIC_H_
