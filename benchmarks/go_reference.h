// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// GoReference: runs the Go benchmarks of benchmarks/go in the suite's rounds.

#ifndef BENCHMARKS_GO_REFERENCE_H_
#define BENCHMARKS_GO_REFERENCE_H_

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "benchmark/benchmark.h"
#include "benchmarks/flags.h"
#include "benchmarks/measure.h"
#include "benchmarks/plan.h"
#include "patterns/pair.h"

namespace unpark::benchmarks {

// Why this `go version` is not enough, or nothing.
std::string WhyNotGo(const std::string& version);

// The pairs that the Go program lists, a row a line, with what `known` says of them: lesson, claim.
// Throws patterns::PairError for a line that is no row, or whose pair is unknown.
std::vector<patterns::PairInfo> PairsFromList(const std::string& list,
                                              const std::vector<patterns::PairInfo>& known);

// Reads the line that `go test -bench` prints for the row. Returns what is wrong, or nothing.
std::string ReadBenchmarkLine(const std::string& output, const Row& row,
                              benchmark::BenchmarkReporter::Run* run);

// The exercises in Go, compiled into a folder that goes away with the last copy.
class GoBenchmarks {
 public:
  // Throws patterns::PairError where there is no Go of the right version, or where it fails.
  GoBenchmarks();

  std::vector<patterns::PairInfo> Pairs(const std::vector<patterns::PairInfo>& known) const;
  std::unique_ptr<RowRunner> Runner(const Flags& flags) const;
  // Of a file: what differs from the suite's.
  std::map<std::string, std::string> Context() const;
  const std::string& version() const { return version_; }  // "go version go1.23.4 linux/amd64"

 private:
  std::string Binary() const;

  std::shared_ptr<const std::filesystem::path> folder_;
  std::string version_, list_;
};

// The whole program; see SuiteMain.
int GoReferenceMain(const std::string& program, const std::vector<std::string>& arguments,
                    const std::vector<patterns::PairInfo>& (*known)());

}  // namespace unpark::benchmarks

#endif  // BENCHMARKS_GO_REFERENCE_H_
