// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// RWMutex: many readers or one writer, writers first.
#ifndef UNPARK_RUNTIME_SYNC_RWMUTEX_H_
#define UNPARK_RUNTIME_SYNC_RWMUTEX_H_

#include <atomic>
#include <cstdint>

#include "runtime/os/explore.h"
#include "runtime/sync/mutex.h"
#include "runtime/sync/reader_lanes.h"

namespace unpark {

// A waiting writer keeps new readers out, so it is not starved; hence read locks must not nest.
// Misuse is fatal: "sync: RUnlock of unlocked RWMutex", "sync: Unlock of unlocked RWMutex".
//
//   std::shared_lock read(lock);   std::lock_guard write(lock);
//
// A lock that is only read for a while (kOpenAfter times) counts its readers by thread, 1 KiB in
// all; reading then costs no atomic operation and no shared cache line. The next writer pays for
// it with a membarrier, some microseconds. Meanwhile an RUnlock too many is reported by that
// writer, not at once.
class RWMutex {
 public:
  RWMutex() = default;
  RWMutex(const RWMutex&) = delete;
  RWMutex& operator=(const RWMutex&) = delete;

  void RLock() {
    explore::Operation("RWMutex.RLock");
    if (lanes_.Add(1)) return;
    // Negative: a writer waits or writes. Acquire: pairs with the writer's release in Unlock.
    if (readers_.fetch_add(1, std::memory_order_acquire) < 0) [[unlikely]] {
      reader_sema_.Acquire(sched::WaitReason::kRWMutexRLock);
    }
    CountRead();
  }
  bool TryRLock();
  void RUnlock() {
    explore::Operation("RWMutex.RUnlock");
    if (lanes_.Add(-1)) return;
    const std::int32_t before = readers_.fetch_sub(1, std::memory_order_release);
    if (before <= 0) [[unlikely]]
      RUnlockSlow(before);
  }
  void Lock() {
    explore::Operation("RWMutex.Lock");
    std::int32_t none = 0;
    // Acquire: pairs with the release in Unlock and in RUnlock.
    if (!readers_.compare_exchange_strong(none, -kMaxReaders, std::memory_order_acquire))
        [[unlikely]]
      LockSlow();
  }
  bool TryLock();
  void Unlock() {
    explore::Operation("RWMutex.Unlock");
    reads_.store(0, std::memory_order_relaxed);
    std::int32_t alone = -kMaxReaders;
    if (queued_.load(std::memory_order_relaxed) ||
        !readers_.compare_exchange_strong(alone, 0, std::memory_order_release)) [[unlikely]] {
      UnlockSlow();
    }
  }

  void lock() { Lock(); }
  bool try_lock() { return TryLock(); }
  void unlock() { Unlock(); }
  void lock_shared() { RLock(); }
  bool try_lock_shared() { return TryRLock(); }
  void unlock_shared() { RUnlock(); }

 private:
  static constexpr std::int32_t kMaxReaders = 1 << 29;
  // What readers_ holds besides while the lanes are open, so that those who count there and leave
  // here, before a writer has moved them over, find themselves counted.
  static constexpr std::int32_t kInLanes = 1 << 28;
  // Reads without a write before the lanes open: together they cost ten times what closing does.
  static constexpr std::int32_t kOpenAfter = 4096;

  void RUnlockSlow(std::int32_t before);
  void LockSlow();
  void UnlockSlow();
  // REQUIRES: the caller holds a read lock, on readers_.
  void CountRead() {
    const std::int32_t n = reads_.load(std::memory_order_relaxed) + 1;  // a lost one is no harm
    reads_.store(n, std::memory_order_relaxed);
    if (n >= kOpenAfter) [[unlikely]]
      OpenLanes();
  }
  void OpenLanes();
  void CloseLanes();  // REQUIRES: the caller holds writers_

  // A writer that finds the lock free takes readers_ from 0 to -kMaxReaders and holds nothing else.
  // Any other queues: it holds writers_ from before it subtracts kMaxReaders until it has unlocked.
  // So readers_ is below -kMaxReaders while a queued writer waits for one that came straight in.
  Mutex writers_;
  // Readers that hold or await the lock; minus kMaxReaders for each writer that holds or awaits it,
  // but for those that wait for writers_; plus kInLanes while the lanes are open.
  explore::Atomic<std::int32_t> readers_{0};
  explore::Atomic<std::int32_t> departing_{0};  // readers that the waiting writer waits for
  bool passed_to_readers_ = false;              // when the queued writer was woken: see LockSlow
  std::atomic<std::int32_t> reads_{0};          // since the last write, about
  std::atomic<bool> queued_{false};             // the writer holds writers_; the writer's own
  internal::ReaderLanes lanes_;                 // opened and closed under writers_
  internal::Sema reader_sema_, writer_sema_;
};

}  // namespace unpark

#endif  // UNPARK_RUNTIME_SYNC_RWMUTEX_H_
