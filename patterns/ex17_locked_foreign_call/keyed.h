// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variants of exercise 17 with a library that keeps its key in the thread: here the lock is needed.

#ifndef PATTERNS_EX17_LOCKED_FOREIGN_CALL_KEYED_H_
#define PATTERNS_EX17_LOCKED_FOREIGN_CALL_KEYED_H_

#include "patterns/ex17_locked_foreign_call/before.h"
#include "patterns/ex17_locked_foreign_call/cipher.h"
#include "patterns/ex17_locked_foreign_call/task.h"

namespace unpark::patterns::locked_foreign_call {

// Sets the thread's key, gives way as a goroutine does that waits for its data, and enciphers.
// Right only when both foreign calls run on one thread, and no other goroutine on it between them.
inline void EncipherKeyed(std::int64_t call, Delivery* delivery) {
  Foreign(stream_cipher_set_key, KeyOf(call));
  Gosched();
  const Block plaintext = Plaintext(call);
  Block enciphered;
  Foreign(stream_cipher_with_key, plaintext.data(), enciphered.data(), plaintext.size());
  delivery->Deliver(call, enciphered);
}

// Right: a locked goroutine has its thread for itself.
inline Digests EncipherKeyedLocked(const CipherWorkload& w) {
  return EncipherByCallers(w, [](std::int64_t call, Delivery* delivery) {
    const ThreadLock lock;
    EncipherKeyed(call, delivery);
  });
}

// Wrong on purpose: between the calls another goroutine sets its key, or this one changes threads.
inline Digests EncipherKeyedFreely(const CipherWorkload& w) {
  return EncipherByCallers(w, EncipherKeyed);
}

}  // namespace unpark::patterns::locked_foreign_call

#endif  // PATTERNS_EX17_LOCKED_FOREIGN_CALL_KEYED_H_
