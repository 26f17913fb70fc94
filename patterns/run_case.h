// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// RunCase: runs a case for a test, and tells what it did.

#ifndef UNPARK_PATTERNS_RUN_CASE_H_
#define UNPARK_PATTERNS_RUN_CASE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "patterns/pair.h"
#include "runtime/options.h"

namespace unpark::patterns {

using Events = std::map<std::string, double>;

// What one case did in some Runs.
struct Report {
  int runs = 0;
  std::vector<std::string> faults;        // of the Runs whose Check found one
  std::vector<std::int64_t> latencies;    // of the first Run
  std::map<std::string, double> figures;  // of the last Run
  Events events;                          // of the first Run, per operation
};

// A runtime as the case wants it, with `procs` unless it sets its own.
Options OptionsFor(const Case& c, int procs);

// Runs the case `runs` times, or until Check finds a fault, on one instance.
Report RunCase(const Case& c, int procs, int runs);

// Throw std::out_of_range naming what is not there.
const Case& FindCase(const std::vector<Case>& cases, const std::string& variant);
const PairInfo& FindPair(const std::string& name);

}  // namespace unpark::patterns

#endif  // UNPARK_PATTERNS_RUN_CASE_H_
