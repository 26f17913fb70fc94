// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/stats/core/attribution.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "dashboard/stats/core/numeric.h"

namespace unpark::stats {
namespace {

constexpr double kBound = 3;           // deviations beyond which a value's vote stops growing
constexpr std::size_t kMaxSide = 256;  // places further away than this are not considered

// Lag-1 correlation of residuals, kept within [0, 0.9].
double Correlation(std::span<const double> residuals) {
  double square = 0;
  double product = 0;
  for (std::size_t i = 0; i < residuals.size(); ++i) {
    square += residuals[i] * residuals[i];
    if (i > 0) product += residuals[i] * residuals[i - 1];
  }
  return square > 0 ? std::clamp(product / square, 0.0, 0.9) : 0;
}

}  // namespace

Posterior ChangePosterior(std::span<const double> values, std::size_t begin, std::size_t index,
                          std::size_t end) {
  if (!(begin < index && index < end && end <= values.size())) {
    throw std::invalid_argument("a change needs a segment on both sides within the values");
  }
  begin = std::max(begin, index > kMaxSide ? index - kMaxSide : 0);
  end = std::min(end, index + kMaxSide);
  const double before = Median(values.subspan(begin, index - begin));
  const double after = Median(values.subspan(index, end - index));
  std::vector<double> residuals;
  for (std::size_t i = begin; i < end; ++i) {
    residuals.push_back(values[i] - (i < index ? before : after));
  }
  const double sigma = std::max(MadSigma(residuals), 1e-3 * std::abs(after - before));
  std::vector<double> clipped = residuals;
  for (double& r : clipped) r = std::clamp(r, -kBound * sigma, kBound * sigma);
  const double rho = Correlation(clipped);
  const double temper = (1 - rho) / (1 + rho);
  const auto loss = [&](double value, double level) {
    const double r = sigma > 0 ? (value - level) / sigma : (value == level ? 0 : kBound);
    return std::min(r * r, kBound * kBound);
  };
  // Moving the change past a value swaps the level that the value is measured against.
  Posterior posterior{begin + 1, {}};
  std::vector<double> log_weights{0};
  for (std::size_t i = begin + 1; i + 1 < end; ++i) {
    const double gain = loss(values[i], after) - loss(values[i], before);
    log_weights.push_back(log_weights.back() + 0.5 * temper * gain);
  }
  const double top = *std::max_element(log_weights.begin(), log_weights.end());
  double total = 0;
  for (double& weight : log_weights) total += weight = std::exp(weight - top);
  for (double& weight : log_weights) weight /= total;
  posterior.probabilities = std::move(log_weights);
  return posterior;
}

Range ShortestRange(const Posterior& posterior, double mass) {
  const std::vector<double>& p = posterior.probabilities;
  Range best{0, p.size()};
  double sum = 0;
  std::size_t from = 0;
  for (std::size_t to = 0; to < p.size(); ++to) {
    sum += p[to];
    while (sum - p[from] >= mass) sum -= p[from++];
    if (sum >= mass && to + 1 - from < best.to - best.from) best = {from, to + 1};
  }
  return {posterior.first + best.from, posterior.first + best.to};
}

}  // namespace unpark::stats
