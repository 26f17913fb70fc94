// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Counting, and waking all waiters at zero.
#include "runtime/sync/waitgroup.h"

namespace unpark {
namespace {

std::int32_t Counter(std::uint64_t state) { return static_cast<std::int32_t>(state >> 32); }
std::uint32_t Waiters(std::uint64_t state) { return static_cast<std::uint32_t>(state); }

}  // namespace

void WaitGroup::Add(int delta) {
  explore::Operation(delta < 0 ? "WaitGroup.Done" : "WaitGroup.Add");
  const std::uint64_t step = static_cast<std::uint64_t>(static_cast<std::int64_t>(delta)) << 32;
  // Acq_rel: what each goroutine did before its Done comes before what follows the Wait.
  const std::uint64_t now = state_.fetch_add(step, std::memory_order_acq_rel) + step;
  const std::int32_t counter = Counter(now);
  const std::uint32_t waiters = Waiters(now);
  if (counter < 0) Panic("sync: negative WaitGroup counter");
  if (waiters != 0 && delta > 0 && counter == delta) {
    Panic("sync: WaitGroup misuse: Add called concurrently with Wait");
  }
  if (counter > 0 || waiters == 0) return;
  // The counter is zero and somebody waits: from here until the store nobody may touch the group.
  if (state_.load(std::memory_order_relaxed) != now)
    Panic("sync: WaitGroup misuse: Add called concurrently with Wait");
  state_.store(0, std::memory_order_release);
  for (std::uint32_t i = 0; i < waiters; ++i) sema_.Release();
}

void WaitGroup::Wait() {
  explore::Operation("WaitGroup.Wait");
  std::uint64_t state = state_.load(std::memory_order_acquire);
  for (;;) {
    if (Counter(state) == 0) return;
    if (!state_.compare_exchange_weak(state, state + 1, std::memory_order_acq_rel)) continue;
    sema_.Acquire(sched::WaitReason::kWaitGroupWait);
    if (state_.load(std::memory_order_acquire) != 0)
      Panic("sync: WaitGroup is reused before previous Wait has returned");
    return;
  }
}

}  // namespace unpark
