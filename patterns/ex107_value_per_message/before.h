// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of scenario 107: a goroutine for each stage, and a message for each value.

#ifndef UNPARK_PATTERNS_EX107_VALUE_PER_MESSAGE_BEFORE_H_
#define UNPARK_PATTERNS_EX107_VALUE_PER_MESSAGE_BEFORE_H_

#include "patterns/ex107_value_per_message/stages.h"

namespace unpark::patterns::value_per_message {

template <int kCapacity>
std::uint64_t SumByValues(const StreamWorkload& w) {
  Stream stream = Source(w, kCapacity);
  for (int stage = 0; stage < kStages; ++stage) stream = ThroughStage(w, stream, kCapacity);
  return Sum(stream);
}

}  // namespace unpark::patterns::value_per_message

#endif  // UNPARK_PATTERNS_EX107_VALUE_PER_MESSAGE_BEFORE_H_
