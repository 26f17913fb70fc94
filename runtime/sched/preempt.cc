// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Asking, taking, and finding out that one's P is gone. The invariants are in preempt.h.
#include "runtime/sched/preempt.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <mutex>

#include "runtime/sched/sched.h"
#include "runtime/sched/scheduler.h"

namespace unpark::sched {
namespace {

// What kTaken means beside the word itself. REQUIRES: lock held; m's goroutine is not in the
// runtime, or m is the caller's.
void RunWithoutP(Scheduler* s, M* m, P* p) {
  m->curg->state.store(GState::kBlocking, std::memory_order_relaxed);
  m->blocking_p.store(p, std::memory_order_relaxed);
  m->blocking.store(true, std::memory_order_release);
  p->m.store(nullptr, std::memory_order_relaxed);
  p->status.store(PStatus::kIdle, std::memory_order_release);
  ++s->preempted;
  s->outside.preempt_honoured.fetch_add(1, std::memory_order_relaxed);
}

// The reverse; m's goroutine still has no P. REQUIRES: lock held, m is the caller's.
void EndTaken(M* m) {
  --m->scheduler->preempted;
  m->p = nullptr;
  m->preempt.store(Preempt::kNone, std::memory_order_relaxed);
  m->blocking.store(false, std::memory_order_release);
  m->curg->state.store(GState::kRunning, std::memory_order_relaxed);
}

// Ends kTaken with an idle P, if there is one, on this thread. False: m has no P.
bool TakeIdleP(M* m) {
  Scheduler* s = m->scheduler;
  if (s->idle_ps.load(std::memory_order_relaxed) == 0) return false;
  P* idle;
  {
    std::lock_guard guard(s->lock);
    if (m->orphan.load(std::memory_order_relaxed) ||
        s->stop_world.load(std::memory_order_relaxed) ||
        s->stopping.load(std::memory_order_relaxed)) {
      return false;
    }
    idle = GetIdleP(s);
    if (idle == nullptr) return false;
    EndTaken(m);
  }
  AcquireP(m, idle);
  return true;
}

}  // namespace

bool CanTake() {
  static const bool can =
      syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
  return can;
}

void Membarrier() { syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0); }

bool TakeP(Scheduler* s, P* p) {
  M* m = p->m.load(std::memory_order_relaxed);
  // in_runtime first: what it acquires makes the other two current. From here to the CAS the M
  // either stays outside of the runtime or wins the CAS.
  if (m == nullptr || m->in_runtime.load(std::memory_order_acquire) ||
      p->status.load(std::memory_order_acquire) != PStatus::kRunning ||
      p->m.load(std::memory_order_relaxed) != m) {
    return false;
  }
  Preempt wanted = Preempt::kWanted;
  if (!m->preempt.compare_exchange_strong(wanted, Preempt::kTaken, std::memory_order_acq_rel))
    return false;
  RunWithoutP(s, m, p);
  return true;
}

void RequestAll(Scheduler* s, M* self, Preempt wanted) {
  for (int i = 0, n = s->procs.load(std::memory_order_acquire); i < n; ++i) {
    P* p = s->ps[static_cast<std::size_t>(i)].load(std::memory_order_relaxed);
    M* m = p->m.load(std::memory_order_acquire);
    if (m == nullptr || m == self ||
        p->status.load(std::memory_order_acquire) != PStatus::kRunning) {
      continue;
    }
    Preempt now = m->preempt.load(std::memory_order_relaxed);
    while (now < wanted &&
           !m->preempt.compare_exchange_weak(now, wanted, std::memory_order_seq_cst)) {
    }
    if (now == Preempt::kNone) s->outside.preempt_asked.fetch_add(1, std::memory_order_relaxed);
  }
}

int TakeRunningPs(Scheduler* s, M* self) {
  RequestAll(s, self, Preempt::kWanted);
  Membarrier();
  std::lock_guard guard(s->lock);
  int taken = 0;
  for (int i = 0, n = s->procs.load(std::memory_order_acquire); i < n; ++i) {
    P* p = s->ps[static_cast<std::size_t>(i)].load(std::memory_order_relaxed);
    if (!TakeP(s, p)) continue;
    p->status.store(PStatus::kStopped, std::memory_order_release);
    ++taken;
  }
  return taken;
}

bool KeepP(M* m, bool outer) {
  const Preempt now = m->preempt.load(std::memory_order_acquire);
  if (now == Preempt::kTaken) return !outer && TakeIdleP(m);
  if (now != Preempt::kWanted) return true;
  // Within a longer call that has its P, or on g0: nobody takes it there.
  if (outer) return true;
  Scheduler* s = m->scheduler;
  P* p = m->p;
  {
    std::lock_guard guard(s->lock);
    Preempt wanted = Preempt::kWanted;
    if (!m->preempt.compare_exchange_strong(wanted, Preempt::kTaken, std::memory_order_acq_rel))
      return wanted != Preempt::kTaken;
    RunWithoutP(s, m, p);
  }
  HandOff(s, p);
  return false;
}

Standing Settle(M* m) {
  if (m->preempt.exchange(Preempt::kNone, std::memory_order_acq_rel) != Preempt::kTaken)
    return Standing::kHasP;
  std::lock_guard guard(m->scheduler->lock);
  if (m->orphan.load(std::memory_order_relaxed)) {
    m->preempt.store(Preempt::kTaken, std::memory_order_relaxed);
    return Standing::kOrphan;
  }
  EndTaken(m);
  return Standing::kLostP;
}

void SettleAndKeepP(M* m) {
  switch (Settle(m)) {
    case Standing::kHasP:
      return;
    case Standing::kLostP:
      AwaitP(m);
      return;
    case Standing::kOrphan:
      EndOrphan(m);
  }
}

void AwaitP(M* m) {
  Scheduler* s = m->scheduler;
  G* g = m->curg;
  P* idle = nullptr;
  {
    std::lock_guard guard(s->lock);
    if (!s->stop_world.load(std::memory_order_relaxed) &&
        !s->stopping.load(std::memory_order_relaxed)) {
      idle = GetIdleP(s);
    }
  }
  if (idle != nullptr) {
    AcquireP(m, idle);
    g->state.store(GState::kRunning, std::memory_order_relaxed);
    return;
  }
  g->state.store(GState::kRunnable, std::memory_order_relaxed);
  m->after = PushGlobal;
  m->after_arg = g;
  Switch(m, g, &m->g0);
}

void EndOrphan(M* m, void (*after)(void*), void* arg) {
  m->after = after;
  m->after_arg = arg;
  Switch(m, m->curg, &m->g0);
  __builtin_unreachable();
}

void GiveWay(PreemptPoint point) {
  const os::Unseen unseen;
  M* m = CurrentM();
  G* g = m->curg;
  if (g == nullptr || m->in_foreign || m->in_runtime.load(std::memory_order_relaxed)) return;
  if (point == PreemptPoint::kLoop &&
      m->preempt.load(std::memory_order_relaxed) != Preempt::kTaken &&
      m->scheduler->options.preemption < Preemption::kCheckpoints) {
    return;
  }
  EnterRuntime(m);
  switch (Settle(m)) {
    case Standing::kOrphan:
      EndOrphan(m);
    case Standing::kLostP:
      AwaitP(m);
      break;
    case Standing::kHasP:
      ++m->tallies.preempt_honoured;
      YieldToAll(m);
  }
  LeaveRuntime(CurrentM());
}

}  // namespace unpark::sched
