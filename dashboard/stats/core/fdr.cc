// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/stats/core/fdr.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>

namespace unpark::stats {
namespace {

// Step-up adjustment: p(k) * n * factor / k, made monotone from the largest down.
std::vector<double> StepUp(std::span<const double> p_values, double factor) {
  const std::size_t n = p_values.size();
  for (std::size_t i = 0; i < n; ++i) {
    if (!(p_values[i] >= 0 && p_values[i] <= 1)) {
      throw std::invalid_argument("p_values[" + std::to_string(i) + "] is " +
                                  std::to_string(p_values[i]) + "; it must lie in [0, 1]");
    }
  }
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> adjusted(n);
  double smallest = 1;
  for (std::size_t k = n; k-- > 0;) {
    const double scaled =
        p_values[order[k]] * factor * static_cast<double>(n) / static_cast<double>(k + 1);
    smallest = std::min(smallest, scaled);
    adjusted[order[k]] = smallest;
  }
  return adjusted;
}

}  // namespace

std::vector<double> BenjaminiHochberg(std::span<const double> p_values) {
  return StepUp(p_values, 1);
}

std::vector<double> BenjaminiYekutieli(std::span<const double> p_values) {
  double harmonic = 0;
  for (std::size_t k = 1; k <= p_values.size(); ++k) harmonic += 1 / static_cast<double>(k);
  return StepUp(p_values, harmonic);
}

}  // namespace unpark::stats
