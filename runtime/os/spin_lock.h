// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// SpinLock: the lock inside channels, timers and wait queues; held for tens of nanoseconds, never
// across a park.
#ifndef UNPARK_RUNTIME_OS_SPIN_LOCK_H_
#define UNPARK_RUNTIME_OS_SPIN_LOCK_H_

#include <atomic>
#include <cstdint>

#include "runtime/os/explore.h"

namespace unpark::os {

// A waiter stays away from the lock's cache line altogether while it backs off: each look takes the
// line from the owner, and on a channel that two cores use at once the looks alone cost the owner
// five times its work. How long it stays away is learned: a lock met in the way once is tried again
// after a fifth of a microsecond, one that this thread keeps running into after six, so that the
// owner does hundreds of operations in a row. After that it gives the core away, since the owner
// may be a thread that the kernel has descheduled.
//
// Unlock is a plain store. Rejected: a futex word with a sleepers bit, whose unlock needs an
// exchange (+5 ns on each channel operation).
class SpinLock {
 public:
  void Lock() {
    explore::Access();
    // Acquire: pairs with the release in Unlock; weaker, and the guarded fields could be read
    // before the lock is ours.
    if (word_.exchange(1, std::memory_order_acquire) != 0) [[unlikely]]
      LockSlow();
  }
  bool TryLock() { return word_.exchange(1, std::memory_order_acquire) == 0; }
  void Unlock() {
    word_.store(0, std::memory_order_release);
    explore::Unlocked(this);
  }
  bool Held() const { return word_.load(std::memory_order_relaxed) != 0; }

  // For std::lock_guard and std::scoped_lock.
  void lock() { Lock(); }
  void unlock() { Unlock(); }
  bool try_lock() { return TryLock(); }

 private:
  void LockSlow();

  std::atomic<std::uint32_t> word_{0};
};

}  // namespace unpark::os

#endif  // UNPARK_RUNTIME_OS_SPIN_LOCK_H_
