// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// The writer's side of RWMutex.
#include "runtime/sync/rwmutex.h"

namespace unpark {

bool RWMutex::TryRLock() {
  explore::Operation("RWMutex.TryRLock");
  std::int32_t n = readers_.load(std::memory_order_relaxed);
  while (n >= 0) {
    if (readers_.compare_exchange_weak(n, n + 1, std::memory_order_acquire)) return true;
  }
  return false;
}

void RWMutex::RUnlockSlow(std::int32_t before) {
  if (before == 0 || before == -kMaxReaders) Fatal("sync: RUnlock of unlocked RWMutex");
  // A writer waits: the last of the readers it found wakes it. Acq_rel: its writes come after all
  // their reads.
  if (departing_.fetch_sub(1, std::memory_order_acq_rel) == 1) writer_sema_.Release();
}

void RWMutex::Lock() {
  writers_.Lock();
  const std::int32_t readers = readers_.fetch_sub(kMaxReaders, std::memory_order_acq_rel);
  // Those readers may have begun to leave already: departing_ is then negative, and the sum tells
  // who is left.
  if (readers != 0 && departing_.fetch_add(readers, std::memory_order_acq_rel) + readers != 0) {
    writer_sema_.Acquire(sched::WaitReason::kRWMutexLock);
  }
}

bool RWMutex::TryLock() {
  if (!writers_.TryLock()) return false;
  std::int32_t none = 0;
  if (readers_.compare_exchange_strong(none, -kMaxReaders, std::memory_order_acquire)) return true;
  writers_.Unlock();
  return false;
}

void RWMutex::Unlock() {
  explore::Operation("RWMutex.Unlock");
  const std::int32_t waiting =
      readers_.fetch_add(kMaxReaders, std::memory_order_acq_rel) + kMaxReaders;
  if (waiting >= kMaxReaders) Fatal("sync: Unlock of unlocked RWMutex");
  for (std::int32_t i = 0; i < waiting; ++i) reader_sema_.Release();
  writers_.Unlock();
}

}  // namespace unpark
