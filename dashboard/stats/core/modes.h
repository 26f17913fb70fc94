// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Modes: noise that now and then takes a second way, a fixed distance off the usual one.
#ifndef DASHBOARD_STATS_CORE_MODES_H_
#define DASHBOARD_STATS_CORE_MODES_H_

#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace unpark::stats {

// A value is level + noise or, with the lesser share, level + gap + noise. Knowing that, a history
// is judged by the scatter within a mode, which may be half of the whole scatter.
struct Modes {
  double gap = 0;     // the lesser mode less the main one
  double sigma = 0;   // deviation within a mode
  double price = 0;   // what the lesser mode costs: -2 log of the ratio of the shares
  double spread = 0;  // deviation of all values, both modes taken together
  double doubt = 0;   // probability that there is one mode only

  // Where a value of the lesser mode would have been, had it been in the main one.
  double Folded(double value, double level) const {
    return IsLesser(value, level) ? value - gap : value;
  }
  bool IsLesser(double value, double level) const {
    const double main = value - level;
    const double lesser = main - gap;
    return lesser * lesser + price * sigma * sigma < main * main;
  }
  // Squared deviations that a value costs at a level, at most `bound`^2.
  double Cost(double value, double level, double bound) const;
  // The level at which the values cost least.
  double Level(std::span<const double> values, double bound) const;
};

// Learns the modes by maximum likelihood (Dempster, Laird and Rubin 1977) within short blocks, each
// with a level of its own, so that steps and drift hardly matter. Nothing where one mode explains
// the values about as well, where the modes are not apart, or where the history dwells in them:
// then it wanders. Looks at 1024 values at most, spread over the history.
std::optional<Modes> FindModes(std::span<const double> values);

}  // namespace unpark::stats

#endif  // DASHBOARD_STATS_CORE_MODES_H_
