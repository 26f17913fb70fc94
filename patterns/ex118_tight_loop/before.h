// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of scenario 118: the loop adds and adds; an atomic addition is no scheduling point.

#ifndef UNPARK_PATTERNS_EX118_TIGHT_LOOP_BEFORE_H_
#define UNPARK_PATTERNS_EX118_TIGHT_LOOP_BEFORE_H_

#include <atomic>
#include <cstdint>

#include "patterns/ex118_tight_loop/task.h"

namespace unpark::patterns::tight_loop {

inline void AddOnly(int /*i*/, std::atomic<std::int64_t>* count) {
  count->fetch_add(1, std::memory_order_relaxed);
}

}  // namespace unpark::patterns::tight_loop

#endif  // UNPARK_PATTERNS_EX118_TIGHT_LOOP_BEFORE_H_
