// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of scenario 109: each request counts its values in a scratch table.

#ifndef UNPARK_PATTERNS_EX109_BUFFER_PER_REQUEST_TASK_H_
#define UNPARK_PATTERNS_EX109_BUFFER_PER_REQUEST_TASK_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "patterns/work.h"
#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::buffer_per_request {

struct ScratchWorkload {
  int requests = 4'000;
  int handlers = 8;
  int values = 64;  // of one request

  std::int64_t Operations() const { return requests; }
};

// 64 KiB of counts, by value. A request needs it zeroed.
struct Scratch {
  static constexpr std::size_t kCounts = 16'384;
  std::array<std::uint32_t, kCounts> counts{};
};

inline std::size_t ValueOf(int request, int i) {
  return Work(static_cast<std::uint64_t>(request) * 64 + i, 2) % Scratch::kCounts;
}

// Distinct values of one request.
inline std::uint64_t CountDistinct(const ScratchWorkload& w, int request, Scratch* scratch) {
  std::uint64_t distinct = 0;
  for (int i = 0; i < w.values; ++i) distinct += ++scratch->counts[ValueOf(request, i)] == 1;
  return distinct;
}

// Undoes CountDistinct, at the cost of the values alone.
inline void Reset(const ScratchWorkload& w, int request, Scratch* scratch) {
  for (int i = 0; i < w.values; ++i) scratch->counts[ValueOf(request, i)] = 0;
}

using Distinct = std::vector<std::uint64_t>;  // by request

inline Distinct HandleSequentially(const ScratchWorkload& w) {
  Distinct distinct;
  const auto scratch = std::make_unique<Scratch>();
  for (int request = 0; request < w.requests; ++request) {
    distinct.push_back(CountDistinct(w, request, scratch.get()));
    scratch->counts.fill(0);
  }
  return distinct;
}

// Has all requests handled by `handle(request)`.
template <typename Handle>
Distinct HandleAll(const ScratchWorkload& w, const Handle& handle) {
  Distinct distinct(w.requests);
  WaitGroup wg;
  for (int handler = 0; handler < w.handlers; ++handler) {
    wg.Go([&, handler] {
      for (int request = handler; request < w.requests; request += w.handlers) {
        distinct[request] = handle(request);
      }
    });
  }
  wg.Wait();
  return distinct;
}

}  // namespace unpark::patterns::buffer_per_request

#endif  // UNPARK_PATTERNS_EX109_BUFFER_PER_REQUEST_TASK_H_
