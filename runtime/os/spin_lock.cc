// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// The contended half of SpinLock: pause, then yield the core, then nap.
#include "runtime/os/spin_lock.h"

#include <sched.h>
#include <time.h>

#include <algorithm>

#include "runtime/os/clock.h"

namespace unpark::os {

namespace {

// The lock that this thread last had to wait for.
struct Hot {
  const SpinLock* lock = nullptr;
  std::uint64_t cycles = 0;  // how long it backed off
  std::uint64_t since = 0;   // when it then got the lock
};
thread_local Hot hot;

}  // namespace

void SpinLock::LockSlow() {
  if (explore::Explorer* e = explore::Current()) {
    while (e->AwaitUnlock(this)) {
      if (TryLock()) return;
    }
  }
  constexpr std::uint64_t kLeast = 512, kMost = 16384;
  constexpr int kSpinRounds = 30, kYieldRounds = 60;
  std::uint64_t now = __builtin_ia32_rdtsc();
  std::uint64_t cycles = kLeast;
  if (hot.lock == this && now - hot.since < 16 * hot.cycles)
    cycles = std::min(2 * hot.cycles, kMost);
  for (int round = 0;; ++round) {
    if (round < kSpinRounds) {
      const std::uint64_t start = now;
      do {
        CpuRelax();
        now = __builtin_ia32_rdtsc();
      } while (now - start < cycles);
    } else if (round < kYieldRounds) {
      sched_yield();
    } else {
      timespec nap{0, 50'000};
      nanosleep(&nap, nullptr);
    }
    if (!Held() && TryLock()) {
      hot = {this, cycles, __builtin_ia32_rdtsc()};
      return;
    }
    cycles = std::min(2 * cycles, kMost);
  }
}

}  // namespace unpark::os
