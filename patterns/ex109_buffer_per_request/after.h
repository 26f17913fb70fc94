// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of scenario 109: requests take a table from a Pool, and put it back as they found it.

#ifndef UNPARK_PATTERNS_EX109_BUFFER_PER_REQUEST_AFTER_H_
#define UNPARK_PATTERNS_EX109_BUFFER_PER_REQUEST_AFTER_H_

#include <memory>

#include "patterns/ex109_buffer_per_request/task.h"
#include "runtime/sync/pool.h"

namespace unpark::patterns::buffer_per_request {

enum class PutBack { kReset, kAsItIs };

template <PutBack kHow>
class PooledTables {
 public:
  explicit PooledTables(const ScratchWorkload& w) : w_(w) {}

  Distinct Run() {
    return HandleAll(w_, [this](int request) {
      std::unique_ptr<Scratch> scratch = pool_.Get();
      const std::uint64_t distinct = CountDistinct(w_, request, scratch.get());
      // BUG in unreset: the next one counts on.
      if (kHow == PutBack::kReset) Reset(w_, request, scratch.get());
      pool_.Put(std::move(scratch));
      return distinct;
    });
  }

 private:
  const ScratchWorkload& w_;
  Pool<Scratch> pool_{[] { return std::make_unique<Scratch>(); }};
};

}  // namespace unpark::patterns::buffer_per_request

#endif  // UNPARK_PATTERNS_EX109_BUFFER_PER_REQUEST_AFTER_H_
