// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

package reference

/*
#include <stddef.h>
#include <stdint.h>

static uint64_t block_hash(const uint8_t* block, size_t bytes) {
  uint64_t hash = 14695981039346656037u;
  for (size_t i = 0; i < bytes; ++i) hash = (hash ^ block[i]) * 1099511628211u;
  return hash;
}

// The blocks lie one behind the other: Go's pointers to Go memory may not be handed to C in an array.
static void block_hash_batch(const uint8_t* blocks, const size_t* ends, size_t count, uint64_t* out) {
  size_t start = 0;
  for (size_t i = 0; i < count; ++i) {
    out[i] = block_hash(blocks + start, ends[i] - start);
    start = ends[i];
  }
}

static void stream_cipher(uint64_t key, const uint64_t* in, uint64_t* out, size_t words) {
  uint64_t state = key;
  for (size_t i = 0; i < words; ++i) {
    state = (state ^ (state >> 29)) * 0xbf58476d1ce4e5b9u + 1;
    out[i] = in[i] ^ state;
  }
}

// The same in the style of older libraries: the key is kept for the calling thread.
static __thread uint64_t thread_key;
static void stream_cipher_set_key(uint64_t key) { thread_key = key; }
static void stream_cipher_with_key(const uint64_t* in, uint64_t* out, size_t words) {
  stream_cipher(thread_key, in, out, words);
}
*/
import "C"

import "unsafe"

func foreignHash(block []byte) uint64 {
	return uint64(C.block_hash((*C.uint8_t)(unsafe.SliceData(block)), C.size_t(len(block))))
}

func foreignHashBatch(blocks []byte, ends []uint64, out []uint64) {
	C.block_hash_batch((*C.uint8_t)(unsafe.SliceData(blocks)),
		(*C.size_t)(unsafe.Pointer(unsafe.SliceData(ends))), C.size_t(len(ends)),
		(*C.uint64_t)(unsafe.SliceData(out)))
}

func foreignCipher(key uint64, in, out []uint64) {
	C.stream_cipher(C.uint64_t(key), (*C.uint64_t)(unsafe.SliceData(in)),
		(*C.uint64_t)(unsafe.SliceData(out)), C.size_t(len(in)))
}

func foreignSetKey(key uint64) { C.stream_cipher_set_key(C.uint64_t(key)) }

func foreignCipherWithKey(in, out []uint64) {
	C.stream_cipher_with_key((*C.uint64_t)(unsafe.SliceData(in)),
		(*C.uint64_t)(unsafe.SliceData(out)), C.size_t(len(in)))
}
