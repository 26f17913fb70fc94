// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Suite: checks every pair, times all rows in interleaved rounds, and writes one file.

#ifndef BENCHMARKS_SUITE_H_
#define BENCHMARKS_SUITE_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "benchmarks/flags.h"
#include "benchmarks/measure.h"
#include "patterns/pair.h"

namespace unpark::benchmarks {

// Gives the pairs to run; may throw patterns::PairError.
using PairSource = std::function<const std::vector<patterns::PairInfo>&()>;

// What a suite is made of.
struct Suite {
  std::string name = "suite";  // opens its messages
  PairSource pairs;
  // Made in the process that measures.
  std::function<std::unique_ptr<RowRunner>(const Flags&)> runner = [](const Flags& flags) {
    return std::make_unique<RuntimeRunner>(flags);
  };
  // Replaces or adds to the file's context; asked for after the pairs.
  std::function<std::map<std::string, std::string>()> context = [] {
    return std::map<std::string, std::string>();
  };
};

// Adds rows beside those of the pairs, which set their procs and outlive the run. Called before
// main by what is linked in. Always true.
using CaseSource = const std::vector<patterns::Case>& (*)();
bool RegisterCases(CaseSource source);

// The whole program. `arguments` are those after the program's name. Returns its exit status:
//   0    all well
//   2    a bad flag, an unknown commit, a pair that may not be run: one line, nothing was timed
//   3    a wrong answer or a crash: the line names the row
//   130  interrupted: nothing was written
// REQUIRES: this process has one thread.
int SuiteMain(const std::string& program, const std::vector<std::string>& arguments,
              const Suite& suite);

}  // namespace unpark::benchmarks

#endif  // BENCHMARKS_SUITE_H_
