// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/stats/core/partition.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace unpark::stats {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

Partition::Partition(double bound, double penalty, const std::optional<Modes>& modes)
    : penalty_(penalty) {
  const double limit = bound * bound;
  // Wells by ascending level: the lesser mode's, if any, then the main one's or the reverse.
  struct Well {
    double center;
    double constant;
  };
  std::vector<Well> wells = {{0, 0}};
  if (modes && modes->price < limit) {
    wells.insert(modes->gap > 0 ? wells.begin() : wells.end(),
                 {-modes->gap / modes->sigma, modes->price});
  }
  const auto flat_until = [&](double edge) { loss_.push_back({edge, 0, 0, limit}); };
  for (std::size_t k = 0; k < wells.size(); ++k) {
    const auto [center, constant] = wells[k];
    const double reach = std::sqrt(limit - constant);
    double right = center + reach;
    if (k + 1 < wells.size()) {
      const Well& next = wells[k + 1];
      const double apart = next.center - center;
      const double meet = 0.5 * ((next.constant - constant) / apart + next.center + center);
      if (meet < right) right = meet;
    }
    if (k == 0 || loss_.back().edge < center - reach) flat_until(center - reach);
    loss_.push_back({right, 1, center, constant});
  }
  flat_until(kInfinity);
  pieces_.push_back({-kInfinity, kInfinity, 0, 0, 0, 0});
}

void Partition::Append(double value) {
  AddLoss(value);
  double best = kInfinity;
  std::size_t start = 0;
  for (const Piece& piece : pieces_) {
    double level = piece.low;
    if (piece.square > 0) {
      level = std::clamp(-0.5 * piece.linear / piece.square, piece.low, piece.high);
    }
    const double cost = piece.square > 0
                            ? (piece.square * level + piece.linear) * level + piece.constant
                            : piece.constant;
    if (cost < best) {
      best = cost;
      start = piece.start;
    }
  }
  previous_.push_back(start);
  // Costs stay small if the best is taken off each time; only differences matter.
  for (Piece& piece : pieces_) piece.constant -= best;
  Prune(penalty_, previous_.size());
}

// Adds the loss of a value to every piece, cutting those that reach over its corners.
void Partition::AddLoss(double value) {
  scratch_.clear();
  for (const Piece& piece : pieces_) {
    double low = piece.low;
    for (const Stretch& stretch : loss_) {
      const double high = std::min(value + stretch.edge, piece.high);
      if (high <= low) continue;
      const double center = value + stretch.center;
      Piece part = piece;
      part.low = low;
      part.high = high;
      part.square += stretch.square;
      part.linear -= 2 * stretch.square * center;
      part.constant += stretch.square * center * center + stretch.constant;
      scratch_.push_back(part);
      low = high;
    }
  }
  pieces_.swap(scratch_);
}

// Where the cost is above the ceiling a new segment from `start` is at least as good.
void Partition::Prune(double ceiling, std::size_t start) {
  scratch_.clear();
  const auto renew = [&](double low, double high) {
    if (high <= low) return;
    if (!scratch_.empty() && scratch_.back().start == start) {
      scratch_.back().high = high;
    } else {
      scratch_.push_back({low, high, 0, 0, ceiling, start});
    }
  };
  for (const Piece& piece : pieces_) {
    double low = piece.low;
    double high = piece.high;
    if (piece.square > 0) {
      const double center = -0.5 * piece.linear / piece.square;
      const double bottom = piece.constant - piece.square * center * center;
      const double room = ceiling - bottom;
      const double reach = room > 0 ? std::sqrt(room / piece.square) : -1;
      low = reach < 0 ? piece.high : std::clamp(center - reach, piece.low, piece.high);
      high = reach < 0 ? piece.high : std::clamp(center + reach, piece.low, piece.high);
    } else if (piece.constant >= ceiling) {
      low = high;
    }
    renew(piece.low, low);
    if (low < high) {
      scratch_.push_back(piece);
      scratch_.back().low = low;
      scratch_.back().high = high;
    }
    renew(high, piece.high);
  }
  pieces_.swap(scratch_);
}

std::vector<std::size_t> Partition::Changes() const {
  std::vector<std::size_t> changes;
  for (std::size_t end = previous_.size(); end > 0 && previous_[end - 1] > 0;) {
    end = previous_[end - 1];
    changes.push_back(end);
  }
  std::reverse(changes.begin(), changes.end());
  return changes;
}

}  // namespace unpark::stats
