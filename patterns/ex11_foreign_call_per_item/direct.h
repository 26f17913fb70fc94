// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of exercise 11: a plain call for each block, right for C code known to need little stack.

#ifndef UNPARK_PATTERNS_EX11_FOREIGN_CALL_PER_ITEM_DIRECT_H_
#define UNPARK_PATTERNS_EX11_FOREIGN_CALL_PER_ITEM_DIRECT_H_

#include "patterns/ex11_foreign_call_per_item/block_hash.h"
#include "patterns/ex11_foreign_call_per_item/task.h"

namespace unpark::patterns::foreign_call_per_item {

// Go has no such way: there, every call into C changes to the thread's stack.
inline Hashes HashOnGoroutineStack(const BlockWorkload& w) {
  Hashes hashes;
  hashes.reserve(w.blocks.size());
  for (const Block& block : w.blocks) hashes.push_back(block_hash(block.data(), block.size()));
  return hashes;
}

}  // namespace unpark::patterns::foreign_call_per_item

#endif  // UNPARK_PATTERNS_EX11_FOREIGN_CALL_PER_ITEM_DIRECT_H_
