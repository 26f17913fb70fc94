// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of scenario 107: the same goroutines, and a message for each 64 values.

#ifndef UNPARK_PATTERNS_EX107_VALUE_PER_MESSAGE_AFTER_H_
#define UNPARK_PATTERNS_EX107_VALUE_PER_MESSAGE_AFTER_H_

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "patterns/ex107_value_per_message/task.h"
#include "runtime/chan/chan.h"
#include "runtime/go.h"

namespace unpark::patterns::value_per_message {

// Owned by whoever has received it: a stage works in place and passes it on.
using Batch = std::vector<std::uint64_t>;

inline std::uint64_t SumByBatches(const StreamWorkload& w) {
  constexpr int kBatch = 64;
  Chan<Batch> stream(0);
  go([out = stream, values = w.values] {
    for (int first = 0; first < values; first += kBatch) {
      Batch batch;
      batch.reserve(kBatch);
      for (int i = first; i < std::min(first + kBatch, values); ++i) batch.push_back(i);
      out.Send(std::move(batch));
    }
    out.Close();
  });
  for (int stage = 0; stage < kStages; ++stage) {
    const Chan<Batch> in = stream, out(0);
    go([&w, in, out] {
      for (Batch batch : in) {
        for (std::uint64_t& value : batch) value = Stage(w, value);
        out.Send(std::move(batch));
      }
      out.Close();
    });
    stream = out;
  }
  std::uint64_t sum = 0;
  for (const Batch& batch : stream) {
    for (std::uint64_t value : batch) sum += value;
  }
  return sum;
}

}  // namespace unpark::patterns::value_per_message

#endif  // UNPARK_PATTERNS_EX107_VALUE_PER_MESSAGE_AFTER_H_
