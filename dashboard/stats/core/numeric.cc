// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/stats/core/numeric.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <stdexcept>

namespace unpark::stats {

double MedianInPlace(std::span<double> values) {
  const std::size_t half = values.size() / 2;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(half);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return 0.5 * (*middle + *std::max_element(values.begin(), middle));
}

double Median(std::span<const double> values) {
  std::vector<double> copy(values.begin(), values.end());
  return MedianInPlace(copy);
}

double SortedQuantile(std::span<const double> sorted, double probability) {
  const double position = probability * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  if (below + 1 >= sorted.size()) return sorted.back();
  const double part = position - static_cast<double>(below);
  return sorted[below] + part * (sorted[below + 1] - sorted[below]);
}

double MadSigma(std::span<const double> values) {
  std::vector<double> copy(values.begin(), values.end());
  const double center = MedianInPlace(copy);
  for (double& value : copy) value = std::abs(value - center);
  return kMadToSigma * MedianInPlace(copy);
}

double NormalCdf(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

double NormalTwoSided(double z) { return std::erfc(std::abs(z) / std::sqrt(2.0)); }

double NormalQuantile(double probability) {
  if (probability <= 0) return -HUGE_VAL;
  if (probability >= 1) return HUGE_VAL;
  // A rational start (Abramowitz and Stegun 26.2.23, error 4.5e-4), then Newton's method.
  const double tail = std::min(probability, 1 - probability);
  const double t = std::sqrt(-2 * std::log(tail));
  double z = t - (2.515517 + t * (0.802853 + t * 0.010328)) /
                     (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (int step = 0; step < 4; ++step) {
    const double error = 0.5 * std::erfc(z / std::sqrt(2.0)) - tail;
    z += error / (std::exp(-0.5 * z * z) / std::sqrt(2 * M_PI));
  }
  return probability < 0.5 ? -z : z;
}

namespace {

// Continued fraction of the regularized incomplete beta function (Lentz's method).
double BetaFraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;
  double c = 1;
  double d = 1 / std::max(kTiny, 1 - (a + b) * x / (a + 1));
  double value = d;
  for (int m = 1; m < 300; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    for (const double term : {even, odd}) {
      d = 1 + term * d;
      c = 1 + term / c;
      if (std::abs(d) < kTiny) d = kTiny;
      if (std::abs(c) < kTiny) c = kTiny;
      d = 1 / d;
      value *= c * d;
    }
    if (std::abs(c * d - 1) < 1e-14) break;
  }
  return value;
}

double IncompleteBeta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                a * std::log(x) + b * std::log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return front * BetaFraction(a, b, x) / a;
  return 1 - front * BetaFraction(b, a, 1 - x) / b;
}

}  // namespace

double StudentTwoSided(double t, double freedom) {
  return IncompleteBeta(0.5 * freedom, 0.5, freedom / (freedom + t * t));
}

double StudentQuantile(double two_sided, double freedom) {
  double low = 0;
  double high = 1;
  while (StudentTwoSided(high, freedom) > two_sided && high < 1e6) high *= 2;
  for (int step = 0; step < 60; ++step) {
    const double middle = 0.5 * (low + high);
    (StudentTwoSided(middle, freedom) > two_sided ? low : high) = middle;
  }
  return high;
}

double PoissonUpperTail(double mean, double count) {
  if (count <= 0) return 1;
  if (mean <= 0) return 0;
  // Sums the smaller side so that neither underflows nor cancels.
  const double log_first = -mean + count * std::log(mean) - std::lgamma(count + 1);
  if (count > mean) {
    double term = 1;
    double sum = 1;
    for (double k = count + 1; term > 1e-17 * sum; ++k) sum += term *= mean / k;
    return std::exp(log_first) * sum;
  }
  double term = count / mean;
  double sum = 0;
  for (double k = count - 1; k >= 0 && term > 1e-17 * sum; --k) {
    sum += term;
    term *= k / mean;
  }
  return std::max(0.0, 1 - std::exp(log_first) * sum);
}

std::vector<double> FiniteValues(std::span<const double> values, const std::string& name) {
  if (values.empty()) throw std::invalid_argument(name + " is empty");
  std::vector<double> finite;
  finite.reserve(values.size());
  for (const double value : values) {
    if (std::isfinite(value)) finite.push_back(value);
  }
  if (finite.empty()) throw std::invalid_argument(name + " holds no finite value");
  return finite;
}

std::vector<double> FiniteLogs(std::span<const double> values, const std::string& name) {
  std::vector<double> logs = FiniteValues(values, name);
  for (double& value : logs) {
    if (value <= 0) {
      std::ostringstream message;
      message << name << " holds " << value << "; the log scale needs positive values";
      throw std::invalid_argument(message.str());
    }
    value = std::log(value);
  }
  return logs;
}

}  // namespace unpark::stats
