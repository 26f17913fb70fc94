// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// The suite of all pairs.

#include "benchmarks/suite.h"
#include "patterns/pair.h"

int main(int argc, char** argv) {
  unpark::benchmarks::Suite suite;
  suite.pairs = unpark::patterns::AllPairs;
  return unpark::benchmarks::SuiteMain(argv[0], {argv + 1, argv + argc}, suite);
}
