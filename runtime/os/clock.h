// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// NowNs: the monotonic clock, in nanoseconds; virtual time under a schedule explorer.
#ifndef UNPARK_RUNTIME_OS_CLOCK_H_
#define UNPARK_RUNTIME_OS_CLOCK_H_

#include <time.h>

#include <atomic>
#include <cstdint>

#include "runtime/os/explore.h"

namespace unpark::os {

inline std::int64_t NowNs() {
  if (const explore::Explorer* e = explore::Current()) return e->now_ns;
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

// For deadlines: not before NowNs(), and at most 5 us after it, at half the price (11 of 24 ns). A
// reading of the clock that is at most 1 ms old, carried on by the time-stamp counter where that is
// the kernel's own clock source; else, and in a process's first 10 ms, NowNs().
std::int64_t NowNsRoundedUp();

// Lets the other hardware thread of the core run for some tens of cycles.
inline void CpuRelax() { __builtin_ia32_pause(); }

// No later load is done before an earlier store is visible. (ThreadSanitizer knows no bare fences.)
inline void StoreLoadFence() {
#if defined(__SANITIZE_THREAD__)
  std::atomic<int> any{0};
  any.fetch_add(1, std::memory_order_seq_cst);
#else
  std::atomic_thread_fence(std::memory_order_seq_cst);
#endif
}

}  // namespace unpark::os

#endif  // UNPARK_RUNTIME_OS_CLOCK_H_
