// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// The cipher: xor with a key stream of multiply-xorshift steps.

#include "patterns/ex17_locked_foreign_call/cipher.h"

static thread_local uint64_t thread_key;

void stream_cipher_set_key(uint64_t key) { thread_key = key; }

void stream_cipher_with_key(const uint64_t* in, uint64_t* out, size_t words) {
  stream_cipher(thread_key, in, out, words);
}

void stream_cipher(uint64_t key, const uint64_t* in, uint64_t* out, size_t words) {
  uint64_t state = key;
  for (size_t i = 0; i < words; ++i) {
    state = (state ^ (state >> 29)) * 0xbf58476d1ce4e5b9u + 1;
    out[i] = in[i] ^ state;
  }
}
