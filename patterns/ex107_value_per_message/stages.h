// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// The pipeline of scenario 107: a source, stages, and a sum, each a goroutine with a channel
// behind it.

#ifndef UNPARK_PATTERNS_EX107_VALUE_PER_MESSAGE_STAGES_H_
#define UNPARK_PATTERNS_EX107_VALUE_PER_MESSAGE_STAGES_H_

#include <cstdint>

#include "patterns/ex107_value_per_message/task.h"
#include "runtime/chan/chan.h"
#include "runtime/go.h"

namespace unpark::patterns::value_per_message {

using Stream = RecvChan<std::uint64_t>;

// Sends 0, 1, ... and closes. `capacity` is that of the channel behind it, as below.
inline Stream Source(const StreamWorkload& w, int capacity) {
  const Chan<std::uint64_t> out(capacity);
  go([out, values = w.values] {
    for (int i = 0; i < values; ++i) out.Send(i);
    out.Close();
  });
  return out;
}

inline Stream ThroughStage(const StreamWorkload& w, const Stream& in, int capacity) {
  const Chan<std::uint64_t> out(capacity);
  go([&w, in, out] {
    for (std::uint64_t value : in) out.Send(Stage(w, value));
    out.Close();
  });
  return out;
}

inline std::uint64_t Sum(const Stream& in) {
  std::uint64_t sum = 0;
  for (std::uint64_t value : in) sum += value;
  return sum;
}

}  // namespace unpark::patterns::value_per_message

#endif  // UNPARK_PATTERNS_EX107_VALUE_PER_MESSAGE_STAGES_H_
