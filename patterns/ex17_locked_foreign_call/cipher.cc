// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// The cipher: xor with a key stream of multiply-xorshift steps.

#include "patterns/ex17_locked_foreign_call/cipher.h"

void stream_cipher(uint64_t key, const uint64_t* in, uint64_t* out, size_t words) {
  uint64_t state = key;
  for (size_t i = 0; i < words; ++i) {
    state = (state ^ (state >> 29)) * 0xbf58476d1ce4e5b9u + 1;
    out[i] = in[i] ^ state;
  }
}
