// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Study with made-up pairs, for study_test.py: study_fixture SCENARIO [ARGUMENTS].

#include <string>
#include <vector>

#include "benchmarks/fixture_pairs.h"
#include "benchmarks/study.h"
#include "patterns/pair.h"

int main(int argc, char** argv) {
  std::string scenario = argc > 1 ? argv[1] : "";
  std::vector<unpark::patterns::PairInfo> pairs;
  return unpark::benchmarks::StudyMain(argv[0], {argv + 2, argv + argc},
                                       [&]() -> const std::vector<unpark::patterns::PairInfo>& {
                                         return pairs = unpark::benchmarks::FixturePairs(scenario);
                                       });
}
