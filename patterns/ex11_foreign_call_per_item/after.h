// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of exercise 11: one foreign call for all blocks.

#ifndef UNPARK_PATTERNS_EX11_FOREIGN_CALL_PER_ITEM_AFTER_H_
#define UNPARK_PATTERNS_EX11_FOREIGN_CALL_PER_ITEM_AFTER_H_

#include "patterns/ex11_foreign_call_per_item/block_hash.h"
#include "patterns/ex11_foreign_call_per_item/task.h"
#include "runtime/go.h"

namespace unpark::patterns::foreign_call_per_item {

inline Hashes HashInOneBatch(const BlockWorkload& w) {
  std::vector<const std::uint8_t*> starts;
  std::vector<std::size_t> sizes;
  starts.reserve(w.blocks.size());
  sizes.reserve(w.blocks.size());
  for (const Block& block : w.blocks) {
    starts.push_back(block.data());
    sizes.push_back(block.size());
  }
  Hashes hashes(w.blocks.size());
  Foreign(block_hash_batch, starts.data(), sizes.data(), w.blocks.size(), hashes.data());
  return hashes;
}

}  // namespace unpark::patterns::foreign_call_per_item

#endif  // UNPARK_PATTERNS_EX11_FOREIGN_CALL_PER_ITEM_AFTER_H_
