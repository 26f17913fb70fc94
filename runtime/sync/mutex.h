// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Mutex: mutual exclusion between goroutines, with Go's starvation mode.
#ifndef UNPARK_RUNTIME_SYNC_MUTEX_H_
#define UNPARK_RUNTIME_SYNC_MUTEX_H_

#include <cstdint>

#include "runtime/os/explore.h"
#include "runtime/sync/sema.h"

namespace unpark {

// Waiting parks the goroutine, not its thread. Not reentrant; may be unlocked by another goroutine
// than the one that locked it. Unlocking an unlocked Mutex is fatal: "sync: unlock of unlocked
// mutex".
//
//   std::lock_guard guard(mutex);
//
// Fairness: a newcomer may take the lock before a waiter that has just been woken, which is fast; a
// waiter that has waited for more than 1 ms turns on starvation mode, in which Unlock hands the
// lock to the first waiter. So nobody waits for ever. Unlock synchronizes before the Lock that
// follows it.
class Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void Lock() {
    explore::Operation("Mutex.Lock");
    std::int32_t unlocked = 0;
    // Acquire: pairs with the release in Unlock.
    if (!state_.compare_exchange_strong(unlocked, kLocked, std::memory_order_acquire)) [[unlikely]]
      LockSlow();
  }
  bool TryLock();
  void Unlock() {
    explore::Operation("Mutex.Unlock");
    const std::int32_t left = state_.fetch_sub(kLocked, std::memory_order_release) - kLocked;
    if (left != 0) [[unlikely]]
      UnlockSlow(left);
  }

  void lock() { Lock(); }
  bool try_lock() { return TryLock(); }
  void unlock() { Unlock(); }

 private:
  static constexpr std::int32_t kLocked = 1;
  static constexpr std::int32_t kWoken =
      2;  // somebody awake will try: Unlock need not wake another
  static constexpr std::int32_t kStarving = 4;
  static constexpr std::int32_t kWaiter = 8;  // the waiters' count starts at this bit

  void LockSlow();
  void UnlockSlow(std::int32_t left);

  explore::Atomic<std::int32_t> state_{0};
  internal::Sema sema_;
};

}  // namespace unpark

#endif  // UNPARK_RUNTIME_SYNC_MUTEX_H_
