// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of exercise 17: each call is locked to its OS thread, "to be safe".

#ifndef UNPARK_PATTERNS_EX17_LOCKED_FOREIGN_CALL_BEFORE_H_
#define UNPARK_PATTERNS_EX17_LOCKED_FOREIGN_CALL_BEFORE_H_

#include "patterns/ex17_locked_foreign_call/cipher.h"
#include "patterns/ex17_locked_foreign_call/task.h"

namespace unpark::patterns::locked_foreign_call {

// Go's LockOSThread with a deferred UnlockOSThread.
class ThreadLock {
 public:
  ThreadLock() { LockOSThread(); }
  ThreadLock(const ThreadLock&) = delete;
  ThreadLock& operator=(const ThreadLock&) = delete;
  ~ThreadLock() { UnlockOSThread(); }
};

inline Digests EncipherLocked(const CipherWorkload& w) {
  return EncipherByCallers(w, [](std::int64_t call, Delivery* delivery) {
    const ThreadLock lock;
    const Block plaintext = Plaintext(call);
    Block enciphered;
    Foreign(stream_cipher, KeyOf(call), plaintext.data(), enciphered.data(), plaintext.size());
    delivery->Deliver(call, enciphered);
  });
}

}  // namespace unpark::patterns::locked_foreign_call

#endif  // UNPARK_PATTERNS_EX17_LOCKED_FOREIGN_CALL_BEFORE_H_
