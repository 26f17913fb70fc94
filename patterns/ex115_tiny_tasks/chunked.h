// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of scenario 115: as many Ps as the before, and 256 tasks a message.

#ifndef UNPARK_PATTERNS_EX115_TINY_TASKS_CHUNKED_H_
#define UNPARK_PATTERNS_EX115_TINY_TASKS_CHUNKED_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "patterns/ex115_tiny_tasks/task.h"
#include "runtime/chan/chan.h"
#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::tiny_tasks {

inline std::uint64_t SumByChunks(const FibWorkload& w) {
  constexpr std::size_t kChunk = 256;
  using Chunk = std::span<const int>;
  const Chan<Chunk> chunks(0);
  std::vector<std::uint64_t> sums(w.workers);
  WaitGroup wg;
  for (std::uint64_t& sum : sums) {
    wg.Go([chunks, &sum] {
      std::uint64_t mine = 0;
      for (Chunk chunk : chunks) {
        for (int n : chunk) mine += Fib(n);
      }
      sum = mine;
    });
  }
  for (Chunk rest = w.numbers; !rest.empty();) {
    const std::size_t size = std::min(kChunk, rest.size());
    chunks.Send(rest.first(size));
    rest = rest.subspan(size);
  }
  chunks.Close();
  wg.Wait();
  std::uint64_t total = 0;
  for (std::uint64_t sum : sums) total += sum;
  return total;
}

}  // namespace unpark::patterns::tiny_tasks

#endif  // UNPARK_PATTERNS_EX115_TINY_TASKS_CHUNKED_H_
