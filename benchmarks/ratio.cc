// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Order statistics of the rounds' ratios.

#include "benchmarks/ratio.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>

namespace unpark::benchmarks {
namespace {

// The largest k with P(fewer than k of n fair coins show heads) <= 2.5 %; at least 1.
std::size_t Rank(std::size_t n) {
  double probability = std::pow(0.5, static_cast<double>(n));  // of exactly `heads` heads
  double below = 0;
  std::size_t heads = 0;
  while (below + probability <= 0.025) {
    below += probability;
    probability *= static_cast<double>(n - heads) / static_cast<double>(heads + 1);
    ++heads;
  }
  return std::max<std::size_t>(heads, 1);
}

}  // namespace

RatioInterval PairedRatio(const std::vector<double>& before, const std::vector<double>& after) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < before.size(); ++i) ratios.push_back(before[i] / after[i]);
  std::sort(ratios.begin(), ratios.end());
  std::size_t n = ratios.size();
  std::size_t k = Rank(n);
  // The geometric mean of the middle two, so that after / before is the inverse.
  double median = n % 2 == 1 ? ratios[n / 2] : std::sqrt(ratios[n / 2 - 1] * ratios[n / 2]);
  return {median, ratios[k - 1], ratios[n - k]};
}

Verdict Judge(double claim, const RatioInterval& measured) {
  constexpr double kNear = 0.8;
  constexpr double kSlower = 1.05;
  if (claim <= 0) return Verdict::kNoFigure;
  if (measured.high >= claim || measured.ratio >= kNear * claim) return Verdict::kReproduces;
  return measured.low > kSlower ? Verdict::kWeaker : Verdict::kDoesNot;
}

std::string RatioText(double ratio) {
  char text[32];
  int digits = ratio >= 20 ? 0 : ratio >= 2 ? 1 : 2;
  std::snprintf(text, sizeof text, "%.*fx", digits, ratio);
  return text;
}

}  // namespace unpark::benchmarks
