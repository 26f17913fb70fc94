// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Clusters: two samples whose values come in runs; the run, not the value, is what repeats.
#ifndef DASHBOARD_STATS_CORE_CLUSTERS_H_
#define DASHBOARD_STATS_CORE_CLUSTERS_H_

#include <cstdint>
#include <span>

namespace unpark::stats {

// The shift between two sides on the log scale, from every value of every run.
//
// Test: runs are what is exchanged between the sides, so values of one run may share whatever they
// share. Three scores of a run are tried, means over its values of
//   - the rank among all values (Datta and Satten 2005): any distribution;
//   - the log of the rank (Savage 1956): the fast end weighs most. What disturbs a measurement
//     slows it, so the fast end is where a change of the code is plainest;
//   - the value itself: a slow mode that became more frequent.
// p is that of the largest of the three under all exchanges, so trying three is paid for. A median
// of each run would throw away most of a bimodal benchmark: with three values, of which a fifth
// are in the slow mode, one run in ten would be judged by its accidents.
struct ClusteredShift {
  double shift = 0;  // median of all differences of values (Hodges and Lehmann 1963)
  double low = 0;    // interval of the shift: where the rank score, studentized over runs, rejects
  double high = 0;   // (-inf, inf) with too few runs
  double error = 0;  // of the shift, from the interval's width; inf with too few runs
  double mean = 0;   // difference of the means over runs
  double mean_error = 0;
  double p = 1;           // two-sided, of "the two sides' runs are exchangeable"
  double smallest_p = 1;  // the smallest p that so many runs can give
};

// Values are logs; runs name the run of each value by any number. All exchanges are enumerated
// while there are at most 200,000, else as many are drawn with a fixed seed.
// Throws std::invalid_argument for lengths that differ, an empty side, a value that is not finite,
// or a confidence outside (0, 1).
ClusteredShift ShiftByRuns(std::span<const double> first, std::span<const std::int64_t> first_runs,
                           std::span<const double> second,
                           std::span<const std::int64_t> second_runs, double confidence);

}  // namespace unpark::stats

#endif  // DASHBOARD_STATS_CORE_CLUSTERS_H_
