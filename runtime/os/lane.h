// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Lanes: small numbers of threads, for data that each thread has its own copy of.
#ifndef UNPARK_RUNTIME_OS_LANE_H_
#define UNPARK_RUNTIME_OS_LANE_H_

namespace unpark::os {

inline constexpr int kLanes = 64;

// The calling thread's number in [0, kLanes), which no other thread of the process has until this
// one has ended; -1 if all are taken. The lowest free one, so that few threads have low numbers.
int ThreadLane();

}  // namespace unpark::os

#endif  // UNPARK_RUNTIME_OS_LANE_H_
