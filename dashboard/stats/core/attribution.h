// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Attribution: where within a range of commits a change lies, as a probability for each place.
#ifndef DASHBOARD_STATS_CORE_ATTRIBUTION_H_
#define DASHBOARD_STATS_CORE_ATTRIBUTION_H_

#include <cstddef>
#include <span>
#include <vector>

namespace unpark::stats {

struct Posterior {
  std::size_t first = 0;              // position that probabilities[0] speaks of
  std::vector<double> probabilities;  // that the first value of the new level is at first + k
};

// The posterior of the place of a change near `index`, all places of the two segments beside it
// equally likely beforehand: levels by their medians, bounded squared loss so that an outlier
// cannot vote more than three deviations, and a likelihood tempered by the correlation of
// neighbouring values (correlated values count for less). Segments: [begin, index), [index, end).
// REQUIRES: begin < index < end <= values.size(), no NaN in the range.
Posterior ChangePosterior(std::span<const double> values, std::size_t begin, std::size_t index,
                          std::size_t end);

// The shortest run of places that holds at least `mass` of the probability: [from, to).
struct Range {
  std::size_t from = 0;
  std::size_t to = 0;
};
Range ShortestRange(const Posterior& posterior, double mass);

}  // namespace unpark::stats

#endif  // DASHBOARD_STATS_CORE_ATTRIBUTION_H_
