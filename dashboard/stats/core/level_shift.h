// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// LevelShift: is there a step between two neighbouring segments, how large, how sure, and where?
#ifndef DASHBOARD_STATS_CORE_LEVEL_SHIFT_H_
#define DASHBOARD_STATS_CORE_LEVEL_SHIFT_H_

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "dashboard/stats/core/modes.h"
#include "dashboard/stats/core/noise.h"

namespace unpark::stats {

// The shift between the values on both sides of a place, seen through a window.
struct LevelShift {
  double shift = 0;         // mean after - mean before, outliers pulled in
  double error = 0;         // its standard error, inflated by the noise at these window sizes
  double z = 0;             // shift / error as a normal deviate
  double line_margin = 0;   // how much better a step fits than a slope, above 0 is a step
  double correlation = 0;   // lag-1, of the values about the two levels
  std::size_t shorter = 0;  // values on the side that has fewer
};

// The same place seen through the whole segments (to 256 values a side) and through the nearest
// values only: a step into a slow recovery is plain near by and vanishes in the whole.
struct Views {
  LevelShift whole;
  LevelShift near;
};

// Where a change lies, as far as its values tell.
struct Location {
  std::size_t at = 0;    // the middle of the places that hold most of the probability
  double certainty = 0;  // probability that the change lies within the margin of it
};

// All functions see values[begin, at) against values[at, end), REQUIRE begin < at < end, and look
// no further than kReach values to either side.
class ShiftJudge {
 public:
  static constexpr std::size_t kReach = 256;
  static constexpr std::size_t kMinSegment = 3;  // BestPlace leaves so many on either side

  // `noise` is that within a mode where there are `modes`.
  ShiftJudge(std::span<const double> values, const NoiseModel& noise,
             const std::optional<Modes>& modes)
      : values_(values), noise_(noise), modes_(modes) {}

  Views View(std::size_t begin, std::size_t at, std::size_t end) const;
  // The place that splits the values best when each side has its own level and scatter.
  std::size_t BestPlace(std::size_t begin, std::size_t at, std::size_t end) const;
  // The place with the most probability within `margin` of it, of equal ones the likeliest.
  Location Locate(std::size_t begin, std::size_t at, std::size_t end, double correlation,
                  std::size_t margin) const;

 private:
  struct Side {
    std::vector<double> values;  // outliers left out or pulled in, the lesser mode folded
    double mean = 0;
    double squares = 0;  // sum of squared deviations from the mean
    double cost = 0;     // with two modes: squared deviations and prices, see Modes::Cost
    double size() const { return static_cast<double>(values.size()); }
  };

  enum class Fold { kNo, kYes };  // values of the lesser mode into the main one

  Side Summarize(std::size_t begin, std::size_t end, Fold fold = Fold::kYes) const;
  LevelShift Through(std::size_t begin, std::size_t at, std::size_t end) const;
  double PlainDeviate(std::size_t begin, std::size_t at, std::size_t end) const;
  double Loss(double value, double mean, double variance) const;
  std::vector<double> PlaceLogLikelihoods(std::size_t begin, std::size_t at, std::size_t end,
                                          double correlation) const;
  double LocalCorrelation(const Side& left, const Side& right) const;

  std::span<const double> values_;
  const NoiseModel& noise_;
  const std::optional<Modes>& modes_;
};

}  // namespace unpark::stats

#endif  // DASHBOARD_STATS_CORE_LEVEL_SHIFT_H_
