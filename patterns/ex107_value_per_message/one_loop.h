// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of scenario 107: no pipeline; one loop does all stages of a value.

#ifndef UNPARK_PATTERNS_EX107_VALUE_PER_MESSAGE_ONE_LOOP_H_
#define UNPARK_PATTERNS_EX107_VALUE_PER_MESSAGE_ONE_LOOP_H_

#include "patterns/ex107_value_per_message/task.h"

namespace unpark::patterns::value_per_message {

inline std::uint64_t SumInOneLoop(const StreamWorkload& w) {
  std::uint64_t sum = 0;
  for (int i = 0; i < w.values; ++i) {
    sum += Stage(w, Stage(w, Stage(w, static_cast<std::uint64_t>(i))));
  }
  return sum;
}

}  // namespace unpark::patterns::value_per_message

#endif  // UNPARK_PATTERNS_EX107_VALUE_PER_MESSAGE_ONE_LOOP_H_
