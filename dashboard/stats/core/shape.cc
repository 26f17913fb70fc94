// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/stats/core/shape.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "dashboard/stats/core/change_points.h"
#include "dashboard/stats/core/noise.h"
#include "dashboard/stats/core/numeric.h"

namespace unpark::stats {
namespace {

constexpr double kMaxP = 0.001;
constexpr double kRecoveredShare = 0.35;  // of the shift that may be left after the recovery
constexpr std::size_t kFewestForDrift = 16;
constexpr std::size_t kFewestForScatter = 8;  // values on each side
constexpr double kMinDrift = 1;               // deviations of one value, over the whole drift
constexpr double kMinScatterRatio = 1.5;
constexpr double kOutlierDeviations = 6;
constexpr double kModeSeparation = 4;   // distance of modes, in deviations within a mode
constexpr double kNewModeShare = 0.1;   // of the values since, at least
constexpr double kOldModeShare = 0.05;  // of the values before, at most

// The finite values with their positions; everything below works on these.
struct Series {
  std::vector<double> values;
  std::vector<std::size_t> places;
  std::size_t positions = 0;

  std::size_t Place(std::size_t i) const { return i < places.size() ? places[i] : positions; }
};

Series Finite(std::span<const double> values) {
  Series series{{}, {}, values.size()};
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) continue;
    series.values.push_back(values[i]);
    series.places.push_back(i);
  }
  return series;
}

// Steps and recovered steps; takes the segments' levels off the values.
void ExplainSteps(Series* series, std::vector<std::size_t>* edges, std::vector<Shape>* shapes) {
  const std::vector<ChangePoint> changes = FindChangePoints(series->values);
  edges->assign(1, 0);
  for (const ChangePoint& change : changes) edges->push_back(change.index);
  edges->push_back(series->values.size());
  std::vector<double> levels;
  for (std::size_t k = 0; k + 1 < edges->size(); ++k) {
    const std::size_t begin = (*edges)[k];
    const auto segment = std::span(series->values).subspan(begin, (*edges)[k + 1] - begin);
    levels.push_back(Median(segment));
    for (double& value : segment) value -= levels.back();
  }
  for (std::size_t k = 0; k < changes.size(); ++k) {
    const double shift = levels[k + 1] - levels[k];
    Shape shape{ShapeKind::kStep, series->Place(changes[k].index), series->positions, shift,
                changes[k].p};
    const bool undone = k + 1 < changes.size() &&
                        std::abs(levels[k + 2] - levels[k]) < kRecoveredShare * std::abs(shift);
    if (undone) {
      shape.kind = ShapeKind::kRecovered;
      shape.end = series->Place(changes[k + 1].index);
      ++k;
    } else if (k + 1 < changes.size()) {
      shape.end = series->Place(changes[k + 1].index);
    }
    shapes->push_back(shape);
  }
}

double TheilSenSlope(std::span<const double> values) {
  // Pairs half a segment apart: their slopes are the least shaky, and there are only n / 2.
  std::vector<double> slopes;
  const std::size_t half = values.size() / 2;
  for (std::size_t i = 0; i + half < values.size(); ++i) {
    slopes.push_back((values[i + half] - values[i]) / static_cast<double>(half));
  }
  return MedianInPlace(slopes);
}

// Kendall's S against time as a normal deviate, its variance inflated for correlated neighbours.
double TrendDeviate(std::span<const double> values, double slope) {
  const std::size_t n = values.size();
  double s = 0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i + 1; j < n; ++j) {
      s += (values[j] > values[i]) - (values[j] < values[i]);
    }
  }
  std::vector<double> residuals(n);
  for (std::size_t i = 0; i < n; ++i) {
    residuals[i] = values[i] - slope * static_cast<double>(i);
  }
  const double r = std::max(0.0, NoiseModel(residuals).correlation());
  const auto count = static_cast<double>(n);
  const double variance = count * (count - 1) * (2 * count + 5) / 18 * (1 + r) / (1 - r);
  return s / std::sqrt(variance);
}

