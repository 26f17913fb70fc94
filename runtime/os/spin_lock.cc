// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// The contended half of SpinLock: pause, then yield the core, then nap.
#include "runtime/os/spin_lock.h"

#include <sched.h>
#include <time.h>

#include "runtime/os/clock.h"

namespace unpark::os {

void SpinLock::LockSlow() {
  constexpr int kSpinRounds = 30, kYieldRounds = 60;
  int pauses = 64;
  for (int round = 0;; ++round) {
    if (round < kSpinRounds) {
      for (int i = 0; i < pauses && Held(); ++i) CpuRelax();
      if (pauses < 256) pauses *= 2;
    } else if (round < kYieldRounds) {
      sched_yield();
    } else {
      timespec nap{0, 50'000};
      nanosleep(&nap, nullptr);
    }
    if (!Held() && TryLock()) return;
  }
}

}  // namespace unpark::os
