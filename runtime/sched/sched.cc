// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Dispatch: how one goroutine gives way to the next.
//
// Three things, as in Go: a G is a goroutine, an M is a thread, a P is the right to run goroutines,
// of which there are GOMAXPROCS; a P carries the run queue, the timers, and the stocks of free Gs
// and stacks.
//
// A parking goroutine picks its successor itself and switches straight to it; only when the P's own
// queue has nothing, or something out of the ordinary is due (a timer, the global queue's turn, a
// stop), does it switch to g0, the flow on the thread's own stack, which runs the long search
// (find.cc). Rejected: always to pass through g0, as Go does; it costs a second switch and a second
// dispatch per park, 4 of 15 ns.
//
// Switching away and becoming visible to a waker must be one step, or a waker on another thread
// could resume a stack that is still in use. The step is `M::after`: whatever flow the switch
// arrives in runs it first. So a channel stays locked across the switch and is unlocked by the
// successor.
//
// Who wakes whom. Work must not lie in a queue while a P idles. The submitter publishes, then
// fences (StoreLoad), then looks for idle Ps and no spinning M; an M that gives up its P makes it
// idle, then (it was a locked operation: StoreLoad) looks at all queues again. In whatever order
// the two interleave, one of them sees the other.
//   1. Submit:  push to the ring or the global queue;  fence;  if idle_ps > 0 and spinning == 0:
//   WakeP.
//   2. Idle:    put P on the idle list, idle_ps++;  spinning-- if it spun;  look at every ring and
//   the global queue.
//   3. A woken M spins; finding work, it is the last to stop spinning -> it runs step 1's check
//   once more.
// One exception, a policy: a goroutine that lands in an empty runnext slot wakes nobody. Its P will
// run it as soon as the current goroutine parks, mostly within a microsecond, whereas the wake of
// another thread costs 16 of them and then drags the pair apart. If the current goroutine does run
// on, sysmon notices within a tick (at most 1 ms) that the slot has not moved, wakes a P for it,
// and makes this P's lone readies wake at once (P::eager_wakes), since what ran on once will do so
// again; until the P itself has run 64 of them, so that the wakes were in vain. So work
// conservation is bounded, and ping-pong stays on one P.
//
// Memory under locks. Run queues and timer heaps ask for memory, and give it back, without holding
// their locks: a thread that is stopped inside malloc, with its lock held, may need that very lock
// of ours to go on.
#include "runtime/sched/sched.h"

#include <array>
#include <string>

#include "runtime/os/clock.h"
#include "runtime/os/explore.h"
#include "runtime/sched/preempt.h"
#include "runtime/sched/scheduler.h"

extern "C" {
__thread unpark::sched::M* unpark_current_m = nullptr;
}

