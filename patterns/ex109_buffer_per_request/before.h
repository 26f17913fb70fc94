// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of scenario 109: each request makes a table of its own.

#ifndef UNPARK_PATTERNS_EX109_BUFFER_PER_REQUEST_BEFORE_H_
#define UNPARK_PATTERNS_EX109_BUFFER_PER_REQUEST_BEFORE_H_

#include <memory>

#include "patterns/ex109_buffer_per_request/task.h"

namespace unpark::patterns::buffer_per_request {

inline Distinct HandleWithNewTables(const ScratchWorkload& w) {
  return HandleAll(w, [&w](int request) {
    const auto scratch = std::make_unique<Scratch>();
    return CountDistinct(w, request, scratch.get());
  });
}

}  // namespace unpark::patterns::buffer_per_request

#endif  // UNPARK_PATTERNS_EX109_BUFFER_PER_REQUEST_BEFORE_H_
