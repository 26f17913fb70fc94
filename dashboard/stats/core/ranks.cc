// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/stats/core/ranks.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

#include "dashboard/stats/core/numeric.h"

namespace unpark::stats {
namespace {

constexpr std::size_t kExactProduct = 10000;
constexpr std::size_t kExactTied = 60;

struct Ranked {
  std::vector<std::size_t> twice;  // twice the mid-rank, so that ties stay whole numbers
  double tie_term = 0;             // sum of t^3 - t over the groups of equal values
  bool tied = false;
};

// Twice the mid-rank of every value.
Ranked TwiceMidRanks(std::span<const double> values) {
  Ranked ranked;
  ranked.twice.resize(values.size());
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    const auto group = static_cast<double>(end - begin);
    if (end - begin > 1) ranked.tied = true;
    ranked.tie_term += group * group * group - group;
    for (std::size_t k = begin; k < end; ++k) ranked.twice[order[k]] = begin + end + 1;
    begin = end;
  }
  return ranked;
}

// P(sum <= lower or sum >= upper) for the sum of `size` of the ranks, all subsets equally likely.
double SubsetTails(std::span<const std::size_t> ranks, std::size_t size, std::size_t lower,
                   std::size_t upper) {
  const std::size_t total = std::accumulate(ranks.begin(), ranks.end(), std::size_t{0});
  // ways[k][s]: subsets of k ranks with the sum s, as a share of all subsets in the end.
  std::vector<std::vector<double>> ways(size + 1, std::vector<double>(total + 1, 0.0));
  ways[0][0] = 1;
  std::size_t reached = 0;
  for (const std::size_t rank : ranks) {
    for (std::size_t k = size; k > 0; --k) {
      for (std::size_t s = 0; s <= reached; ++s) ways[k][s + rank] += ways[k - 1][s];
    }
    reached += rank;
  }
  double all = 0;
  double tails = 0;
  for (std::size_t s = 0; s <= total; ++s) {
    all += ways[size][s];
    if (s <= lower || s >= upper) tails += ways[size][s];
  }
  return tails / all;
}

double TwoSidedFromCdf(std::span<const double> cdf, double smaller_side) {
  const auto index = static_cast<std::size_t>(smaller_side);
  return std::min(1.0, 2 * cdf[std::min(index, cdf.size() - 1)]);
}

}  // namespace

std::vector<double> MannWhitneyCdf(std::size_t first, std::size_t second) {
  const std::size_t small = std::min(first, second);
  const std::size_t large = std::max(first, second);
  const std::size_t half = first * second / 2;
  // The counts of U have the generating function prod (1 - q^(large + i)) / (1 - q^i).
  std::vector<double> counts(half + 1, 0.0);
  counts[0] = 1;
  double log_total = 0;
  for (std::size_t i = 1; i <= small; ++i) {
    log_total += std::log(static_cast<double>(large + i) / static_cast<double>(i));
    for (std::size_t u = half; u >= large + i; --u) counts[u] -= counts[u - large - i];
    for (std::size_t u = i; u <= half; ++u) counts[u] += counts[u - i];
  }
  const double total = std::exp(log_total);
  double sum = 0;
  for (double& count : counts) count = (sum += count) / total;
  return counts;
}

std::vector<double> SignedRankCdf(std::size_t count) {
  const std::size_t half = count * (count + 1) / 4;
  std::vector<double> share(half + 1, 0.0);
  share[0] = 1;
  for (std::size_t rank = 1; rank <= count; ++rank) {
    for (std::size_t w = half + 1; w-- > 0;) {
      share[w] = 0.5 * (share[w] + (w >= rank ? share[w - rank] : 0.0));
    }
  }
  double sum = 0;
  for (double& value : share) value = sum += value;
  return share;
}