namespace unpark::sched {

std::atomic<Scheduler*> g_scheduler{nullptr};

// Runs the `after` of the flow that was left, and from here on this flow is whole. Returns the M.
[[gnu::always_inline]] inline M* ArriveInline(G* self) {
  os::AfterArrival(&self->flow);
  const os::Unseen unseen;
  M* m = CurrentM();
  if (m->after != nullptr) {
    auto* after = m->after;
    m->after = nullptr;
    explore::Indivisible no_points;
    after(m->after_arg);
  }
  return m;
}

void Arrive(G* self) { ArriveInline(self); }

// Returns when `from` is resumed, perhaps on another M: that M.
[[gnu::always_inline]] inline M* SwitchInline(M* m, G* from, G* to, bool dying) {
  // The C++ exception globals and errno are per thread; a goroutine takes its own along.
  from->eh = *m->eh;
  *m->eh = to->eh;
  from->saved_errno = *m->errno_address;
  *m->errno_address = to->saved_errno;
  m->curg = to == &m->g0 ? nullptr : to;
  os::BeforeSwitch(&from->flow, &to->flow, dying, m);
  os::SwitchContext(&from->context, &to->context);
  return ArriveInline(from);
}

void Switch(M* m, G* from, G* to, bool dying) { SwitchInline(m, from, to, dying); }

[[gnu::always_inline]] inline G* PickLocalInline(M* m) {
  if (explore::Explorer* e = explore::Current()) return e->Pick();
  P* p = m->p;
  if (p->attention.load(std::memory_order_relaxed) || p->countdown <= 1) [[unlikely]]
    return nullptr;
  const std::int64_t due = p->timers.NextRelaxed();
  if (due != 0 && due <= os::NowNs()) [[unlikely]]
    return nullptr;
  if (G* g = p->queue.TakeRunnext()) {
    --p->countdown;
    ++m->tallies.runnext_hits;
    p->SpendEagerWake();
    return g;
  }
  if (G* g = p->queue.Pop()) {
    --p->countdown;
    ++m->tallies.local_gets;
    return g;
  }
  return nullptr;
}

G* PickLocal(Scheduler*, M* m) { return PickLocalInline(m); }

// Leaves `g`, whose `after` is set, for `next` if it may run here, else for g0. Returns the M that
// g is resumed on.
[[gnu::always_inline]] inline M* LeaveFor(M* m, G* g, G* next) {
  G* to = &m->g0;
  if (next == nullptr) {
    CheckCanary(m->scheduler, g);  // not at each park: this is the longer way anyway
  } else {
    if (next->locked_m == nullptr && (next->stack != nullptr || BindStack(Sched(), m, next)))
        [[likely]] {
      ++m->p->dispatches;
      next->state.store(GState::kRunning, std::memory_order_relaxed);
      to = next;
    } else {
      m->next_g = next;
    }
  }
  return SwitchInline(m, g, to, /*dying=*/false);
}

namespace {

void ParkUnseen(WaitReason reason, void (*after)(void*), void* arg) {
  const os::Unseen unseen;
  M* m = CurrentM();
  EnterRuntime(m);
  G* g = m->curg;
  if (m->in_foreign) [[unlikely]]
    Fatal("goroutine parked inside a Foreign call");
  bool pick = g->locked_m == nullptr;
  if (m->preempt.load(std::memory_order_relaxed) != Preempt::kNone) [[unlikely]] {
    const Standing standing = Settle(m);
    if (standing == Standing::kOrphan) EndOrphan(m, after, arg);
    if (standing == Standing::kLostP) pick = false;
  }
  g->wait_reason = reason;
  g->parked_at = Sched()->coarse_now.load(std::memory_order_relaxed);
  g->state.store(GState::kWaiting, std::memory_order_relaxed);
  switch (reason) {
    case WaitReason::kChanSend:
    case WaitReason::kChanSendNil:
      ++m->tallies.parks_chan_send;
      break;
    case WaitReason::kChanRecv:
    case WaitReason::kChanRecvNil:
      ++m->tallies.parks_chan_recv;
      break;
    case WaitReason::kSelect:
    case WaitReason::kSelectNoCases:
      ++m->tallies.parks_select;
      break;
    case WaitReason::kSleep:
      ++m->tallies.parks_sleep;
      break;
    case WaitReason::kMutexLock:
    case WaitReason::kRWMutexRLock:
    case WaitReason::kRWMutexLock:
    case WaitReason::kSemacquire:
    case WaitReason::kWaitGroupWait:
    case WaitReason::kCondWait:
      ++m->tallies.parks_sema;
      break;
    case WaitReason::kIoWait:
      ++m->tallies.parks_io;
      break;
    default:
      ++m->tallies.parks_other;
  }
  m->after = after;
  m->after_arg = arg;
  LeaveRuntime(LeaveFor(m, g, pick ? PickLocalInline(m) : nullptr));
}

}  // namespace

void Park(WaitReason reason, void (*after)(void*), void* arg) {
  if (arg != nullptr) os::ReleaseTo(arg);
  ParkUnseen(reason, after, arg);
  if (UNPARK_TSAN_UNORDERED) CurrentG()->flow.Arrived();
}

// Step 1 of "Who wakes whom", after the push.
[[gnu::always_inline]] inline void WakeIfIdleInline(Scheduler* s) {
  os::StoreLoadFence();
  if (s->idle_ps.load(std::memory_order_relaxed) == 0 ||
      s->spinning.load(std::memory_order_relaxed) != 0)
    return;
  WakeP(s);
}

void WakeIfIdle(Scheduler* s) { WakeIfIdleInline(s); }

void PushLocal(Scheduler* s, P* p, G* g) {
  while (!p->queue.Push(g)) {
    std::array<G*, RunQueue::kSize / 2> half;
    if (p->queue.TakeHalf(&half)) s->global.Push(half);
  }
}

[[gnu::always_inline]] inline void PutRunnableInline(Scheduler* s, M* m, G* g) {
  P* p = m->p;
  if (s->options.runnext) [[likely]] {
    g = p->queue.SwapRunnext(g);
    if (g == nullptr) {
      if (p->eager_wakes.load(std::memory_order_relaxed) != 0) [[unlikely]]
        WakeIfIdleInline(s);
      return;
    }
  }
  PushLocal(s, p, g);
  // The caller has a P: if it is the only one, no other can idle.
  if (s->procs.load(std::memory_order_acquire) != 1) WakeIfIdleInline(s);
}

void PutRunnable(Scheduler* s, M* m, G* g) { PutRunnableInline(s, m, g); }

void SubmitToAll(Scheduler* s, G* g) {
  s->global.Push(g);
  WakeIfIdle(s);
}

void PushGlobal(void* g) { SubmitToAll(Sched(), static_cast<G*>(g)); }

namespace {

// m may be nullptr: a thread outside.
[[gnu::noinline]] void ReadyWithoutP(M* m, G* g) {
  // An M's own: the runtime may be ending, and its Scheduler lasts as long as its orphans.
  Scheduler* s = m != nullptr ? m->scheduler : Sched();
  if (m != nullptr && m->orphan.load(std::memory_order_acquire)) return;
  g->state.store(GState::kRunnable, std::memory_order_relaxed);
  s->outside.readies.fetch_add(1, std::memory_order_relaxed);
  SubmitToAll(s, g);
}

}  // namespace

void Ready(G* g) {
  if (explore::Explorer* e = explore::Current()) return e->Ready(g);
  g->flow.Publish();
  const os::Unseen unseen;
  M* m = CurrentM();
  if (m == nullptr || m->p == nullptr) [[unlikely]] {
    ReadyWithoutP(m, g);
    return;
  }
  const bool outer = EnterRuntime(m);
  if (HasP(m, outer)) [[likely]] {
    g->state.store(GState::kRunnable, std::memory_order_relaxed);
    ++m->tallies.readies;
    PutRunnableInline(Sched(), m, g);
  } else {
    ReadyWithoutP(m, g);
  }
  LeaveRuntime(m, outer);
}

namespace {

void RequeueLocal(void* g) {
  Scheduler* s = Sched();
  PushLocal(s, CurrentM()->p, static_cast<G*>(g));
  if (s->procs.load(std::memory_order_acquire) != 1) WakeIfIdle(s);  // as in PutRunnable
}

}  // namespace

void ReadyAndYieldTo(G* g) {
  if (explore::Explorer* e = explore::Current()) return e->Ready(g);
  g->flow.Publish();
  const os::Unseen unseen;
  M* m = CurrentM();
  if (m == nullptr || m->curg == nullptr || m->p == nullptr || m->curg->locked_m != nullptr ||
      g->locked_m != nullptr || m->p->attention.load(std::memory_order_relaxed) ||
      m->p->countdown <= 1) {
    Ready(g);
    return;
  }
  EnterRuntime(m);
  if (m->preempt.load(std::memory_order_relaxed) != Preempt::kNone) [[unlikely]] {
    LeaveRuntime(m);
    Ready(g);
    return;
  }
  g->state.store(GState::kRunnable, std::memory_order_relaxed);
  ++m->tallies.readies;
  --m->p->countdown;
  G* self = m->curg;
  self->state.store(GState::kRunnable, std::memory_order_relaxed);
  m->after = RequeueLocal;
  m->after_arg = self;
  LeaveRuntime(LeaveFor(m, self, g));
}

void YieldToAll(M* m) {
  G* g = m->curg;
  g->state.store(GState::kRunnable, std::memory_order_relaxed);
  m->after = PushGlobal;
  m->after_arg = g;
  LeaveFor(m, g, g->locked_m == nullptr && m->p != nullptr ? PickLocalInline(m) : nullptr);
}

void Yield() {
  if (explore::Explorer* e = explore::Current()) return e->Yield();
  const os::Unseen unseen;
  M* m = CurrentM();
  G* g = m->curg;
  if (m->in_foreign) [[unlikely]]
    Fatal("goroutine yielded inside a Foreign call");
  ++m->tallies.yields;
  const bool outer = EnterRuntime(m);
  if (m->preempt.load(std::memory_order_relaxed) != Preempt::kNone) [[unlikely]] {
    const Standing standing = Settle(m);
    if (standing == Standing::kOrphan) EndOrphan(m);
    if (standing == Standing::kHasP) ++m->tallies.preempt_honoured;
    YieldToAll(m);
    LeaveRuntime(CurrentM(), outer);
    return;
  }
  P* p = m->p;
  Scheduler* s = Sched();
  // Alone: nothing to give way to. The global queue and timers still get their turn.
  if (p->queue.runnext() == nullptr && p->queue.Empty() &&
      !p->attention.load(std::memory_order_relaxed) && p->timers.NextRelaxed() == 0 &&
      s->global.Size() == 0 && g->locked_m == nullptr) {
    LeaveRuntime(m, outer);
    return;
  }
  g->state.store(GState::kRunnable, std::memory_order_relaxed);
  m->after = RequeueLocal;
  m->after_arg = g;
  LeaveRuntime(LeaveFor(m, g, g->locked_m == nullptr ? PickLocalInline(m) : nullptr), outer);
}

void Execute(M* m, G* g) {
  if (g->stack == nullptr && !BindStack(Sched(), m, g)) FatalNoStack(Sched(), g);
  ++m->p->dispatches;
  // A request that came too late for the goroutine it was meant for.
  if (m->preempt.load(std::memory_order_relaxed) != Preempt::kNone)
    m->preempt.store(Preempt::kNone, std::memory_order_relaxed);
  g->state.store(GState::kRunning, std::memory_order_relaxed);
  SwitchInline(m, &m->g0, g, /*dying=*/false);
}

void Schedule(M* m) {
  Scheduler* s = Sched();
  for (;;) {
    if (m->orphan.load(std::memory_order_relaxed)) return;
    if (m->ends) {
      HandOff(s, ReleaseP(m));
      return;
    }
    if (m->locked_g != nullptr) {
      StopLockedM(s, m);
      if (s->stopping.load(std::memory_order_acquire)) return;
      Execute(m, m->locked_g);
      continue;
    }
    if (m->p == nullptr && !WaitForP(s, m)) return;
    G* g = FindRunnable(s, m);
    if (g == nullptr) return;
    if (m->spinning) {
      m->spinning = false;
      s->spinning.fetch_sub(1, std::memory_order_seq_cst);
      WakeIfIdle(s);  // step 3 of "Who wakes whom"
    }
    if (g->locked_m != nullptr) {
      StartLockedM(s, m, g);
      continue;
    }
    Execute(m, g);
  }
}

void RequireGoroutine(const char* what) {
  if (CurrentG() == nullptr)
    Fatal(std::string(what) + " called outside of a goroutine: start one with unpark::Main");
}

namespace {

// An M's own scheduler, since the runtime may be ending around a goroutine without a P.
Scheduler* SchedulerOf(M* m) { return m != nullptr ? m->scheduler : Sched(); }

// Files the timer; false: nobody sleeps for it although a P idles.
bool FileTimer(M* m, TimerNode* node, std::int64_t when) {
  P* p = nullptr;
  bool outer = false;
  if (m != nullptr) {
    outer = EnterRuntime(m);
    if (HasP(m, outer)) {
      p = m->p;
    } else if (m->orphan.load(std::memory_order_acquire)) {
      LeaveRuntime(m, outer);
      return true;  // never comes due, as any timer of a runtime that has ended
    }
  }
  Scheduler* s = SchedulerOf(m);
  // Filed while we are its owner, or on P 0, which never goes: GOMAXPROCS moves the timers of a P
  // that it ends.
  (p != nullptr ? p : s->ps[0].load(std::memory_order_relaxed))->timers.Add(node, when);
  if (m != nullptr) LeaveRuntime(m, outer);
  if (s->idle_ps.load(std::memory_order_seq_cst) == 0)
    return true;  // every P looks at its own timers as it dispatches
  M* waiter = s->poll_waiter.load(std::memory_order_seq_cst);
  if (waiter == nullptr) return false;
  const std::int64_t until = s->poll_until.load(std::memory_order_seq_cst);
  if (until == 0 || when < until) WakePollWaiter(waiter);
  return true;
}

}  // namespace

void AddTimer(TimerNode* node, std::int64_t when) {
  os::ReleaseTo(node);
  const os::Unseen unseen;
  M* m = CurrentM();
  // The woken M finds nothing to run and so becomes the waiter.
  if (!FileTimer(m, node, when)) WakeIfIdle(SchedulerOf(m));
}

void AddTimerLazily(TimerNode* node, std::int64_t when) {
  os::ReleaseTo(node);
  const os::Unseen unseen;
  FileTimer(CurrentM(), node, when);
}

bool RemoveTimer(TimerNode* node) {
  const os::Unseen unseen;
  for (;;) {
    TimerHeap* heap = node->heap.load(std::memory_order_acquire);
    if (heap == nullptr) return false;
    if (heap->Remove(node))
      return true;  // else it has just been fired or moved to another P: look again
  }
}

int GoroutineCount() {
  Scheduler* s = Sched();
  if (s == nullptr) return 0;
  os::AcquireFrom(s);  // Finish; the read below would have to be seen otherwise
  const os::Unseen unseen;
  if (M* m = CurrentM()) ++m->tallies.goroutine_count_reads;
  // Exits first: a goroutine that is counted as ended was counted as spawned before.
  M* const ms = s->all_ms.load(std::memory_order_acquire);
  std::uint64_t exits = 0, spawns = 0;
  for (M* m = ms; m != nullptr; m = m->all_next) exits += m->tallies.exits.ReadPublished();
  for (M* m = ms; m != nullptr; m = m->all_next) spawns += m->tallies.spawns.Read();
  return static_cast<int>(spawns - exits) + 1;  // the main goroutine was not spawned by an M
}

int Procs() {
  const os::Unseen unseen;
  Scheduler* s = Sched();
  return s == nullptr ? 0 : s->procs.load(std::memory_order_acquire);
}

std::uint32_t RandomBelow(std::uint32_t n) {
  if (explore::Explorer* e = explore::Current()) return e->Random(n);
  const os::Unseen unseen;
  static thread_local std::uint64_t outside = 0x9E3779B97F4A7C15u;
  M* m = CurrentM();
  std::uint64_t& x = m != nullptr ? m->random : outside;
  x ^= x << 13;
  x ^= x >> 7;
  x ^= x << 17;
  // The high half times n, shifted down: uniform enough for small n, and without a division.
  return static_cast<std::uint32_t>(((x >> 32) * n) >> 32);
}

bool WorthSpinning() {
  const os::Unseen unseen;
  M* m = CurrentM();
  if (m == nullptr) return false;
  Scheduler* s = m->scheduler;
  const int procs = s->procs.load(std::memory_order_acquire);
  if (procs <= 1 ||
      s->idle_ps.load(std::memory_order_relaxed) + s->spinning.load(std::memory_order_relaxed) >=
          procs - 1) {
    return false;
  }
  P* p = m->p;  // perhaps no longer ours: a hint
  return p->queue.runnext() == nullptr && p->queue.Empty();
}

void CallOnSystemStack(void (*fn)(void*), void* arg) {
  os::Unseen unseen;
  M* m = CurrentM();
  if (m == nullptr || m->curg == nullptr || m->in_foreign) {
    const os::Seen seen;
    fn(arg);  // already there
    return;
  }
  ++m->tallies.foreign_calls;
  m->in_foreign = true;
  // g0 sleeps in Switch; what lies below its stack pointer is free. 256 bytes keep clear of its red
  // zone.
  auto sp = reinterpret_cast<std::uintptr_t>(m->g0.context.sp) - 256;
  os::BeforeForeign(&m->curg->flow, &m->g0.flow);
  {
    const os::Seen seen;
    os::AcquireFrom(&m->g0);  // who last used that stack
    os::CallOnStack(reinterpret_cast<void*>(sp & ~std::uintptr_t{15}), fn, arg);
    os::ReleaseTo(&m->g0);
  }
  os::AfterForeign(&m->curg->flow, &m->g0.flow);
  m->in_foreign = false;
}

}  // namespace unpark::sched

namespace unpark {

Counters ReadCounters() {
  const os::Unseen unseen;
  sched::Scheduler* s = sched::SchedFromOutside();
  Counters sum;
  if (s == nullptr) return sum;
  for (sched::M* m = s->all_ms.load(std::memory_order_acquire); m != nullptr; m = m->all_next) {
#define UNPARK_FIELD(name) sum.name += m->tallies.name.Read();
    UNPARK_COUNTERS(UNPARK_FIELD)
#undef UNPARK_FIELD
  }
  sum.readies += s->outside.readies.load(std::memory_order_relaxed);
  sum.handoffs += s->outside.handoffs.load(std::memory_order_relaxed);
  sum.preempt_asked += s->outside.preempt_asked.load(std::memory_order_relaxed);
  sum.preempt_honoured += s->outside.preempt_honoured.load(std::memory_order_relaxed);
  sum.futex_wakes += s->outside.futex_wakes.load(std::memory_order_relaxed);
  return sum;
}

}  // namespace unpark
