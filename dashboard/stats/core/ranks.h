// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Ranks: exact and asymptotic rank tests of Mann-Whitney and Wilcoxon, and their distributions.
#ifndef DASHBOARD_STATS_CORE_RANKS_H_
#define DASHBOARD_STATS_CORE_RANKS_H_

#include <span>
#include <vector>

namespace unpark::stats {

struct RankTest {
  double statistic = 0;  // U of the first sample; for SignedRank the sum of positive ranks
  double p = 1;          // two-sided
  bool exact = false;    // from the permutation distribution, ties included
};

// Mann and Whitney 1947. Exact without ties while m * n <= 10,000 and, with ties, while
// m + n <= 60; beyond, the normal approximation with tie and continuity corrections.
// REQUIRES: both samples not empty, no NaN.
RankTest MannWhitney(std::span<const double> first, std::span<const double> second);

// Wilcoxon 1945, zeros dropped (all zero: p = 1). Exact, ties included, up to 60 differences.
RankTest SignedRank(std::span<const double> differences);

// The smallest p that MannWhitney or SignedRank can give with so many values and no ties.
double SmallestMannWhitneyP(std::size_t first, std::size_t second);
double SmallestSignedRankP(std::size_t count);

// cdf[u] = P(U <= u) under the null hypothesis, no ties, for u = 0 .. m * n / 2.
std::vector<double> MannWhitneyCdf(std::size_t first, std::size_t second);
// cdf[w] = P(W <= w) for w = 0 .. n (n + 1) / 4.
std::vector<double> SignedRankCdf(std::size_t count);

}  // namespace unpark::stats

#endif  // DASHBOARD_STATS_CORE_RANKS_H_
