// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/stats/core/effect_floor.h"

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "dashboard/stats/core/noise.h"
#include "dashboard/stats/core/numeric.h"

namespace unpark::stats {

double EffectFloor(std::span<const double> values, double window, double rate) {
  const std::vector<double> finite = FiniteValues(values, "values");
  if (finite.size() < 16) {
    throw std::invalid_argument("values holds " + std::to_string(finite.size()) +
                                " finite values; a floor needs 16");
  }
  if (!(window >= 1)) throw std::invalid_argument("window is below 1");
  if (!(rate > 0 && rate < 1)) throw std::invalid_argument("rate must lie between 0 and 1");
  const NoiseModel noise(finite);
  const double variance = noise.Inflation(window, noise.correlation()) / window;
  return NormalQuantile(1 - 0.5 * rate) * noise.sigma() * std::sqrt(2 * variance);
}

}  // namespace unpark::stats
