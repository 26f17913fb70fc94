// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// RWMutex: many readers or one writer, writers first.
#ifndef UNPARK_RUNTIME_SYNC_RWMUTEX_H_
#define UNPARK_RUNTIME_SYNC_RWMUTEX_H_

#include <cstdint>

#include "runtime/os/explore.h"
#include "runtime/sync/mutex.h"

namespace unpark {

// A waiting writer keeps new readers out, so it is not starved; hence read locks must not nest.
// Misuse is fatal: "sync: RUnlock of unlocked RWMutex", "sync: Unlock of unlocked RWMutex".
//
//   std::shared_lock read(lock);   std::lock_guard write(lock);
class RWMutex {
 public:
  RWMutex() = default;
  RWMutex(const RWMutex&) = delete;
  RWMutex& operator=(const RWMutex&) = delete;

  void RLock() {
    explore::Operation("RWMutex.RLock");
    // Negative: a writer waits or writes. Acquire: pairs with the writer's release in Unlock.
    if (readers_.fetch_add(1, std::memory_order_acquire) < 0) [[unlikely]] {
      reader_sema_.Acquire(sched::WaitReason::kRWMutexRLock);
    }
  }
  bool TryRLock();
  void RUnlock() {
    explore::Operation("RWMutex.RUnlock");
    const std::int32_t before = readers_.fetch_sub(1, std::memory_order_release);
    if (before <= 0) [[unlikely]]
      RUnlockSlow(before);
  }
  void Lock();
  bool TryLock();
  void Unlock();

  void lock() { Lock(); }
  bool try_lock() { return TryLock(); }
  void unlock() { Unlock(); }
  void lock_shared() { RLock(); }
  bool try_lock_shared() { return TryRLock(); }
  void unlock_shared() { RUnlock(); }

 private:
  static constexpr std::int32_t kMaxReaders = 1 << 30;

  void RUnlockSlow(std::int32_t before);

  Mutex writers_;  // one writer at a time
  // Readers that hold or await the lock; minus kMaxReaders while a writer waits or writes.
  explore::Atomic<std::int32_t> readers_{0};
  explore::Atomic<std::int32_t> departing_{0};  // readers that the waiting writer waits for
  internal::Sema reader_sema_, writer_sema_;
};

}  // namespace unpark

#endif  // UNPARK_RUNTIME_SYNC_RWMUTEX_H_
