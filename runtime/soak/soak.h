// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Soak: everything that the runtime does, at once and at random, for as long as one likes.
#ifndef UNPARK_RUNTIME_SOAK_SOAK_H_
#define UNPARK_RUNTIME_SOAK_SOAK_H_

#include <chrono>
#include <cstdint>
#include <cstdio>

namespace unpark::soak {

struct Config {
  std::chrono::seconds time{60};
  std::uint64_t seed = 1;
  int goroutines = 100'000;                    // parked at once, at most
  std::chrono::milliseconds patience{30'000};  // without progress, before the watchdog ends it
  bool stall = false;  // park for ever instead: shows that the watchdog sees it
};

// Runs one runtime after the other, each with options of its own, until the time is over. Writes a
// line a second (a line in ten for runs of over a minute) and a last one with the totals to `out`.
// Returns 0, or 1 after a line for each thing that is wrong: a goroutine lost, a result that is not
// what it must be. When nothing moves for `patience`, all goroutines are listed and the process
// ends with status 1.
int Run(const Config& config, std::FILE* out);

}  // namespace unpark::soak

#endif  // UNPARK_RUNTIME_SOAK_SOAK_H_
