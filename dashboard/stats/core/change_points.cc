// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/stats/core/change_points.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "dashboard/stats/core/numeric.h"

namespace unpark::stats {
namespace {

constexpr std::size_t kFewest = 8;  // values below which nothing is said
constexpr std::size_t kMinSegment = ShiftJudge::kMinSegment;

// Partition: deviations a value may cost, and the penalty kBase + kPerLog ln n of a change. It is
// that of independent noise: what correlation and wander make of a candidate is for the judge.
constexpr double kBound = 3;
constexpr double kPenaltyBase = 13;
constexpr double kPenaltyPerLog = 2.5;

// Steps of so many deviations, the largest few, are taken out before the noise is measured.
constexpr double kLargeStep = 3;
constexpr std::size_t kLargeSteps = 2;
constexpr std::size_t kLastingStep = 8;  // values on either side; shorter levels may be modes

// A slope that all segments share counts from so many of its standard errors on.
constexpr double kClearSlope = 3;

// Judge: false alarms per history of no change, spread over its places and kLooks early looks. A
// place with fewer than kLongSide values on a side has a share of its part that grows with the
// kLooksPower of their number: it is looked at after every new value, and most of what looks like a
// step there comes of noise whose correlation cannot be known yet.
constexpr double kAlpha = 0.2;
constexpr double kLooks = 200;
constexpr double kLooksPower = 4;
constexpr double kLeastShare = 1e-4;
constexpr double kLineUnit = 10;        // log likelihood that weighs as much as a doubled z
constexpr double kMinCertainty = 0.45;  // probability of the place, give or take kPlaceMargin
constexpr std::size_t kPlaceMargin = 5;

// Visits: so many excursions of like height, each shorter than this share, are a mode.
constexpr std::size_t kVisits = 3;
constexpr std::size_t kVisitShare = 32;
constexpr std::size_t kShortVisit = 8;
constexpr std::size_t kLevelReach = 64;

// Suspect: trailing values further out than this many deviations, all on one side.
constexpr double kSuspectDeviations = 4;
constexpr std::size_t kSuspectReach = 8;

// The length up to which the noise model of a history of n values has seen them.
std::size_t FittedLength(std::size_t n) {
  if (n <= 64) return n;
  const std::size_t step = std::bit_floor(n) / 32;
  return n - n % step;
}

}  // namespace

std::size_t Detector::PlaceHash::operator()(const Place& place) const {
  return (place.at * 0x9E3779B97F4A7C15u) ^ (place.begin << 20) ^ place.end;
}

void Detector::Append(double value) {
  const std::size_t position = positions_++;
  if (!std::isfinite(value)) return;
  values_.push_back(value);
  places_.push_back(position);
}

// Brings noise model and partition to the present length, anew only where the model is refitted.
void Detector::Refit() {
  const std::size_t n = values_.size();
  const std::size_t fitted = FittedLength(n);
  if (!noise_ || noise_->size() != fitted) {
    level_.assign(values_.begin(), values_.begin() + static_cast<std::ptrdiff_t>(fitted));
    slope_ = 0;
    FitPrefix();
    slope_ = CommonSlope(AllEdges(fitted));
    if (slope_ != 0) {
      for (std::size_t i = 0; i < fitted; ++i) level_[i] -= slope_ * static_cast<double>(i);
      FitPrefix();
    }
    opinions_.clear();
  }
  while (level_.size() < n) {
    const std::size_t i = level_.size();
    level_.push_back(values_[i] - slope_ * static_cast<double>(i));
    partition_->Append((level_.back() - center_) / scale_);
  }
  const double alpha = kAlpha / (static_cast<double>(n) + kLooks);
  for (std::size_t shorter = 0; shorter <= kLongSide; ++shorter) {
    const double share = static_cast<double>(shorter) / kLongSide;
    const double part = std::max(kLeastShare, std::pow(share, kLooksPower));
    limits_[shorter] = NormalQuantile(1 - 0.5 * alpha * part);
  }
}

void Detector::FitPrefix() {
  const auto n = level_.size();
  modes_ = FindModes(level_);
  scale_ = modes_ ? modes_->sigma : NoiseModel(level_).sigma();
  center_ = level_[n / 2];
  const double penalty = kPenaltyBase + kPenaltyPerLog * std::log(static_cast<double>(n));
  partition_.emplace(kBound, penalty, modes_);
  for (const double value : level_) partition_->Append((value - center_) / scale_);
  noise_.emplace(WithoutLargestSteps(AllEdges(n)));
}

// The creep that all segments share, a value, or 0 if there is none to speak of. A step between
// two segments does not bear on it, so that it is neither taken for creep nor hidden by it.
double Detector::CommonSlope(const Edges& edges) const {
  double products = 0;
  double spread = 0;
  for (std::size_t k = 1; k < edges.size(); ++k) {
    const auto segment = std::span(level_).subspan(edges[k - 1], edges[k] - edges[k - 1]);
    const double level = modes_ ? modes_->Level(segment, kBound) : Median(segment);
    const double middle = 0.5 * static_cast<double>(segment.size() - 1);
    for (std::size_t i = 0; i < segment.size(); ++i) {
      const double value = modes_ ? modes_->Folded(segment[i], level) : segment[i];
      const double reach = (kBound + 1) * scale_;
      const double x = static_cast<double>(i) - middle;
      products += x * std::clamp(value - level, -reach, reach);
      spread += x * x;
    }
  }
  if (spread == 0) return 0;
  const double r = std::max(0.0, noise_->correlation());
  const double error = scale_ * std::sqrt((1 + r) / (1 - r) / spread);
  const double slope = products / spread;
  return std::abs(slope) > kClearSlope * error ? slope : 0;
}

Detector::Edges Detector::AllEdges(std::size_t end) const {
  Edges edges = partition_->Changes();
  edges.insert(edges.begin(), 0);
  edges.push_back(end);
  return edges;
}

// The values up to the last edge less their kLargeSteps largest steps, which would otherwise pass
// for noise at large scales, where there are only a few blocks to take a median of.
std::vector<double> Detector::WithoutLargestSteps(const Edges& edges) const {
  struct Step {
    double weight;
    std::size_t at;
    double shift;
  };
  std::vector<Step> steps;
  for (std::size_t k = 1; k + 1 < edges.size(); ++k) {
    const std::size_t shorter =
        std::min({edges[k] - edges[k - 1], edges[k + 1] - edges[k], kLevelReach});
    const double shift = LevelNear(edges[k], edges[k + 1], /*last=*/false) -
                         LevelNear(edges[k - 1], edges[k], /*last=*/true);
    if (std::abs(shift) < kLargeStep * scale_ || shorter < kLastingStep) continue;
    steps.push_back({std::abs(shift) * std::sqrt(static_cast<double>(shorter)), edges[k], shift});
  }
  const std::size_t taken = std::min(kLargeSteps, steps.size());
  std::partial_sort(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(taken), steps.end(),
                    [](const Step& a, const Step& b) { return a.weight > b.weight; });
  std::vector<double> rest(level_.begin(),
                           level_.begin() + static_cast<std::ptrdiff_t>(edges.back()));
  for (std::size_t k = 1; modes_ && k < edges.size(); ++k) {
    const auto segment = std::span(rest).subspan(edges[k - 1], edges[k] - edges[k - 1]);
    const double level = modes_->Level(segment, kBound);
    for (double& value : segment) value = modes_->Folded(value, level);
  }
  for (std::size_t k = 0; k < taken; ++k) {
    for (std::size_t i = steps[k].at; i < rest.size(); ++i) rest[i] -= steps[k].shift;
  }
  return rest;
}

// The opinion on edge k, which depends on the neighbouring edges no further than the judge reaches.
Detector::Opinion& Detector::Judge(const Edges& edges, std::size_t k) {
  const std::size_t at = edges[k];
  const std::size_t begin = at - std::min(at - edges[k - 1], ShiftJudge::kReach);
  const std::size_t end = at + std::min(edges[k + 1] - at, ShiftJudge::kReach);
  const auto [found, fresh] = opinions_.try_emplace(Place{begin, at, end});
  if (fresh) found->second.views = ShiftJudge(level_, *noise_, modes_).View(begin, at, end);
  return found->second;
}

// Above 0 passes; how far above or below orders the candidates.
double Detector::Margin(const LevelShift& shift) const {
  return std::min({std::abs(shift.z) / limits_[std::min(shift.shorter, kLongSide)] - 1,
                   shift.line_margin / kLineUnit});
}

const LevelShift& Detector::Clearer(const Views& views) const {
  return Margin(views.near) > Margin(views.whole) ? views.near : views.whole;
}

double Detector::Margin(const Edges& edges, std::size_t k) {
  if (edges[k] - edges[k - 1] < kMinSegment || edges[k + 1] - edges[k] < kMinSegment) return -1;
  return Margin(Clearer(Judge(edges, k).views));
}

// Drops the weakest edge until all pass.
void Detector::DropWeak(Edges* edges) {
  std::vector<double> margins(edges->size());
  for (std::size_t k = 1; k + 1 < edges->size(); ++k) margins[k] = Margin(*edges, k);
  while (edges->size() > 2) {
    const auto weakest = std::min_element(margins.begin() + 1, margins.end() - 1);
    if (*weakest >= 0) return;
    const std::size_t k = static_cast<std::size_t>(weakest - margins.begin());
    edges->erase(edges->begin() + static_cast<std::ptrdiff_t>(k));
    margins.erase(weakest);
    for (const std::size_t neighbour : {k - 1, k}) {
      if (neighbour > 0 && neighbour + 1 < edges->size()) {
        margins[neighbour] = Margin(*edges, neighbour);
      }
    }
  }
}

bool Detector::MoveToBestPlaces(Edges* edges) {
  bool moved = false;
  for (std::size_t k = 1; k + 1 < edges->size(); ++k) {
    Opinion& opinion = Judge(*edges, k);
    if (!opinion.best_place) {
      opinion.best_place = ShiftJudge(level_, *noise_, modes_)
                               .BestPlace((*edges)[k - 1], (*edges)[k], (*edges)[k + 1]);
    }
    moved |= *opinion.best_place != (*edges)[k];
    (*edges)[k] = *opinion.best_place;
  }
  return moved;
}

// Median of at most kLevelReach values at the chosen end of a segment.
double Detector::LevelNear(std::size_t begin, std::size_t end, bool last) const {
  const std::size_t count = std::min(end - begin, kLevelReach);
  return Median(std::span(level_).subspan(last ? end - count : begin, count));
}

// Drops both edges of excursions that recur: short, back to where they came from, of like height.
bool Detector::DropVisits(Edges* edges) const {
  const Edges& e = *edges;
  if (e.size() < 2 + 2 * kVisits) return false;
  const std::size_t longest = std::max(kShortVisit, values_.size() / kVisitShare);
  std::vector<std::pair<std::size_t, double>> visits;  // edge where it begins, height
  for (std::size_t k = 1; k + 2 < e.size(); ++k) {
    if (e[k + 1] - e[k] > longest) continue;
    const double before = LevelNear(e[k - 1], e[k], /*last=*/true);
    const double after = LevelNear(e[k + 1], e[k + 2], /*last=*/false);
    const double height = LevelNear(e[k], e[k + 1], false) - 0.5 * (before + after);
    if (std::abs(after - before) < 0.5 * std::abs(height)) visits.emplace_back(k, height);
  }
  Edges kept = e;
  for (const auto& [k, height] : visits) {
    const auto alike =
        std::count_if(visits.begin(), visits.end(), [height = height](const auto& other) {
          const double ratio = other.second / height;
          return ratio > 0.5 && ratio < 2;
        });
    if (static_cast<std::size_t>(alike) >= kVisits) {
      std::erase(kept, e[k]);
      std::erase(kept, e[k + 1]);
    }
  }
  const bool dropped = kept.size() < e.size();
  *edges = std::move(kept);
  return dropped;
}

Detector::Edges Detector::Confirmed() {
  const std::size_t n = values_.size();
  if (n < kFewest) return {0, n};
  Refit();
  Edges edges = AllEdges(n);
  DropWeak(&edges);
  // A moved edge may fail where it passed; each round that follows drops one, so this ends.
  for (std::size_t before = 0; MoveToBestPlaces(&edges) && before != edges.size();) {
    before = edges.size();
    DropWeak(&edges);
  }
  if (DropVisits(&edges)) DropWeak(&edges);
  return edges;
}

std::vector<ChangePoint> Detector::ChangePoints() {
  const Edges edges = Confirmed();
  std::vector<ChangePoint> changes;
  for (std::size_t k = 1; k + 1 < edges.size(); ++k) {
    Opinion& opinion = Judge(edges, k);
    const LevelShift& shift = Clearer(opinion.views);
    if (!opinion.location) {
      opinion.location =
          ShiftJudge(level_, *noise_, modes_)
              .Locate(edges[k - 1], edges[k], edges[k + 1], shift.correlation, kPlaceMargin);
    }
    if (opinion.location->certainty < kMinCertainty) continue;
    // Two changes may both be drawn into the segment between them: they must not cross.
    std::size_t index = places_[opinion.location->at];
    if (!changes.empty() && index <= changes.back().index) index = places_[edges[k]];
    const double half = NormalQuantile(0.975) * shift.error;
    changes.push_back({index, shift.shift, shift.shift - half, shift.shift + half,
                       NormalTwoSided(shift.z), true});
  }
  return changes;
}

std::optional<ChangePoint> Detector::Suspect() {
  const Edges edges = Confirmed();
  const std::size_t begin = edges[edges.size() - 2];
  const std::size_t n = values_.size();
  if (n < kFewest || n - begin < kFewest) return std::nullopt;
  const std::size_t reach = std::min((n - begin) / 2, kSuspectReach);
  const auto past = std::span(level_).subspan(begin, n - reach - begin);
  const auto recent = past.last(std::min(past.size(), kLevelReach));
  const double level = Median(recent);
  const double sigma = std::max(noise_->sigma(), MadSigma(recent));
  const double sign = level_.back() < level ? -1 : 1;
  std::size_t from = n;
  while (from > n - reach && sign * (level_[from - 1] - level) > kSuspectDeviations * sigma) {
    --from;
  }
  if (from == n) return std::nullopt;
  const auto tail = std::span(level_).subspan(from);
  const auto count = static_cast<double>(tail.size());
  const double error = sigma * std::sqrt(1 / count + 1 / static_cast<double>(recent.size()));
  const double shift = Median(tail) - level;
  const double half = NormalQuantile(0.975) * error;
  return ChangePoint{
      places_[from], shift, shift - half, shift + half, NormalTwoSided(shift / error), false};
}

std::vector<ChangePoint> FindChangePoints(std::span<const double> values) {
  Detector detector;
  for (const double value : values) detector.Append(value);
  return detector.ChangePoints();
}

}  // namespace unpark::stats
