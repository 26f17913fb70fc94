// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// ChangePoints: where the level of a noisy history changed, by how much and how surely.
#ifndef DASHBOARD_STATS_CORE_CHANGE_POINTS_H_
#define DASHBOARD_STATS_CORE_CHANGE_POINTS_H_

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "dashboard/stats/core/level_shift.h"
#include "dashboard/stats/core/modes.h"
#include "dashboard/stats/core/noise.h"
#include "dashboard/stats/core/partition.h"

namespace unpark::stats {

struct ChangePoint {
  std::size_t index = 0;  // position of the first value of the new level
  double shift = 0;       // new level - old level, on the scale of the values given
  double low = 0;         // 95 % interval of the shift
  double high = 0;
  double p = 1;            // two-sided, of no shift at this place, noise inflation included
  bool confirmed = false;  // false: suspected, more values or a rerun will tell
};

// Finds the changes of a history as it grows. How it decides:
// 0. A slope that all segments share is taken out, and a second mode of the noise is learned.
// 1. Partition gives candidates: the optimal segments under a loss that outliers cannot sway.
// 2. Each candidate must pass a test of its two segments, weakest dropped first: a shift that
//    stands out from the noise at windows of that size, fits better than a slope, and is placed.
// 3. Short visits to a level that the history visits again and again are a mode of the noise.
// The noise model is refitted at fixed lengths only (every value up to 64, then every 1/64 to 1/32
// of the length), so that the answer depends on the values alone: appending gives exactly what a
// fresh run over the same values gives.
// Not thread-safe; different detectors are independent.
class Detector {
 public:
  // NaN marks a missing value: it counts as a position and is otherwise skipped.
  void Append(double value);
  // The confirmed changes, oldest first.
  std::vector<ChangePoint> ChangePoints();
  // What the last values hint at and the rules above do not confirm yet: at most one.
  std::optional<ChangePoint> Suspect();
  std::size_t size() const { return positions_; }

 private:
  static constexpr std::size_t kLongSide = 24;  // values

  // A place between two segments, as far as the judge looks: [begin, at) against [at, end).
  struct Place {
    std::size_t begin;
    std::size_t at;
    std::size_t end;
    bool operator==(const Place&) const = default;
  };
  struct PlaceHash {
    std::size_t operator()(const Place& place) const;
  };
  struct Opinion {
    Views views;
    std::optional<std::size_t> best_place;
    std::optional<Location> location;
  };
  using Edges = std::vector<std::size_t>;  // 0, the changes, the number of values

  void Refit();
  void FitPrefix();
  double CommonSlope(const Edges& edges) const;
  Edges AllEdges(std::size_t end) const;
  std::vector<double> WithoutLargestSteps(const Edges& edges) const;
  Opinion& Judge(const Edges& edges, std::size_t k);
  double Margin(const LevelShift& shift) const;
  double Margin(const Edges& edges, std::size_t k);
  const LevelShift& Clearer(const Views& views) const;
  void DropWeak(Edges* edges);
  bool MoveToBestPlaces(Edges* edges);
  bool DropVisits(Edges* edges) const;
  double LevelNear(std::size_t begin, std::size_t end, bool last) const;
  Edges Confirmed();

  std::vector<double> values_;       // the finite ones
  std::vector<double> level_;        // the same less the common slope, as far as looked at
  double slope_ = 0;                 // a value
  std::vector<std::size_t> places_;  // the position of each finite value
  std::size_t positions_ = 0;
  double scale_ = 1;                            // what the partition divides by
  double center_ = 0;                           // what the partition subtracts
  std::array<double, kLongSide + 1> limits_{};  // |z| that a shift needs, by its shorter side
  std::optional<Modes> modes_;                  // of a prefix of the values
  std::optional<NoiseModel> noise_;  // of a prefix of the values, its largest steps taken out
  std::optional<Partition> partition_;
  std::unordered_map<Place, Opinion, PlaceHash> opinions_;  // since the last refit
};

// All values at once; the same answer as a Detector that saw them one by one.
std::vector<ChangePoint> FindChangePoints(std::span<const double> values);

}  // namespace unpark::stats

#endif  // DASHBOARD_STATS_CORE_CHANGE_POINTS_H_
