// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Power: what change a number of runs can see, and how many runs it takes to see a given one.
#ifndef DASHBOARD_STATS_CORE_POWER_H_
#define DASHBOARD_STATS_CORE_POWER_H_

#include <cstddef>
#include <cstdint>
#include <span>

namespace unpark::stats {

// Scatter of logs: of the true level from run to run, and of repetitions within a run. More
// repetitions lessen only the second; only more runs lessen the first.
struct NoiseParts {
  double between = 0;
  double within = 0;
  double repetitions = 1;  // typical number of values in a run
};

// Robust analysis of variance: medians of runs and deviations about them.
// REQUIRES: one run number for each value, at least two runs; throws std::invalid_argument.
NoiseParts SplitNoise(std::span<const double> logs, std::span<const std::int64_t> runs);

// Smallest |log ratio| between two groups of `runs` runs of `repetitions` each, seen by a rank test
// at `alpha` with probability `power`. Infinite where so few runs cannot reach alpha at all.
double DetectableLogRatio(const NoiseParts& noise, double runs, double repetitions, double alpha,
                          double power);

// Runs on each side after which `log_ratio` is seen; infinite beyond a million.
double RunsToSee(const NoiseParts& noise, double log_ratio, double repetitions, double alpha,
                 double power);

}  // namespace unpark::stats

#endif  // DASHBOARD_STATS_CORE_POWER_H_
