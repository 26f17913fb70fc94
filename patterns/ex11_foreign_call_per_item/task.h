// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of exercise 11: hash many blocks with a foreign (C) library.

#ifndef UNPARK_PATTERNS_EX11_FOREIGN_CALL_PER_ITEM_TASK_H_
#define UNPARK_PATTERNS_EX11_FOREIGN_CALL_PER_ITEM_TASK_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "patterns/work.h"

namespace unpark::patterns::foreign_call_per_item {

using Block = std::vector<std::uint8_t>;
using Hashes = std::vector<std::uint64_t>;

struct BlockWorkload {
  int count = 10'000;
  int block_bytes = 64;
  std::vector<Block> blocks = {};

  void Prepare() {
    for (int i = 0; i < count; ++i) {
      Block& block = blocks.emplace_back(block_bytes);
      for (int j = 0; j < block_bytes; ++j) block[j] = static_cast<std::uint8_t>(Work(i, j % 8));
    }
  }
  std::int64_t Operations() const { return count; }
};

// Computes the hash itself, from the last block to the first.
inline Hashes HashWithoutTheLibrary(const BlockWorkload& w) {
  Hashes hashes(w.blocks.size(), 0xcbf29ce484222325u);
  for (std::size_t i = w.blocks.size(); i-- > 0;) {
    for (std::uint8_t byte : w.blocks[i]) {
      hashes[i] ^= byte;
      hashes[i] *= 0x100000001b3u;
    }
  }
  return hashes;
}

}  // namespace unpark::patterns::foreign_call_per_item

#endif  // UNPARK_PATTERNS_EX11_FOREIGN_CALL_PER_ITEM_TASK_H_