RankTest MannWhitney(std::span<const double> first, std::span<const double> second) {
  const std::size_t m = first.size();
  const std::size_t n = second.size();
  std::vector<double> pooled(first.begin(), first.end());
  pooled.insert(pooled.end(), second.begin(), second.end());
  const Ranked ranked = TwiceMidRanks(pooled);
  const auto half_way = ranked.twice.begin() + static_cast<std::ptrdiff_t>(m);
  const std::size_t twice_sum = std::accumulate(ranked.twice.begin(), half_way, std::size_t{0});
  const std::size_t twice_u = twice_sum - m * (m + 1);
  RankTest test{.statistic = 0.5 * static_cast<double>(twice_u)};
  const std::size_t twice_smaller = std::min(twice_u, 2 * m * n - twice_u);
  if (!ranked.tied && m * n <= kExactProduct) {
    test.exact = true;
    test.p = TwoSidedFromCdf(MannWhitneyCdf(m, n), 0.5 * static_cast<double>(twice_smaller));
  } else if (ranked.tied && m + n <= kExactTied) {
    test.exact = true;
    const std::size_t base = m * (m + 1);
    const bool center = twice_smaller == m * n;
    test.p = center ? 1
                    : SubsetTails(ranked.twice, m, base + twice_smaller,
                                  base + 2 * m * n - twice_smaller);
  } else {
    const auto count = static_cast<double>(m + n);
    const double product = static_cast<double>(m) * static_cast<double>(n);
    const double variance = product / 12 * (count + 1 - ranked.tie_term / (count * (count - 1)));
    const double distance = 0.5 * product - 0.5 * static_cast<double>(twice_smaller) - 0.5;
    test.p = variance > 0 ? NormalTwoSided(std::max(0.0, distance) / std::sqrt(variance)) : 1;
  }
  return test;
}

RankTest SignedRank(std::span<const double> differences) {
  std::vector<double> sizes;
  std::vector<bool> positive;
  for (const double difference : differences) {
    if (difference == 0) continue;
    sizes.push_back(std::abs(difference));
    positive.push_back(difference > 0);
  }
  const std::size_t n = sizes.size();
  if (n == 0) return RankTest{.exact = true};
  const Ranked ranked = TwiceMidRanks(sizes);
  std::size_t twice_w = 0;
  for (std::size_t i = 0; i < n; ++i) twice_w += positive[i] ? ranked.twice[i] : 0;
  RankTest test{.statistic = 0.5 * static_cast<double>(twice_w)};
  const std::size_t twice_total = n * (n + 1);
  const std::size_t twice_smaller = std::min(twice_w, twice_total - twice_w);
  if (n <= kExactTied) {
    test.exact = true;
    // Each rank joins the sum or not with equal chance; twice the ranks are whole numbers.
    std::vector<double> share(twice_smaller + 1, 0.0);
    share[0] = 1;
    for (const std::size_t rank : ranked.twice) {
      for (std::size_t w = twice_smaller + 1; w-- > 0;) {
        share[w] = 0.5 * (share[w] + (w >= rank ? share[w - rank] : 0.0));
      }
    }
    test.p = std::min(1.0, 2 * std::accumulate(share.begin(), share.end(), 0.0));
  } else {
    const auto count = static_cast<double>(n);
    const double variance = count * (count + 1) * (2 * count + 1) / 24 - ranked.tie_term / 48;
    const double distance =
        0.25 * count * (count + 1) - 0.5 * static_cast<double>(twice_smaller) - 0.5;
    test.p = NormalTwoSided(std::max(0.0, distance) / std::sqrt(variance));
  }
  return test;
}

double SmallestMannWhitneyP(std::size_t first, std::size_t second) {
  const auto m = static_cast<double>(first);
  const auto n = static_cast<double>(second);
  return std::min(1.0,
                  2 * std::exp(std::lgamma(m + 1) + std::lgamma(n + 1) - std::lgamma(m + n + 1)));
}

double SmallestSignedRankP(std::size_t count) {
  return std::min(1.0, 2 * std::exp2(-static_cast<double>(count)));
}

}  // namespace unpark::stats
