// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Partition: optimal segments of a history under a bounded loss, found by functional pruning.
#ifndef DASHBOARD_STATS_CORE_PARTITION_H_
#define DASHBOARD_STATS_CORE_PARTITION_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "dashboard/stats/core/modes.h"

namespace unpark::stats {

// Minimizes sum over segments of (sum of min((y - level)^2, bound^2)) + penalty for each change.
// The bounded ("biweight") loss makes an outlier cost the same in every segment: k values in a row
// can open a segment only if k * bound^2 outweighs the penalty. Fearnhead and Rigaill, JASA 114
// (2019) 169; the pruning is that of Maidstone et al. 2017. Values are added one at a time, so an
// append is one step of the recursion and gives what a fresh run gives. Where the noise has two
// modes, a value costs what the cheaper of them asks: min((y - level)^2, (y - gap - level)^2 +
// price, bound^2), all in deviations within a mode.
class Partition {
 public:
  Partition(double bound, double penalty, const std::optional<Modes>& modes);

  void Append(double value);
  std::size_t size() const { return previous_.size(); }
  // Starts of all segments but the first, ascending.
  std::vector<std::size_t> Changes() const;

 private:
  // On [low, high) the best cost of all values so far, as a function of the current level, is
  // square * level^2 + linear * level + constant; its segment started at `start`.
  struct Piece {
    double low;
    double high;
    double square;
    double linear;
    double constant;
    std::size_t start;
  };

  // The loss of a value is a square about value + center, plus a constant, up to the level
  // value + edge.
  struct Stretch {
    double edge;
    double square;
    double center;
    double constant;
  };

  void AddLoss(double value);
  void Prune(double ceiling, std::size_t start);

  std::vector<Stretch> loss_;
  double penalty_;
  std::vector<Piece> pieces_;
  std::vector<Piece> scratch_;
  std::vector<std::size_t> previous_;  // start of the last segment of the best fit of a prefix
};

}  // namespace unpark::stats

#endif  // DASHBOARD_STATS_CORE_PARTITION_H_
