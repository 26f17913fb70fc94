// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of scenario 118: the loop adds and adds; an addition is no scheduling point.

#ifndef UNPARK_PATTERNS_EX118_TIGHT_LOOP_BEFORE_H_
#define UNPARK_PATTERNS_EX118_TIGHT_LOOP_BEFORE_H_

namespace unpark::patterns::tight_loop {

struct GoesOn {
  void operator()(int /*turn*/) const {}
};

}  // namespace unpark::patterns::tight_loop

#endif  // UNPARK_PATTERNS_EX118_TIGHT_LOOP_BEFORE_H_
