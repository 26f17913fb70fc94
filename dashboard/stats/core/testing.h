// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Seeded noise for the tests of the statistics, the same with every standard library.
#ifndef DASHBOARD_STATS_CORE_TESTING_H_
#define DASHBOARD_STATS_CORE_TESTING_H_

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace unpark::stats {

class Noise {
 public:
  explicit Noise(std::uint64_t seed) : engine_(seed) {}

  double Uniform() { return (static_cast<double>(engine_() >> 11) + 0.5) * 0x1p-53; }
  double Normal() {
    const double radius = std::sqrt(-2 * std::log(Uniform()));  // drawn first, whatever compiles it
    return radius * std::cos(2 * M_PI * Uniform());
  }
  std::vector<double> Normals(std::size_t count) {
    std::vector<double> values(count);
    for (double& value : values) value = Normal();
    return values;
  }
  // First-order autoregression with unit innovations.
  std::vector<double> Correlated(std::size_t count, double r) {
    std::vector<double> values = Normals(count);
    for (std::size_t i = 1; i < count; ++i) values[i] += r * values[i - 1];
    return values;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace unpark::stats

#endif  // DASHBOARD_STATS_CORE_TESTING_H_
