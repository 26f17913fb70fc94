// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// The contended paths of RWMutex, and the opening and closing of its lanes.
#include "runtime/sync/rwmutex.h"

namespace unpark {

bool RWMutex::TryRLock() {
  explore::Operation("RWMutex.TryRLock");
  if (lanes_.Add(1)) return true;
  std::int32_t n = readers_.load(std::memory_order_relaxed);
  while (n >= 0) {
    if (readers_.compare_exchange_weak(n, n + 1, std::memory_order_acquire)) {
      CountRead();
      return true;
    }
  }
  return false;
}

void RWMutex::RUnlockSlow(std::int32_t before) {
  if (before == 0 || before <= -kMaxReaders) Fatal("sync: RUnlock of unlocked RWMutex");
  // A writer waits: the last of the readers it found wakes it. Acq_rel: its writes come after all
  // their reads.
  if (departing_.fetch_sub(1, std::memory_order_acq_rel) == 1) writer_sema_.Release();
}

void RWMutex::LockSlow() {
  writers_.Lock();
  if (lanes_.IsOpen()) CloseLanes();
  const std::int32_t before = readers_.fetch_sub(kMaxReaders, std::memory_order_acq_rel);
  bool after_readers;
  if (before < 0) {
    // A writer that came straight in holds the lock; its Unlock passes it on. (The reason is Go's,
    // where writers wait for each other by a Mutex.)
    writer_sema_.Acquire(sched::WaitReason::kMutexLock);
    after_readers = passed_to_readers_;
  } else {
    // Those readers may have begun to leave already: departing_ is then negative, and the sum tells
    // who is left.
    after_readers =
        before != 0 && departing_.fetch_add(before, std::memory_order_acq_rel) + before != 0;
  }
  if (after_readers) writer_sema_.Acquire(sched::WaitReason::kRWMutexLock);
  queued_.store(true, std::memory_order_relaxed);
}

bool RWMutex::TryLock() {
  explore::Operation("RWMutex.TryLock");
  std::int32_t none = 0;
  if (readers_.compare_exchange_strong(none, -kMaxReaders, std::memory_order_acquire)) return true;
  if (!lanes_.IsOpen() || !writers_.TryLock()) return false;
  if (lanes_.IsOpen()) CloseLanes();
  none = 0;
  const bool locked =
      readers_.compare_exchange_strong(none, -kMaxReaders, std::memory_order_acquire);
  writers_.Unlock();
  return locked;
}

void RWMutex::UnlockSlow() {
  const bool queued = queued_.exchange(false, std::memory_order_relaxed);
  const std::int32_t before = readers_.fetch_add(kMaxReaders, std::memory_order_acq_rel);
  if (before >= 0) Fatal("sync: Unlock of unlocked RWMutex");
  // A queued writer waits for us: the readers that came before now go first, and it waits for the
  // last of them.
  const bool pass_on = before < -kMaxReaders;
  const std::int32_t waiting = before + (pass_on ? 2 : 1) * kMaxReaders;
  if (pass_on) {
    passed_to_readers_ = waiting > 0;
    departing_.fetch_add(waiting, std::memory_order_acq_rel);
    writer_sema_.Release();
  }
  for (std::int32_t i = 0; i < waiting; ++i) reader_sema_.Release();
  if (queued) writers_.Unlock();
}

void RWMutex::OpenLanes() {
  reads_.store(0, std::memory_order_relaxed);
  // No writer holds the lock, for we read; without writers_ none can begin to wait.
  if (!writers_.TryLock()) return;
  if (!lanes_.IsOpen()) {
    readers_.fetch_add(kInLanes, std::memory_order_relaxed);
    if (lanes_.Open()) {
      if (sched::M* m = sched::CurrentM()) ++m->tallies.lanes_opened;
    } else {
      readers_.fetch_sub(kInLanes, std::memory_order_relaxed);
    }
  }
  writers_.Unlock();
}

void RWMutex::CloseLanes() {
  const auto in_lanes = static_cast<std::int32_t>(lanes_.Close());
  // Acquire and release, for the lanes' readers: their reads come before the next write.
  if (readers_.fetch_add(in_lanes - kInLanes, std::memory_order_acq_rel) + in_lanes < kInLanes)
    Fatal("sync: RUnlock of unlocked RWMutex");
  if (sched::M* m = sched::CurrentM()) ++m->tallies.lanes_closed;
}

}  // namespace unpark
