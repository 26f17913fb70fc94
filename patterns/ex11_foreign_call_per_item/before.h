// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of exercise 11: one foreign call for each block.

#ifndef UNPARK_PATTERNS_EX11_FOREIGN_CALL_PER_ITEM_BEFORE_H_
#define UNPARK_PATTERNS_EX11_FOREIGN_CALL_PER_ITEM_BEFORE_H_

#include "patterns/ex11_foreign_call_per_item/block_hash.h"
#include "patterns/ex11_foreign_call_per_item/task.h"
#include "runtime/go.h"

namespace unpark::patterns::foreign_call_per_item {

inline Hashes HashOneByOne(const BlockWorkload& w) {
  Hashes hashes;
  hashes.reserve(w.blocks.size());
  for (const Block& block : w.blocks) {
    hashes.push_back(Foreign(block_hash, block.data(), block.size()));
  }
  return hashes;
}

}  // namespace unpark::patterns::foreign_call_per_item

#endif  // UNPARK_PATTERNS_EX11_FOREIGN_CALL_PER_ITEM_BEFORE_H_
