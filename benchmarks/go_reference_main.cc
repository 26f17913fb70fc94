// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// The exercises in Go.

#include "benchmarks/go_reference.h"
#include "patterns/pair.h"

int main(int argc, char** argv) {
  return unpark::benchmarks::GoReferenceMain(argv[0], {argv + 1, argv + argc},
                                             unpark::patterns::AllPairs);
}
