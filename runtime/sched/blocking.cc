// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Blocking sections: a goroutine keeps its thread and leaves its P, which others may take.
//
// Entering is two plain stores: the P stays with its thread and says kBlocking. Whoever changes
// that status by CAS owns the P: the thread itself as it comes back in time, sysmon after a tick,
// or who stops the world.
#include "runtime/sched/sched.h"
#include "runtime/sched/scheduler.h"

namespace unpark::sched {

void EnterBlocking() {
  M* m = CurrentM();
  if (m == nullptr || m->curg == nullptr) [[unlikely]]
    Fatal("Blocking called outside of a goroutine");
  P* p = m->p;
  ++m->tallies.blocking_calls;
  ++p->blocking_entries;
  m->curg->state.store(GState::kBlocking, std::memory_order_relaxed);
  m->blocking_p.store(p, std::memory_order_relaxed);
  m->p = nullptr;
  m->blocking.store(true, std::memory_order_release);
  // Release: whoever takes the P by CAS sees its queue as we left it.
  p->status.store(PStatus::kBlocking, std::memory_order_release);
}

void ExitBlocking() {
  M* m = CurrentM();
  G* g = m->curg;
  P* p = m->blocking_p.load(std::memory_order_relaxed);
  PStatus expected = PStatus::kBlocking;
  if (p->status.compare_exchange_strong(expected, PStatus::kRunning, std::memory_order_acq_rel))
      [[likely]] {
    m->blocking.store(false, std::memory_order_release);
    m->p = p;
    p->m.store(m, std::memory_order_relaxed);
    g->state.store(GState::kRunning, std::memory_order_relaxed);
    return;
  }
  Scheduler* s = Sched();
  P* idle = nullptr;
  if (!m->orphan.load(std::memory_order_acquire)) {
    std::lock_guard guard(s->lock);
    // Under the lock: the end of the runtime decides about orphans under it too.
    if (!m->orphan.load(std::memory_order_relaxed)) {
      m->blocking.store(false, std::memory_order_release);
      if (!s->stop_world.load(std::memory_order_relaxed) &&
          !s->stopping.load(std::memory_order_relaxed)) {
        idle = GetIdleP(s);
      }
    }
  }
  if (idle != nullptr) {
    AcquireP(m, idle);
    g->state.store(GState::kRunning, std::memory_order_relaxed);
    return;
  }
  // No P is free: queue up for one. An orphan ends on g0 without a look at the scheduler, which may
  // be gone.
  if (!m->orphan.load(std::memory_order_relaxed)) {
    g->state.store(GState::kRunnable, std::memory_order_relaxed);
    m->after = PushGlobal;
    m->after_arg = g;
  }
  Switch(m, g, &m->g0);
}

}  // namespace unpark::sched
