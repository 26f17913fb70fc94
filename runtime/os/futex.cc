// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// The futex system call behind Note.
#include "runtime/os/futex.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "runtime/os/clock.h"

namespace unpark::os {

void FutexWait(std::atomic<std::uint32_t>* word, std::uint32_t expected, std::int64_t deadline_ns) {
  timespec deadline{deadline_ns / 1'000'000'000, deadline_ns % 1'000'000'000};
  // FUTEX_WAIT_BITSET takes an absolute time, so that an interrupted wait does not grow.
  syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(word), FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG,
          expected, deadline_ns == 0 ? nullptr : &deadline, nullptr, FUTEX_BITSET_MATCH_ANY);
}

void FutexWakeOne(std::atomic<std::uint32_t>* word) {
  syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(word), FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1,
          nullptr, nullptr, 0);
}

bool Note::Wait(std::int64_t deadline_ns, int spins) {
  for (int i = 0; i < spins; ++i) {
    if (word_.load(std::memory_order_relaxed) == kSignaled) break;
    CpuRelax();
  }
  for (;;) {
    std::uint32_t seen = kClear;
    if (!word_.compare_exchange_strong(seen, kSleeping, std::memory_order_acquire) &&
        seen == kSignaled) {
      word_.store(kClear, std::memory_order_relaxed);
      return true;
    }
    FutexWait(&word_, kSleeping, deadline_ns);
    if (deadline_ns != 0 && word_.load(std::memory_order_relaxed) == kSleeping &&
        NowNs() >= deadline_ns) {
      seen = kSleeping;
      // Losing this race means that a wake-up came together with the deadline: the next turn takes
      // it.
      if (word_.compare_exchange_strong(seen, kClear, std::memory_order_relaxed)) return false;
    }
  }
}

bool Note::Wake() {
  if (word_.exchange(kSignaled, std::memory_order_acq_rel) != kSleeping) return false;
  FutexWakeOne(&word_);
  return true;
}

}  // namespace unpark::os
