// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Has two goroutines deposit at once without a lock, for the race detector to find.

#include <cstdio>

#include "patterns/ex120_data_race/deposits.h"
#include "runtime/go.h"

int main() {
#if defined(__SANITIZE_THREAD__)
  namespace race = unpark::patterns::data_race;
  return unpark::Main(unpark::Options{.procs = 2}, [] {
    std::printf("the balance is %d\n", race::DepositTwice<race::NoLock>());
  });
#else
  std::fprintf(stderr, "race: build it with --config=tsan, which is what finds the race\n");
  return 2;
#endif
}
