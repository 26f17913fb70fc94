// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of exercise 17: the same call without the lock.

#ifndef UNPARK_PATTERNS_EX17_LOCKED_FOREIGN_CALL_AFTER_H_
#define UNPARK_PATTERNS_EX17_LOCKED_FOREIGN_CALL_AFTER_H_

#include "patterns/ex17_locked_foreign_call/cipher.h"
#include "patterns/ex17_locked_foreign_call/task.h"

namespace unpark::patterns::locked_foreign_call {

inline Digests EncipherFreely(const CipherWorkload& w) {
  return EncipherByCallers(w, [](std::int64_t call, Delivery* delivery) {
    const Block plaintext = Plaintext(call);
    Block enciphered;
    Foreign(stream_cipher, KeyOf(call), plaintext.data(), enciphered.data(), plaintext.size());
    delivery->Deliver(call, enciphered);
  });
}

}  // namespace unpark::patterns::locked_foreign_call

#endif  // UNPARK_PATTERNS_EX17_LOCKED_FOREIGN_CALL_AFTER_H_
