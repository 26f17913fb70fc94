// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// EffectFloor: the smallest change of a benchmark worth believing, learned from its own history.
#ifndef DASHBOARD_STATS_CORE_EFFECT_FLOOR_H_
#define DASHBOARD_STATS_CORE_EFFECT_FLOOR_H_

#include <span>

namespace unpark::stats {

// The shift between the means of `window` values and the `window` after them that a history without
// a change at that place exceeds only with probability `rate`: noise at that scale included, true
// steps of the history left out of the estimate. Values: an additive scale, NaN missing.
// Throws std::invalid_argument for fewer than 16 finite values, a window of 0 or a rate outside
// (0, 1).
double EffectFloor(std::span<const double> values, double window, double rate);

}  // namespace unpark::stats

#endif  // DASHBOARD_STATS_CORE_EFFECT_FLOOR_H_
