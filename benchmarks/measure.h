// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Measure: checks one row, then times it once in a round through Google Benchmark.

#ifndef BENCHMARKS_MEASURE_H_
#define BENCHMARKS_MEASURE_H_

#include <string>
#include <vector>

#include "benchmark/benchmark.h"
#include "benchmarks/flags.h"
#include "benchmarks/plan.h"
#include "runtime/options.h"

namespace unpark::benchmarks {

struct Settings {
  Options runtime;             // the policies; procs are each row's own
  double min_time = 0.25;      // seconds of a row's timed loop
  double min_warmup_time = 0;  // seconds run untimed before it
};

// The runtime's options for --policy.
Options PolicyOptions(const std::vector<std::string>& policy);

// Call it once, before anything is measured. Google Benchmark then runs one row at a time, without
// output of its own. It keeps a pointer to `program`.
void InitializeGoogleBenchmark(const std::string& program, const Flags& flags);

// Runs the row untimed and compares the result with the reference: a wrong answer goes to
// row->error, a machine that cannot run the row to row->not_measured. A variant that is wrong on
// purpose is run until its check finds the fault; if it never does, that is the error. Then fixes
// row->iterations so that the timed loop takes min_time.
void CheckRow(const Settings& settings, Row* row);

// How long TimeRow will take, by what CheckRow saw.
double ExpectedSeconds(const Settings& settings, const Row& row);

// Runs the row's timed loop once, with a check before and after, and returns Google Benchmark's
// record of it, renamed to the row's name and round. Counters: round, ops, procs, ns_per_op,
// cpu_ns_per_op, allocs_per_op, alloc_bytes_per_op, ev.<event> per operation, ev.parks, p50_ns and
// p99_ns of variants that measure latencies, fig.<name>, ev.cgroup_throttled and
// ev.cgroup_throttled_ns under a quota, wrong_on_purpose. A row with an error is not run: its
// record carries the error.
benchmark::BenchmarkReporter::Run TimeRow(const Settings& settings, const Row& row, int round,
                                          int rounds);

// How a suite checks and times its rows.
class RowRunner {
 public:
  virtual ~RowRunner() = default;
  virtual void Check(Row* row) = 0;
  virtual benchmark::BenchmarkReporter::Run Time(const Row& row, int round, int rounds) = 0;
  virtual double Expected(const Row& row) const = 0;  // seconds of Time
};

// By the functions above: cases on Unpark's runtime, canaries on threads.
class RuntimeRunner : public RowRunner {
 public:
  explicit RuntimeRunner(const Flags& flags);
  void Check(Row* row) override { CheckRow(settings_, row); }
  benchmark::BenchmarkReporter::Run Time(const Row& row, int round, int rounds) override {
    return TimeRow(settings_, row, round, rounds);
  }
  double Expected(const Row& row) const override { return ExpectedSeconds(settings_, row); }

 private:
  Settings settings_;
};

// Fills in what every record has: the row's name, its round, and the counters that follow from the
// times.
void CompleteRecord(const Row& row, int round, int rounds, benchmark::BenchmarkReporter::Run* run);

}  // namespace unpark::benchmarks

#endif  // BENCHMARKS_MEASURE_H_
