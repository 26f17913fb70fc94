// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of scenario 118: the loop lets others run every 8192 turns.

#ifndef UNPARK_PATTERNS_EX118_TIGHT_LOOP_AFTER_H_
#define UNPARK_PATTERNS_EX118_TIGHT_LOOP_AFTER_H_

#include "runtime/go.h"

namespace unpark::patterns::tight_loop {

struct Yields {
  void operator()(int turn) const {
    if (turn % 8'192 == 0) Gosched();
  }
};

}  // namespace unpark::patterns::tight_loop

#endif  // UNPARK_PATTERNS_EX118_TIGHT_LOOP_AFTER_H_