// Drifts of the segments; takes their lines off the values. Thinned beyond 512 values a segment.
void ExplainDrifts(Series* series, const std::vector<std::size_t>& edges,
                   std::vector<Shape>* shapes) {
  for (std::size_t k = 0; k + 1 < edges.size(); ++k) {
    const std::size_t count = edges[k + 1] - edges[k];
    if (count < kFewestForDrift) continue;
    const auto segment = std::span(series->values).subspan(edges[k], count);
    const double slope = TheilSenSlope(segment);
    const double rise = slope * static_cast<double>(count);
    std::vector<double> level(segment.begin(), segment.end());
    for (std::size_t i = 0; i < count; ++i) level[i] -= slope * static_cast<double>(i);
    if (std::abs(rise) < kMinDrift * MadSigma(level)) continue;
    const std::size_t stride = count / 512 + 1;
    std::vector<double> thin;
    for (std::size_t i = 0; i < count; i += stride) thin.push_back(segment[i]);
    const double p = NormalTwoSided(TrendDeviate(thin, slope * static_cast<double>(stride)));
    if (p > kMaxP) continue;
    shapes->push_back(
        {ShapeKind::kDrift, series->Place(edges[k]), series->Place(edges[k + 1]), rise, p});
    const double center = Median(level);
    for (std::size_t i = 0; i < count; ++i) segment[i] = level[i] - center;
  }
}

// The cut between two clusters that leaves the least variance within them (Otsu 1979).
struct Cut {
  double at = 0;
  double distance = 0;   // of the clusters' means
  double deviation = 0;  // within clusters
};

Cut BestCut(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const auto n = static_cast<double>(sorted.size());
  const double total = std::accumulate(sorted.begin(), sorted.end(), 0.0);
  double squares = 0;
  for (const double value : sorted) squares += value * value;
  Cut best;
  double most = -1;
  double sum = 0;
  for (std::size_t i = 0; i + 1 < sorted.size(); ++i) {
    sum += sorted[i];
    const double below = static_cast<double>(i + 1);
    const double distance = (total - sum) / (n - below) - sum / below;
    const double between = below * (n - below) / n * distance * distance;
    if (between <= most) continue;
    most = between;
    const double within = std::max(0.0, squares - total * total / n - between);
    best = {0.5 * (sorted[i] + sorted[i + 1]), distance, std::sqrt(within / n)};
  }
  return best;
}

// A cluster of values that hardly occurred before some place and is common since.
std::optional<Shape> FindNewMode(const Series& series) {
  const std::size_t n = series.values.size();
  if (n < 2 * kFewestForScatter) return std::nullopt;
  const Cut cut = BestCut(series.values);
  if (cut.distance < kModeSeparation * cut.deviation) return std::nullopt;
  const auto above = static_cast<std::size_t>(std::count_if(
      series.values.begin(), series.values.end(), [&](double v) { return v > cut.at; }));
  const bool rare_is_above = 2 * above <= n;
  const auto rare = [&](double value) { return (value > cut.at) == rare_is_above; };
  const std::size_t all = rare_is_above ? above : n - above;
  if (all < 4) return std::nullopt;
  // The place that best splits the shares of the rare cluster, by the binomial log likelihood.
  const auto likelihood = [](double hits, double count) {
    const double share = hits / count;
    return (hits > 0 ? hits * std::log(share) : 0) +
           (hits < count ? (count - hits) * std::log1p(-share) : 0);
  };
  const double none = likelihood(static_cast<double>(all), static_cast<double>(n));
  double best = 0;
  std::size_t place = 0;
  double hits = 0;
  double hits_at_place = 0;
  double looks = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (i >= kFewestForScatter && i + kFewestForScatter <= n && rare(series.values[i])) {
      looks += 1;
      const auto before = static_cast<double>(i);
      const double gain =
          likelihood(hits, before) +
          likelihood(static_cast<double>(all) - hits, static_cast<double>(n) - before) - none;
      if (gain > best) {
        best = gain;
        place = i;
        hits_at_place = hits;
      }
    }
    hits += rare(series.values[i]);
  }
  const auto before = static_cast<double>(place);
  const double since = static_cast<double>(n) - before;
  // A mode that becomes rarer is not new, so one side counts; and only its own values are places.
  const double p = std::min(1.0, looks * 0.5 * NormalTwoSided(std::sqrt(2 * best)));
  const bool is_new = place > 0 && p <= kMaxP && hits_at_place <= kOldModeShare * before &&
                      static_cast<double>(all) - hits_at_place >= kNewModeShare * since;
  if (!is_new) return std::nullopt;
  return Shape{ShapeKind::kNewMode, series.Place(place), series.positions,
               rare_is_above ? cut.distance : -cut.distance, p};
}

