// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Report: gives the records of all rounds to Google Benchmark's own reporters, once, at the end.

#ifndef BENCHMARKS_REPORT_H_
#define BENCHMARKS_REPORT_H_

#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "benchmark/benchmark.h"
#include "benchmarks/flags.h"
#include "benchmarks/plan.h"
#include "patterns/pair.h"

namespace unpark::benchmarks {

using Run = ::benchmark::BenchmarkReporter::Run;

// Mean, median, standard deviation and coefficient of variation over the rounds of one row, as
// Google Benchmark computes them over repetitions. Empty with fewer than two rounds without error.
std::vector<Run> Aggregate(const std::vector<Run>& rounds);

// The text of the context's `pair.<name>`. The variants and workloads of the plan's rows stand in
// it; `not_measured` is why this machine did not run some of them.
std::string PairContext(const patterns::PairInfo& pair, const std::string& not_measured);

// Writes in one of Google Benchmark's formats: "json", "csv", or "console" with the counters that
// a reader wants, unless --benchmark_counters_tabular asks for all. `context` is written by json.
void WriteRuns(const std::string& format, const std::vector<std::vector<Run>>& rows,
               const std::map<std::string, std::string>& context, bool aggregates_only,
               const Flags& flags, const std::vector<patterns::PairInfo>& pairs, std::ostream* out);

// Says why a file cannot be written there, or nothing. Writes nothing.
std::string WhyNotWritable(const std::string& path);

// Writes a file in one piece: a temporary file beside it, then a rename. What is not a regular
// file, such as /dev/stdout, is written directly. Returns an empty string, or why it failed.
std::string WriteAtomically(const std::string& path, const std::string& content);

}  // namespace unpark::benchmarks

#endif  // BENCHMARKS_REPORT_H_
