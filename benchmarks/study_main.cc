// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Study of any exercise.

#include "benchmarks/study.h"
#include "patterns/pair.h"

int main(int argc, char** argv) {
  return unpark::benchmarks::StudyMain(argv[0], {argv + 1, argv + argc},
                                       unpark::patterns::AllPairs);
}
