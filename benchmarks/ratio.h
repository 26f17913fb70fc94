// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// PairedRatio: how many times slower before is than after, with an interval, from paired rounds.

#ifndef BENCHMARKS_RATIO_H_
#define BENCHMARKS_RATIO_H_

#include <string>
#include <vector>

namespace unpark::benchmarks {

struct RatioInterval {
  double ratio = 0;  // median over the rounds of before / after
  double low = 0, high = 0;
};

// The interval is the sign test's: from the k-th smallest to the k-th largest of the rounds'
// ratios, with the largest k that holds the median in at least 95 of 100 such studies. It assumes
// nothing of the noise but that rounds are alike. With fewer than six rounds it is the whole range.
// REQUIRES: both have one value above 0 for each of at least one round.
RatioInterval PairedRatio(const std::vector<double>& before, const std::vector<double>& after);

// What a measured ratio says of a claimed one.
enum class Verdict {
  kNoFigure,    // the claim gives no number
  kReproduces,  // the interval reaches the claim, or the ratio is within a fifth of it
  kWeaker,      // the before is slower, but by less than claimed
  kDoesNot,     // the before is not slower by a twentieth
};
Verdict Judge(double claim, const RatioInterval& measured);

// "44x", "2.4x", "0.97x"
std::string RatioText(double ratio);

}  // namespace unpark::benchmarks

#endif  // BENCHMARKS_RATIO_H_
