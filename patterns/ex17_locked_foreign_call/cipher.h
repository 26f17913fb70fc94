// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

/* The foreign library of exercise 17: a toy stream cipher behind a C interface, with and without
 * state. */

#ifndef UNPARK_PATTERNS_EX17_LOCKED_FOREIGN_CALL_CIPHER_H_
#define UNPARK_PATTERNS_EX17_LOCKED_FOREIGN_CALL_CIPHER_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Enciphers `words` words of `in` into `out`. Keeps no state, in the thread or elsewhere. Not for
   secrets. */
void stream_cipher(uint64_t key, const uint64_t* in, uint64_t* out, size_t words);

/* The same in the style of older libraries: the key is kept for the calling thread, and
   stream_cipher_with_key uses the one that this thread has set last. */
void stream_cipher_set_key(uint64_t key);
void stream_cipher_with_key(const uint64_t* in, uint64_t* out, size_t words);

#ifdef __cplusplus
}
#endif

#endif  // UNPARK_PATTERNS_EX17_LOCKED_FOREIGN_CALL_CIPHER_H_
