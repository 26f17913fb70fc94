// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// The suite with made-up pairs, for suite_test.py: suite_fixture SCENARIO [FLAGS].

#include <string>
#include <vector>

#include "benchmarks/fixture_pairs.h"
#include "benchmarks/suite.h"
#include "patterns/pair.h"

int main(int argc, char** argv) {
  std::string scenario = argc > 1 ? argv[1] : "";
  std::vector<unpark::patterns::PairInfo> pairs;
  unpark::benchmarks::Suite suite;
  suite.pairs = [&]() -> const std::vector<unpark::patterns::PairInfo>& {
    return pairs = unpark::benchmarks::FixturePairs(scenario);
  };
  return unpark::benchmarks::SuiteMain(argv[0], {argv + 2, argv + argc}, suite);
}
