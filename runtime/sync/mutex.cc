// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// The contended paths of Mutex.
#include "runtime/sync/mutex.h"

#include "runtime/os/clock.h"

namespace unpark {
namespace {

constexpr std::int64_t kStarvingAfterNs = 1'000'000;
constexpr int kSpinRounds = 4, kSpinPauses = 30;

}  // namespace

bool Mutex::TryLock() {
  explore::Operation("Mutex.TryLock");
  std::int32_t old = state_.load(std::memory_order_relaxed);
  return (old & (kLocked | kStarving)) == 0 &&
         state_.compare_exchange_strong(old, old | kLocked, std::memory_order_acquire);
}

void Mutex::LockSlow() {
  std::int64_t waiting_since = 0;
  bool starving = false, woken = false;
  int spins = 0;
  std::int32_t old = state_.load(std::memory_order_relaxed);
  for (;;) {
    // Held for a short time, perhaps: look a little longer. In starvation mode the lock is handed
    // over, so spinning is idle.
    if ((old & (kLocked | kStarving)) == kLocked && spins < kSpinRounds && sched::WorthSpinning()) {
      if (!woken && (old & kWoken) == 0 && old >= kWaiter &&
          state_.compare_exchange_weak(old, old | kWoken, std::memory_order_relaxed)) {
        woken = true;
      }
      for (int i = 0; i < kSpinPauses; ++i) os::CpuRelax();
      ++spins;
      old = state_.load(std::memory_order_relaxed);
      continue;
    }
    std::int32_t wanted = old;
    if ((old & kStarving) == 0) wanted |= kLocked;
    if ((old & (kLocked | kStarving)) != 0) wanted += kWaiter;
    if (starving && (old & kLocked) != 0) wanted |= kStarving;
    if (woken) wanted &= ~kWoken;
    if (!state_.compare_exchange_weak(old, wanted, std::memory_order_acquire)) continue;
    if ((old & (kLocked | kStarving)) == 0) return;

    const bool waited_before = waiting_since != 0;
    if (!waited_before) waiting_since = os::NowNs();
    sema_.Acquire(sched::WaitReason::kMutexLock,
                  waited_before ? internal::Sema::Queue::kFront : internal::Sema::Queue::kBack);
    starving = starving || os::NowNs() - waiting_since > kStarvingAfterNs;
    old = state_.load(std::memory_order_relaxed);
    if ((old & kStarving) != 0) {
      // The lock was handed to us: it is ours though the bit says nothing of it. Leave starvation
      // mode with the last waiter, or when the wait was short: the mode is slow.
      ++sched::CurrentM()->tallies.sema_starving;
      std::int32_t delta = kLocked - kWaiter;
      if (!starving || old >> 3 == 1) delta -= kStarving;
      state_.fetch_add(delta, std::memory_order_acquire);
      return;
    }
    woken = true;
    spins = 0;
  }
}

void Mutex::UnlockSlow(std::int32_t left) {
  if (((left + kLocked) & kLocked) == 0) Fatal("sync: unlock of unlocked mutex");
  if ((left & kStarving) != 0) {
    sema_.Release(internal::Sema::Run::kNow);
    return;
  }
  for (std::int32_t old = left;;) {
    // Nobody waits, or somebody is awake already, or has the lock.
    if (old < kWaiter || (old & (kLocked | kWoken | kStarving)) != 0) return;
    if (state_.compare_exchange_weak(old, (old - kWaiter) | kWoken, std::memory_order_relaxed)) {
      sema_.Release();
      return;
    }
  }
}

}  // namespace unpark
