// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

/* The foreign library of exercise 11: a hash of byte blocks behind a C interface. */

#ifndef UNPARK_PATTERNS_EX11_FOREIGN_CALL_PER_ITEM_BLOCK_HASH_H_
#define UNPARK_PATTERNS_EX11_FOREIGN_CALL_PER_ITEM_BLOCK_HASH_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Hash of one block. */
uint64_t block_hash(const uint8_t* block, size_t bytes);

/* Hashes of `count` blocks into out[0 .. count). */
void block_hash_batch(const uint8_t* const* blocks, const size_t* bytes, size_t count,
                      uint64_t* out);

#ifdef __cplusplus
}
#endif

#endif  // UNPARK_PATTERNS_EX11_FOREIGN_CALL_PER_ITEM_BLOCK_HASH_H_
