// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of scenario 113, wrong on purpose: both let go and try again in the same step, for ever.

#ifndef UNPARK_PATTERNS_EX113_POLITE_RETRIES_IN_STEP_H_
#define UNPARK_PATTERNS_EX113_POLITE_RETRIES_IN_STEP_H_

#include "patterns/ex113_polite_retries/before.h"

namespace unpark::patterns::polite_retries {

inline int WaitAlike(int /*mover*/, int /*attempt*/) { return 1; }

// Gives up after 50 attempts, so that the livelock can be counted. On one P, where the two take
// turns; with more it lasts until they happen to get out of step.
inline Moved MoveInStep(const TransferWorkload& w) { return Move<TryBoth<WaitAlike, 50>>(w); }

inline int OneProc(const TransferWorkload&) { return 1; }

}  // namespace unpark::patterns::polite_retries

#endif  // UNPARK_PATTERNS_EX113_POLITE_RETRIES_IN_STEP_H_
