// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Generate: random programs for the differential runs.
#ifndef UNPARK_RUNTIME_CONFORMANCE_DIFFERENTIAL_GENERATE_H_
#define UNPARK_RUNTIME_CONFORMANCE_DIFFERENTIAL_GENERATE_H_

#include <random>

#include "runtime/conformance/differential/program.h"

namespace unpark::differential {

// A program of two to four bodies. It is made of exchanges that could happen one after the other (a
// send and its receive, a lock's critical section, a Done and its Wait, a close and its range), so
// that most programs can end; some are then damaged, so that they panic, deadlock or end fatally.
// Free of data races: the counters of locks are used only while the lock is held.
Program Generate(std::mt19937_64* random);

}  // namespace unpark::differential

#endif  // UNPARK_RUNTIME_CONFORMANCE_DIFFERENTIAL_GENERATE_H_
