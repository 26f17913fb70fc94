// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Flags: the suite's command line, which is Google Benchmark's own plus a few of Unpark's.

#ifndef BENCHMARKS_FLAGS_H_
#define BENCHMARKS_FLAGS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace unpark::benchmarks {

// What one invocation asks for. Fields of the first part mean what Google Benchmark's flag
// `--benchmark_<field>` means; the harness runs the rounds itself, so it reads them all.
struct Flags {
  bool list_tests = false;
  std::string filter;
  double min_time = 0.25;
  double min_warmup_time = 0;
  int repetitions = 0;  // rounds; 0: kDefaultRounds, or kFullRounds with --full
  bool enable_random_interleaving = true;
  bool report_aggregates_only = false;
  bool display_aggregates_only = false;
  std::string format = "console";
  std::string out;
  std::string out_format = "json";
  std::string color = "auto";
  bool counters_tabular = false;
  std::string perf_counters;
  std::vector<std::string> context;  // key=value
  std::string time_unit;
  int verbosity = 0;

  bool full = false;
  bool scenarios = false;           // the pairs on request in place of the others
  std::vector<int> procs;           // empty: the machine's CPUs, and 8 with --full
  std::vector<std::string> policy;  // of nosteal, norunnext, nospin, eagerstacks
  std::optional<std::uint64_t> seed;
  std::string commit;           // 40 hex digits; empty: git tells
  int row_limit_seconds = 300;  // a row that runs longer is a failure
  bool help = false;

  int Rounds() const;
  // "default", or the policies with commas between them.
  std::string PolicyText() const;
};

inline constexpr int kDefaultRounds = 10;
inline constexpr int kFullRounds = 20;

// Reads a variable of the environment; null if it is not set. Google Benchmark takes its flags'
// defaults from there (BENCHMARK_FILTER and so on), so the suite does too.
using Environment = std::function<const char*(const char* name)>;

// Fills `flags` and returns an empty string, or returns one line naming the flag and its value.
std::string ParseFlags(const std::vector<std::string>& arguments, const Environment& environment,
                       Flags* flags);

// The text of --help.
std::string Usage();

}  // namespace unpark::benchmarks

#endif  // BENCHMARKS_FLAGS_H_
