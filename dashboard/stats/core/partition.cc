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

Partition::Partition(double bound, double penalty) : bound_(bound), penalty_(penalty) {
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

// Adds min((value - level)^2, bound^2) to every piece, cutting those that reach over its corners.
void Partition::AddLoss(double value) {
  const double left = value - bound_;
  const double right = value + bound_;
  scratch_.clear();
  for (const Piece& piece : pieces_) {
    double low = piece.low;
    for (const double edge : {left, right, kInfinity}) {
      const double high = std::min(edge, piece.high);
      if (high <= low) continue;
      Piece part = piece;
      part.low = low;
      part.high = high;
      if (low >= left && high <= right) {
        part.square += 1;
        part.linear -= 2 * value;
        part.constant += value * value;
      } else {
        part.constant += bound_ * bound_;
      }
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
