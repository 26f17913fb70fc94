// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Sweep: what came out with one parameter moved, and where the after stops paying.

#ifndef BENCHMARKS_SWEEP_H_
#define BENCHMARKS_SWEEP_H_

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "benchmarks/ratio.h"
#include "patterns/pair.h"

namespace unpark::benchmarks {

// One value of the parameter. Times are medians: of an operation, or the p99 of a request.
struct SweepPoint {
  std::int64_t value = 0;
  double before_ns = 0, after_ns = 0;
  double saved_cpu_ns = 0;  // before's CPU time less after's
  RatioInterval ratio;

  // The after is faster by more than a twentieth, and surely faster.
  bool Pays() const { return ratio.ratio >= 1.05 && ratio.low > 1; }
};

// Where the after pays, in a sentence: "the after pays up to work_rounds 1000, not from 5000 on".
// REQUIRES: there is at least one point; values ascend.
std::string Crossover(const std::string& parameter, const std::vector<SweepPoint>& points);

// A table, the crossover and, beside it, the threshold of the pair's text. `metric` is "ns_per_op"
// or "p99_ns".
void PrintSweep(const patterns::PairInfo& pair, const std::string& metric,
                const std::vector<SweepPoint>& points, std::ostream& out);

// The same as one JSON object.
std::string SweepJson(const patterns::PairInfo& pair, const std::string& metric,
                      const std::vector<SweepPoint>& points);

}  // namespace unpark::benchmarks

#endif  // BENCHMARKS_SWEEP_H_
