// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of scenario 118: the loop asks in every turn whether to give way, as a compiler would
// have it.

#ifndef UNPARK_PATTERNS_EX118_TIGHT_LOOP_CHECKPOINTS_H_
#define UNPARK_PATTERNS_EX118_TIGHT_LOOP_CHECKPOINTS_H_

#include "runtime/go.h"

namespace unpark::patterns::tight_loop {

struct Checks {
  void operator()(int /*turn*/) const { Checkpoint(); }
};

}  // namespace unpark::patterns::tight_loop

#endif  // UNPARK_PATTERNS_EX118_TIGHT_LOOP_CHECKPOINTS_H_
