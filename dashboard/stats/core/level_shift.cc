// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/stats/core/level_shift.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "dashboard/stats/core/numeric.h"

namespace unpark::stats {
namespace {

constexpr double kClip = 3.2;      // deviations kept of a value about its side's median
constexpr double kCostBound = 8;   // deviations that count of what two modes cost at one level
constexpr std::size_t kNear = 32;  // values a side of the near view
constexpr double kRare =
    0.1;  // a share of outliers up to this is left out, else they may be a mode
constexpr std::size_t kPlaceReach = 64;
constexpr double kNearer = 0.005;  // what a place loses to a likelier one for each value between
constexpr double kLeastDoubt = 1e-12;  // of two modes, below which it bears on nothing
constexpr double kPriorValues = 6;     // weight of the history's deviation against the windows' own
constexpr double kGlobalWeight =
    0.4;  // of the history's correlation, a value, against the windows'
constexpr double kCorrelationSpread = 4;  // added to the correlation, over the values it rests on
constexpr double kLineMargin = 2;  // a step must fit better than a slope by this log likelihood

// Student's t as a normal deviate (Wallace 1959).
double NormalDeviate(double t, double freedom) {
  return std::sqrt(freedom * std::log1p(t * t / freedom)) * (8 * freedom + 1) / (8 * freedom + 3);
}

// Sum of squares left when one straight line is fitted through both sides.
double LineResidual(std::span<const double> left, std::span<const double> right, double total) {
  double sum_y = 0;
  double sum_xy = 0;
  double x = 0;
  for (const auto& side : {left, right}) {
    for (const double y : side) {
      sum_y += y;
      sum_xy += x * y;
      x += 1;
    }
  }
  const double spread_x = x * (x * x - 1) / 12;
  const double product = sum_xy - 0.5 * (x - 1) * sum_y;
  return total - product * product / spread_x;
}

}  // namespace

ShiftJudge::Side ShiftJudge::Summarize(std::size_t begin, std::size_t end, Fold fold) const {
  Side side;
  auto part = values_.subspan(begin, end - begin);
  std::vector<double> folded;
  double sigma = noise_.sigma();
  if (modes_ && fold == Fold::kNo) sigma = std::max(sigma, modes_->spread);
  if (modes_ && fold == Fold::kYes) {
    const double level = modes_->Level(part, kClip);
    for (const double value : part) {
      side.cost += modes_->Cost(value, level, kCostBound);
      folded.push_back(modes_->Folded(value, level));
    }
    part = folded;
  }
  side.values.assign(part.begin(), part.end());
  const double median = MedianInPlace(side.values);
  for (double& value : side.values) value = std::abs(value - median);
  const double own = kMadToSigma * MedianInPlace(side.values);
  const double reach = kClip * std::max(sigma, own);
  const auto outlier = [&](double value) { return std::abs(value - median) > reach; };
  const auto outliers = std::count_if(part.begin(), part.end(), outlier);
  const bool rare = static_cast<double>(outliers) <= kRare * side.size();
  side.values.clear();
  for (const double value : part) {
    if (rare && outlier(value)) continue;
    side.values.push_back(std::clamp(value, median - reach, median + reach));
    side.mean += side.values.back();
  }
  side.mean /= side.size();
  for (const double value : side.values) {
    side.squares += (value - side.mean) * (value - side.mean);
  }
  return side;
}

double ShiftJudge::LocalCorrelation(const Side& left, const Side& right) const {
  double product = 0;
  for (const Side* side : {&left, &right}) {
    for (std::size_t i = 1; i < side->values.size(); ++i) {
      product += (side->values[i] - side->mean) * (side->values[i - 1] - side->mean);
    }
  }
  const double count = left.size() + right.size();
  const double squares = left.squares + right.squares;
  double own = squares > 0 ? product / squares : 0;
  own += (2 + 6 * std::max(0.0, own)) / count;  // two fitted means bias it towards -1 / count
  const double weight = kGlobalWeight * static_cast<double>(noise_.size());
  const double mixed = (count * own + weight * noise_.correlation()) / (count + weight);
  return std::clamp(mixed + kCorrelationSpread / (count + weight), 0.0, 0.9);
}

LevelShift ShiftJudge::Through(std::size_t begin, std::size_t at, std::size_t end) const {
  const Side left = Summarize(begin, at);
  const Side right = Summarize(at, end);
  const double count = left.size() + right.size();
  const double within = left.squares + right.squares;
  const double freedom = count - 2 + kPriorValues;
  const double global = noise_.sigma() * noise_.sigma();
  const double variance = (within + kPriorValues * global) / freedom;
  LevelShift result;
  result.shorter = std::min(at - begin, end - at);
  result.correlation = LocalCorrelation(left, right);
  const double inflation_left = noise_.Inflation(left.size(), result.correlation);
  const double inflation_right = noise_.Inflation(right.size(), result.correlation);
  result.shift = right.mean - left.mean;
  result.error =
      std::sqrt(variance * (inflation_left / left.size() + inflation_right / right.size()));
  result.z = NormalDeviate(result.shift / result.error, freedom);
  if (modes_) {
    // Each side may choose what it takes for its main mode: what one level for both would cost
    // more is what the shift is worth.
    const double together = Summarize(begin, end).cost;
    const double inflation =
        (inflation_left * right.size() + inflation_right * left.size()) / count;
    const double worth = std::max(0.0, together - left.cost - right.cost) / (variance * inflation);
    double z = std::min(std::abs(result.z), std::sqrt(worth));
    // If there is one mode after all, the shift must stand out from the whole scatter.
    if (modes_->doubt > kLeastDoubt) {
      const double chance = modes_->doubt * NormalTwoSided(PlainDeviate(begin, at, end));
      if (chance > kLeastDoubt) z = std::min(z, NormalQuantile(1 - 0.5 * chance));
    }
    result.z = std::copysign(z, result.shift);
  }
  const double total = within + left.size() * right.size() / count * result.shift * result.shift;
  const double gain = LineResidual(left.values, right.values, total) - within;
  result.line_margin =
      gain / (variance * std::sqrt(inflation_left * inflation_right)) - kLineMargin;
  return result;
}

// The shift as a normal deviate if the noise had one mode only.
double ShiftJudge::PlainDeviate(std::size_t begin, std::size_t at, std::size_t end) const {
  const Side left = Summarize(begin, at, Fold::kNo);
  const Side right = Summarize(at, end, Fold::kNo);
  const double freedom = left.size() + right.size() - 2 + kPriorValues;
  const double variance =
      (left.squares + right.squares + kPriorValues * modes_->spread * modes_->spread) / freedom;
  const double correlation = LocalCorrelation(left, right);
  const double error =
      std::sqrt(variance * (noise_.Inflation(left.size(), correlation) / left.size() +
                            noise_.Inflation(right.size(), correlation) / right.size()));
  return NormalDeviate((right.mean - left.mean) / error, freedom);
}

Views ShiftJudge::View(std::size_t begin, std::size_t at, std::size_t end) const {
  const std::size_t left = std::min(at - begin, kReach);
  const std::size_t right = std::min(end - at, kReach);
  Views views;
  views.whole = Through(at - left, at, at + right);
  if (left <= kNear && right <= kNear) {
    views.near = views.whole;
  } else {
    views.near = Through(at - std::min(left, kNear), at, at + std::min(right, kNear));
  }
  return views;
}

// A bounded loss in units of the side's variance.
double ShiftJudge::Loss(double value, double mean, double variance) const {
  const double deviation = value - mean;
  double loss = deviation * deviation / variance;
  if (modes_) {
    const double lesser = deviation - modes_->gap;
    loss = std::min(loss, lesser * lesser / variance + modes_->price);
  }
  return std::min(loss, kClip * kClip);
}

std::size_t ShiftJudge::BestPlace(std::size_t begin, std::size_t at, std::size_t end) const {
  begin = at - std::min(at - begin, kPlaceReach);
  end = at + std::min(end - at, kPlaceReach);
  const Side left = Summarize(begin, at);
  const Side right = Summarize(at, end);
  // Four values' worth of the common variance keep a short side from claiming to be exact.
  const double common = (left.squares + right.squares + 2 * noise_.sigma() * noise_.sigma()) /
                        (left.size() + right.size());
  const double variance_left = (left.squares + 4 * common) / (left.size() + 4);
  const double variance_right = (right.squares + 4 * common) / (right.size() + 4);
  const double log_left = std::log(variance_left);
  const double log_right = std::log(variance_right);
  // What the fit loses if the value goes from the right side to the left.
  const auto price = [&](double value) {
    return Loss(value, left.mean, variance_left) + log_left -
           Loss(value, right.mean, variance_right) - log_right;
  };
  std::size_t place = at;
  double best = -1e-9;
  double sum = 0;
  for (std::size_t i = at; i + kMinSegment < end; ++i) {
    sum += price(values_[i]);
    if (sum < best) {
      best = sum;
      place = i + 1;
    }
  }
  sum = 0;
  for (std::size_t i = at; i-- > begin + kMinSegment;) {
    sum -= price(values_[i]);
    if (sum < best) {
      best = sum;
      place = i;
    }
  }
  return place;
}

// Of a change at begin + 1, begin + 2 ... end - 1, up to a constant. Each place has levels of its
// own, integrated over: with the levels of `at` that place would look surer than it is.
std::vector<double> ShiftJudge::PlaceLogLikelihoods(std::size_t begin, std::size_t at,
                                                    std::size_t end, double correlation) const {
  const Side left = Summarize(begin, at);
  const Side right = Summarize(at, end);
  const double variance = (left.squares + right.squares + 4 * noise_.sigma() * noise_.sigma()) /
                          (left.size() + right.size() + 2);
  // Correlated values count for less.
  const double temper = 0.5 * (1 - correlation) / (1 + correlation);
  std::vector<double> result;
  if (modes_) {
    // Which mode a value is in depends on the level, so the levels stay those of `at`.
    double sum = 0;
    for (std::size_t i = begin; i + 1 < end; ++i) {
      sum -=
          temper * (Loss(values_[i], left.mean, variance) - Loss(values_[i], right.mean, variance));
      result.push_back(sum);
    }
    return result;
  }
  const double reach = kClip * std::sqrt(variance);
  const double low = std::min(left.mean, right.mean) - reach;
  const double high = std::max(left.mean, right.mean) + reach;
  std::vector<double> sums = {0};
  std::vector<double> counts = {0};
  for (std::size_t i = begin; i < end; ++i) {
    const bool kept = low <= values_[i] && values_[i] <= high;
    sums.push_back(sums.back() + (kept ? values_[i] - left.mean : 0));
    counts.push_back(counts.back() + (kept ? 1 : 0));
  }
  for (std::size_t k = 1; k + 1 < sums.size(); ++k) {
    const double before = counts[k];
    const double after = counts.back() - before;
    if (before == 0 || after == 0) {
      result.push_back(-std::numeric_limits<double>::infinity());
      continue;
    }
    const double shift = (sums.back() - sums[k]) / after - sums[k] / before;
    const double information = before * after / counts.back();
    result.push_back(temper * information * shift * shift / variance - 0.5 * std::log(information));
  }
  return result;
}

Location ShiftJudge::Locate(std::size_t begin, std::size_t at, std::size_t end, double correlation,
                            std::size_t margin) const {
  begin = at - std::min(at - begin, kPlaceReach);
  end = at + std::min(end - at, kPlaceReach);
  std::vector<double> weights = PlaceLogLikelihoods(begin, at, end, correlation);
  const double most = *std::max_element(weights.begin(), weights.end());
  double all = 0;
  for (double& weight : weights) {
    weight = std::exp(weight - most);
    all += weight;
  }
  Location location{at, 0};
  double best = 0;
  for (std::size_t k = 0; k < weights.size(); ++k) {
    double inside = 0;
    double near = 0;
    const std::size_t last = std::min(weights.size() - 1, k + margin);
    for (std::size_t j = k - std::min(k, margin); j <= last; ++j) {
      const auto distance = static_cast<double>(std::max(j, k) - std::min(j, k));
      inside += weights[j];
      near += weights[j] * (1 - kNearer * distance);
    }
    if (near <= best) continue;
    best = near;
    location = {begin + 1 + k, inside / all};
  }
  return location;
}

}  // namespace unpark::stats
