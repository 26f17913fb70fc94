// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Plan: which rows a run has, and in which order each round takes them.

#ifndef BENCHMARKS_PLAN_H_
#define BENCHMARKS_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "benchmarks/canary.h"
#include "benchmarks/flags.h"
#include "patterns/pair.h"

namespace unpark::benchmarks {

// One benchmark: a case of a pair with a number of procs, or a canary.
struct Row {
  std::string name;   // channel_counter/before/producers:8/procs:2, or canary/integer_spin
  std::string group;  // rows with the same group follow each other in a round
  int procs = 1;
  const patterns::Case* test_case = nullptr;  // null: a canary
  const Canary* canary = nullptr;             // null: a case

  // Filled in by the check before the first round.
  std::int64_t iterations = 1;  // of the timed loop, the same in all rounds
  double seconds_per_run = 0;
  std::string error;         // a wrong answer: nothing is timed
  std::string not_measured;  // why this machine cannot run it: the row is left out

  bool IsCanary() const { return canary != nullptr; }
  std::int64_t Operations() const;
};

// The row of one case; a case that sets its procs has those.
Row CaseRow(const patterns::Case& test_case, int procs);

// The rows in the order of the pairs, canaries first. Cases are those of the run's size; a case
// that sets its procs has one row, the others one for each of `procs`. Pairs on request are there
// where a filter asks for names (one that leaves names out does not), and alone with --scenarios;
// they have the first of `procs` only, unless the flags name some: more Ps than CPUs, and who polls
// waits for the kernel's time slices.
std::vector<Row> MakePlan(const std::vector<patterns::PairInfo>& pairs, const Flags& flags,
                          const std::vector<int>& procs);

// The procs a run uses: the flag's, else the machine's CPUs, and 8 as well with --full.
std::vector<int> ProcsOf(const Flags& flags, int cpus);

// Keeps the rows that --benchmark_filter selects, and all canaries. Returns how many rows matched,
// so that a filter that matches nothing can be refused.
std::size_t Select(const std::string& filter, std::vector<Row>* rows);

// Positions of `rows` in the order of one round. Groups are shuffled; within a group the variants
// are too, but before and after stay neighbours, in either order, so that their ratio is a pair's:
// what disturbs the machine for a second or two disturbs both. Equal seed and round give an equal
// order. Without `shuffle`: the rows' own order.
std::vector<std::size_t> RoundOrder(const std::vector<Row>& rows, std::uint64_t seed, int round,
                                    bool shuffle);

}  // namespace unpark::benchmarks

#endif  // BENCHMARKS_PLAN_H_
