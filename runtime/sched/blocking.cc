// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Blocking sections: a goroutine keeps its thread and leaves its P, which others may take.
//
// Entering is two plain stores: the P stays with its thread and says kBlocking. Whoever changes
// that status by CAS owns the P: the thread itself as it comes back in time, sysmon after a tick,
// or who stops the world.
#include <mutex>

#include "runtime/sched/preempt.h"
#include "runtime/sched/sched.h"
#include "runtime/sched/scheduler.h"

namespace unpark::sched {

void EnterBlocking() {
  const os::Unseen unseen;
  M* m = CurrentM();
  if (m == nullptr || m->curg == nullptr) [[unlikely]]
    Fatal("Blocking called outside of a goroutine");
  EnterRuntime(m);
  ++m->tallies.blocking_calls;
  if (m->preempt.load(std::memory_order_relaxed) != Preempt::kNone) [[unlikely]] {
    const Standing standing = Settle(m);
    if (standing == Standing::kOrphan) EndOrphan(m);
    if (standing == Standing::kLostP) {
      // As if the P had been taken within the section: blocking_p still names it.
      m->curg->state.store(GState::kBlocking, std::memory_order_relaxed);
      m->blocking.store(true, std::memory_order_release);
      LeaveRuntime(m);
      return;
    }
  }
  P* p = m->p;
  ++p->blocking_entries;
  m->curg->state.store(GState::kBlocking, std::memory_order_relaxed);
  m->blocking_p.store(p, std::memory_order_relaxed);
  m->p = nullptr;
  m->blocking.store(true, std::memory_order_release);
  // Release: whoever takes the P by CAS sees its queue as we left it.
  p->status.store(PStatus::kBlocking, std::memory_order_release);
  LeaveRuntime(m);
}

void ExitBlocking() {
  const os::Unseen unseen;
  M* m = CurrentM();
  EnterRuntime(m);
  G* g = m->curg;
  P* p = m->blocking_p.load(std::memory_order_relaxed);
  PStatus expected = PStatus::kBlocking;
  if (p->status.compare_exchange_strong(expected, PStatus::kRunning, std::memory_order_acq_rel))
      [[likely]] {
    m->blocking.store(false, std::memory_order_release);
    m->p = p;
    p->m.store(m, std::memory_order_relaxed);
    g->state.store(GState::kRunning, std::memory_order_relaxed);
    LeaveRuntime(m);
    PreemptHere(m);
    return;
  }
  bool orphan = m->orphan.load(std::memory_order_acquire);
  if (!orphan) {
    // Under the lock: the end of the runtime decides about orphans under it too.
    std::lock_guard guard(m->scheduler->lock);
    orphan = m->orphan.load(std::memory_order_relaxed);
    if (!orphan) m->blocking.store(false, std::memory_order_release);
  }
  if (orphan) EndOrphan(m);
  AwaitP(m);
  LeaveRuntime(CurrentM());
}

}  // namespace unpark::sched
