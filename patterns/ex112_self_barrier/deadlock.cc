// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Ends in the deadlock report, exit status 2: of the barrier, or with "locks" of the two locks.
//
//   bazel run //patterns/ex112_self_barrier:deadlock
//   bazel run //patterns/ex112_self_barrier:deadlock -- locks

#include <cstring>

#include "patterns/ex112_self_barrier/waits.h"
#include "runtime/go.h"

int main(int argc, char** argv) {
  namespace waits = unpark::patterns::self_barrier;
  const bool locks = argc > 1 && std::strcmp(argv[1], "locks") == 0;
  return unpark::Main(unpark::Options{.procs = 1}, [locks] {
    if (locks) {
      waits::LockBoth<waits::Order::kOpposite>();
    } else {
      waits::MeetAtBarrier<waits::Arrive::kAtExit>(2);
    }
  });
}
