// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of scenario 104: the goroutines are locked to threads, so that each switch hands the P to
// another thread.

#ifndef UNPARK_PATTERNS_EX104_THREAD_SWITCH_LOCKED_H_
#define UNPARK_PATTERNS_EX104_THREAD_SWITCH_LOCKED_H_

#include "patterns/ex104_thread_switch/after.h"
#include "runtime/go.h"

namespace unpark::patterns::thread_switch {

inline std::int64_t HandOverBetweenLocked(const HandOverWorkload& w) {
  return HandOverBetweenGoroutines(w, [] { LockOSThread(); });  // unlocked by the goroutine's end
}

}  // namespace unpark::patterns::thread_switch

#endif  // UNPARK_PATTERNS_EX104_THREAD_SWITCH_LOCKED_H_
