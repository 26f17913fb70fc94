// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// The hash: FNV-1a of 64 bits, a byte at a time.

#include "patterns/ex11_foreign_call_per_item/block_hash.h"

uint64_t block_hash(const uint8_t* block, size_t bytes) {
  uint64_t hash = 14695981039346656037u;
  for (size_t i = 0; i < bytes; ++i) hash = (hash ^ block[i]) * 1099511628211u;
  return hash;
}

void block_hash_batch(const uint8_t* const* blocks, const size_t* bytes, size_t count,
                      uint64_t* out) {
  for (size_t i = 0; i < count; ++i) out[i] = block_hash(blocks[i], bytes[i]);
}
