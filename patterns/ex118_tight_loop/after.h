// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of scenario 118: the loop lets others run every 8192 turns.

#ifndef UNPARK_PATTERNS_EX118_TIGHT_LOOP_AFTER_H_
#define UNPARK_PATTERNS_EX118_TIGHT_LOOP_AFTER_H_

#include <atomic>
#include <cstdint>

#include "patterns/ex118_tight_loop/task.h"
#include "runtime/go.h"

namespace unpark::patterns::tight_loop {

inline void AddAndYield(int i, std::atomic<std::int64_t>* count) {
  count->fetch_add(1, std::memory_order_relaxed);
  if (i % 8192 == 0) Gosched();
}

}  // namespace unpark::patterns::tight_loop

#endif  // UNPARK_PATTERNS_EX118_TIGHT_LOOP_AFTER_H_