// The place where the ranks of absolute residuals change most.
std::optional<Shape> FindVarianceChange(const Series& series) {
  const std::size_t n = series.values.size();
  if (n < 2 * kFewestForScatter) return std::nullopt;
  std::vector<double> sizes;
  for (const double value : series.values) sizes.push_back(std::abs(value));
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return sizes[a] < sizes[b]; });
  std::vector<double> rank(n);
  for (std::size_t k = 0; k < n; ++k) rank[order[k]] = static_cast<double>(k + 1);
  const auto count = static_cast<double>(n);
  double sum = 0;
  double best = 0;
  std::size_t place = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const auto before = static_cast<double>(i);
    if (i >= kFewestForScatter && i + kFewestForScatter <= n) {
      const double variance = before * (count - before) * (count + 1) / 12;
      const double z = std::abs(sum - before * (count + 1) / 2) / std::sqrt(variance);
      if (z > best) {
        best = z;
        place = i;
      }
    }
    sum += rank[i];
  }
  const double p = std::min(1.0, count * NormalTwoSided(best));
  if (place == 0 || p > kMaxP) return std::nullopt;
  const double before = MadSigma(std::span(series.values).first(place));
  const double after = MadSigma(std::span(series.values).subspan(place));
  const double ratio = before > 0 && after > 0 ? std::log(after / before) : 0;
  if (std::abs(ratio) < std::log(kMinScatterRatio)) return std::nullopt;
  return Shape{ShapeKind::kVariance, series.Place(place), series.positions, ratio, p};
}

void FindOutliers(const Series& series, std::vector<Shape>* shapes) {
  const double sigma = MadSigma(series.values);
  if (sigma == 0) return;
  const auto far = std::count_if(series.values.begin(), series.values.end(), [sigma](double value) {
    return std::abs(value) >= kOutlierDeviations * sigma;
  });
  // So many are how the benchmark is, a mode that was always there or may have been.
  if (static_cast<double>(far) > kNewModeShare * static_cast<double>(series.values.size())) return;
  for (std::size_t i = 0; i < series.values.size(); ++i) {
    const double deviations = std::abs(series.values[i]) / sigma;
    if (deviations < kOutlierDeviations) continue;
    const double p =
        std::min(1.0, static_cast<double>(series.values.size()) * NormalTwoSided(deviations));
    shapes->push_back(
        {ShapeKind::kOutlier, series.Place(i), series.Place(i) + 1, series.values[i], p});
  }
}

}  // namespace

std::vector<Shape> FindShapes(std::span<const double> all) {
  Series series = Finite(all);
  std::vector<Shape> shapes;
  if (series.values.size() < kFewestForScatter) return shapes;
  std::vector<std::size_t> edges;
  ExplainSteps(&series, &edges, &shapes);
  ExplainDrifts(&series, edges, &shapes);
  if (const auto mode = FindNewMode(series)) {
    shapes.push_back(*mode);
  } else {
    if (const auto variance = FindVarianceChange(series)) shapes.push_back(*variance);
    FindOutliers(series, &shapes);
  }
  std::stable_sort(shapes.begin(), shapes.end(),
                   [](const Shape& a, const Shape& b) { return a.begin < b.begin; });
  return shapes;
}

}  // namespace unpark::stats
