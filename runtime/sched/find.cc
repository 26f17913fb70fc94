// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// FindRunnable: where an M looks for its next goroutine, and how it goes to sleep when there is
// none.
#include <sys/prctl.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "runtime/os/clock.h"
#include "runtime/os/explore.h"
#include "runtime/sched/sched.h"
#include "runtime/sched/scheduler.h"

namespace unpark::sched {
namespace {

constexpr int kStealRounds = 4;
constexpr int kParkSpins =
    200;  // polls of the note before the futex: 6 to 10 us on the machines measured
// How long the thread of a locked goroutine polls: longer than a wake across cores takes (16 us and
// more), or a pair that has once slept would sleep each time.
constexpr std::int64_t kLockedPollNs = 40'000;
constexpr int kVainPolls = 4;  // in a row, after which only each 16th wait begins with polling
// Of the time between two turns of the global queue, how much is worth one goroutine more.
constexpr std::int64_t kTurnNs = 50'000;
constexpr std::int64_t kRunnextGraceNs = 3'000;  // how long a P's runnext is left to it

// Moves a fair share of the global queue to p and returns one of it.
G* TakeGlobal(Scheduler* s, M* m, std::size_t at_most) {
  const std::size_t size = s->global.Size();
  if (size == 0) return nullptr;
  std::array<G*, RunQueue::kSize / 2> taken;
  const std::size_t share =
      size / static_cast<std::size_t>(s->procs.load(std::memory_order_acquire)) + 1;
  const std::size_t n =
      s->global.Take(std::span(taken).first(std::min({share, at_most, taken.size()})));
  if (n == 0) return nullptr;
  m->tallies.global_gets.Add(n);
  for (std::size_t i = 1; i < n; ++i) PushLocal(s, m->p, taken[i]);
  return taken[0];
}

// Takes runnext from a victim that has had its chance to run it.
G* StealRunnext(P* victim) {
  G* g = victim->queue.runnext();
  if (g == nullptr) return nullptr;
  if (victim->status.load(std::memory_order_relaxed) == PStatus::kRunning) {
    for (const std::int64_t until = os::NowNs() + kRunnextGraceNs; os::NowNs() < until;)
      os::CpuRelax();
    if (victim->queue.runnext() != g) return nullptr;
  }
  return victim->queue.TakeRunnext();
}

G* Steal(Scheduler* s, M* m) {
  P* mine = m->p;
  const int procs = s->procs.load(std::memory_order_acquire);
  for (int round = 0; round < kStealRounds; ++round) {
    const bool last = round == kStealRounds - 1;
    const int start = static_cast<int>(RandomBelow(static_cast<std::uint32_t>(procs)));
    for (int i = 0; i < procs; ++i) {
      if (s->stop_world.load(std::memory_order_relaxed) ||
          s->stopping.load(std::memory_order_relaxed))
        return nullptr;
      P* victim =
          s->ps[static_cast<std::size_t>((start + i) % procs)].load(std::memory_order_relaxed);
      if (victim == mine) continue;
      ++m->tallies.spins;
      // Timers of a P whose goroutine runs on, or that has no M.
      const std::int64_t due = last ? victim->timers.Next() : 0;
      if (due != 0) {
        const std::int64_t now = os::NowNs();
        if (due <= now && victim->timers.FireDue(now) > 0) {
          if (G* g = mine->queue.TakeRunnext()) return g;
          if (G* g = mine->queue.Pop()) return g;
        }
      }
      if (!s->options.stealing) continue;
      ++m->tallies.steal_tries;
      if (const std::uint32_t n = victim->queue.StealInto(&mine->queue); n > 0) {
        ++m->tallies.steal_hits;
        m->tallies.steal_items.Add(n);
        if (G* g = mine->queue.Pop()) return g;
      }
      if (G* g = last ? StealRunnext(victim) : nullptr) {
        ++m->tallies.steal_hits;
        ++m->tallies.steal_items;
        return g;
      }
    }
  }
  return nullptr;
}

// Step 2 of "Who wakes whom": whether there is work that a submitter may have counted on us for. A
// lone runnext is its own P's business, and with stealing off so are the rings.
bool AnyWork(Scheduler* s) {
  if (s->global.Size() != 0) return true;
  if (!s->options.stealing) return false;
  for (int i = 0, n = s->procs.load(std::memory_order_acquire); i < n; ++i) {
    if (!s->ps[static_cast<std::size_t>(i)].load(std::memory_order_relaxed)->queue.Empty())
      return true;
  }
  return false;
}

void StopSpinning(Scheduler* s, M* m) {
  if (!m->spinning) return;
  m->spinning = false;
  s->spinning.fetch_sub(1, std::memory_order_seq_cst);
}

void StartSpinning(Scheduler* s, M* m) {
  if (m->spinning) return;
  m->spinning = true;
  s->spinning.fetch_add(1, std::memory_order_seq_cst);
}

// REQUIRES: lock held.
void PushIdleM(Scheduler* s, M* m) {
  m->idle = true;
  m->idle_prev = nullptr;
  m->idle_next = s->idle_m_list;
  if (m->idle_next != nullptr) m->idle_next->idle_prev = m;
  s->idle_m_list = m;
  ++s->idle_ms;
}

// REQUIRES: lock held, m on the list.
void RemoveIdleM(Scheduler* s, M* m) {
  (m->idle_prev != nullptr ? m->idle_prev->idle_next : s->idle_m_list) = m->idle_next;
  if (m->idle_next != nullptr) m->idle_next->idle_prev = m->idle_prev;
  m->idle = false;
  --s->idle_ms;
}

// Every M waits and nothing will wake one: as Go's checkdead. REQUIRES: lock held.
bool Deadlocked(Scheduler* s) {
  // While the world stops all may wait for it; StartTheWorld wakes somebody who looks again.
  if (s->ms - s->idle_ms - s->locked_waits - s->polling_ms > 0 ||
      s->stopping.load(std::memory_order_relaxed) ||
      s->stop_world.load(std::memory_order_relaxed)) {
    return false;
  }
  // Goroutines in the poller first: who takes one out lowers their number once it is on a queue.
  return s->options.deadlock_check && g_io_waiters.load() == 0 && EarliestTimer(s) == 0 &&
         s->global.Size() == 0 && !AnyWork(s);
}

// Claims the role of the M that sleeps until the earliest timer and, with netpoll open, until there
// is I/O. False if nothing waits for either or another M has the role.
//
// The waiter publishes itself, then reads the heaps; who adds a timer files it, then reads the
// waiter. All sequentially consistent: one of the two sees the other, so no timer is left without
// somebody to wake for it. I/O needs no such care: the kernel keeps an edge until somebody polls.
// So it is enough that the last M to idle takes the role if it is free, and while another P runs
// sysmon sees to it.
bool BecomePollWaiter(Scheduler* s, M* m, std::int64_t* deadline) {
  std::int64_t earliest = EarliestTimer(s);
  if (earliest == 0 && g_io_waiters.load() == 0) return false;
  M* other = nullptr;
  if (!s->poll_waiter.compare_exchange_strong(other, m, std::memory_order_seq_cst)) {
    // A timer that was filed while no P idled, so that nobody thought of the waiter.
    const std::int64_t until = s->poll_until.load(std::memory_order_seq_cst);
    if (earliest != 0 && (until == 0 || earliest < until)) WakePollWaiter(other);
    return false;
  }
  for (;;) {
    s->poll_until.store(earliest, std::memory_order_seq_cst);
    const std::int64_t again = EarliestTimer(s);
    if (again == 0 || (earliest != 0 && again >= earliest)) break;
    earliest = again;
  }
  *deadline = earliest;
  return true;
}

// Sleeps in netpoll until there is I/O, the deadline has come, or somebody breaks it off. Then what
// became ready is queued, with m if a P was idle.
//
// Not on the idle list, as in Go: m stays here while the Ps are busy, and who needs an M for an
// idle P takes another one.
void StopInNetpoll(Scheduler* s, M* m, std::int64_t deadline_ns) {
  bool dead;
  {
    std::lock_guard guard(s->lock);
    if (s->stopping.load(std::memory_order_relaxed)) return;
    ++s->polling_ms;
    dead = Deadlocked(s);
  }
  if (dead) ReportDeadlock(s, m);
  WokenGs woken;
  NetpollWait(&woken, deadline_ns);
  P* p = nullptr;
  {
    std::lock_guard guard(s->lock);
    --s->polling_ms;
    if (woken.n > 0 && !s->stop_world.load(std::memory_order_relaxed)) p = GetIdleP(s);
  }
  s->last_poll.store(os::NowNs(), std::memory_order_relaxed);
  if (woken.n == 0) return;
  m->tallies.readies.Add(woken.n);
  if (p != nullptr) AcquireP(m, p);
  QueueWoken(s, p, &woken);
}

// Polls without blocking, unless an M sleeps in netpoll; a goroutine to run, or nullptr.
G* TakeIo(Scheduler* s, M* m) {
  if (g_io_waiters.load(std::memory_order_relaxed) == 0 ||
      s->poll_waiter.load(std::memory_order_relaxed) != nullptr) {
    return nullptr;
  }
  WokenGs woken;
  NetpollNow(&woken);
  s->last_poll.store(os::NowNs(), std::memory_order_relaxed);
  if (woken.n == 0) return nullptr;
  m->tallies.readies.Add(woken.n);
  QueueWoken(s, m->p, &woken);
  return m->p->queue.Pop();
}

// A thread that sleeps until a deadline wakes up on time; the usual slack is 50 us. Asked for once
// a thread, and only where it is needed: Blocking sections keep what they had until then.
void SleepOnTime(M* m) {
  if (std::exchange(m->on_time, true)) return;
  prctl(PR_SET_TIMERSLACK, 1UL);
}

// Sleeps until there may be work again and a P to do it with; false as the runtime ends.
bool Idle(Scheduler* s, M* m) {
  for (bool may_wait_for_all = true;; may_wait_for_all = false) {
    std::int64_t deadline = 0;
    const bool waiter = may_wait_for_all && BecomePollWaiter(s, m, &deadline);
    if (deadline != 0) SleepOnTime(m);
    // Read after the role was claimed: see OpenPoller.
    if (waiter && g_netpoll_open.load()) {
      StopInNetpoll(s, m, deadline);
    } else {
      StopM(s, m, deadline);
    }
    if (waiter) s->poll_waiter.store(nullptr, std::memory_order_seq_cst);
    if (s->stopping.load(std::memory_order_acquire)) return false;
    if (m->p != nullptr) return true;  // handed over by StartM, or taken for I/O
    // A timer is due, or an earlier one came: look with an idle P. With none, every P runs and
    // minds the timers itself; the next to idle finds the role free. So we only wait for a P, or a
    // timer that is due but late would keep us running.
    P* p;
    {
      std::lock_guard guard(s->lock);
      p = s->stop_world.load(std::memory_order_relaxed) ? nullptr : GetIdleP(s);
    }
    if (p != nullptr) {
      AcquireP(m, p);
      StartSpinning(s, m);
      return true;
    }
  }
}

// An M without a P goes to sleep. Its goroutine may just have parked for I/O or a timer: an idle M
// comes to that by itself only on giving up a P.
void LookAfterWaiters(Scheduler* s) {
  if (WantsPollWaiter(s)) WakeIfIdle(s);
}

}  // namespace

std::int64_t EarliestTimer(Scheduler* s) {
  std::int64_t earliest = 0;
  for (int i = 0, n = s->procs.load(std::memory_order_acquire); i < n; ++i) {
    const std::int64_t next =
        s->ps[static_cast<std::size_t>(i)].load(std::memory_order_relaxed)->timers.Next();
    if (next != 0 && (earliest == 0 || next < earliest)) earliest = next;
  }
  return earliest;
}

void WakePollWaiter(M* waiter) {
  if (g_netpoll_open.load()) {
    NetpollBreak();
  } else {
    waiter->note.Wake();
  }
}

bool WantsPollWaiter(Scheduler* s) {
  return g_netpoll_open.load(std::memory_order_relaxed) &&
         s->poll_waiter.load(std::memory_order_relaxed) == nullptr &&
         (g_io_waiters.load(std::memory_order_relaxed) != 0 || EarliestTimer(s) != 0);
}

void QueueWoken(Scheduler* s, P* p, WokenGs* woken) {
  const auto gs = std::span(woken->gs).first(woken->n);
  if (p == nullptr) {
    s->global.Push(gs);
  } else {
    for (G* g : gs) PushLocal(s, p, g);
  }
  if (p == nullptr || gs.size() > 1) WakeIfIdle(s);
  g_io_waiters.fetch_sub(static_cast<int>(gs.size()));
}

G* FindRunnable(Scheduler* s, M* m) {
  for (;;) {
    P* p = m->p;
    if (s->stopping.load(std::memory_order_acquire)) return nullptr;
    if (s->stop_world.load(std::memory_order_acquire)) {
      StopSpinning(s, m);
      // What we have picked stays with the P: this M may not get one again for a long time.
      if (m->next_g != nullptr) PushLocal(s, p, std::exchange(m->next_g, nullptr));
      StopForWorld(s, m);
      if (!WaitForP(s, m)) return nullptr;
      continue;
    }
    if (m->next_g != nullptr) return std::exchange(m->next_g, nullptr);
    if (explore::Explorer* e = explore::Current()) return e->Find();

    // Timers of this P; their goroutines land in its queue.
    if (const std::int64_t due = p->timers.NextRelaxed(); due != 0) {
      const std::int64_t now = os::NowNs();
      if (due <= now) p->timers.FireDue(now);
    }

    // Once in 61 dispatches the global queue comes first, then the ring before runnext: whoever
    // waits in either waits for a bounded number of dispatches, even beside a pair that readies
    // each other for ever. Where dispatches are long the global queue gives more than one, at last
    // as many as were dispatched since its last turn: or else a long queue would stand still beside
    // hogs that yield, since our Gosched, unlike Go's, keeps them in the ring. Where they are short
    // one is enough, and a tree of goroutines is run deep first.
    if (--p->countdown <= 0) {
      p->countdown = kTicksPerGlobal;
      ++m->tallies.runq_samples;
      m->tallies.runq_length.Add(p->queue.Size());
      const std::int64_t now = os::NowNs();
      const std::int64_t turn = now - std::exchange(p->last_turn, now);
      const std::int64_t share = std::min<std::int64_t>(1 + turn / kTurnNs, kTicksPerGlobal);
      if (G* g = TakeGlobal(s, m, static_cast<std::size_t>(share))) return g;
      if (G* g = p->queue.Pop()) {
        ++m->tallies.local_gets;
        return g;
      }
    }
    if (G* g = p->queue.TakeRunnext()) {
      ++m->tallies.runnext_hits;
      p->SpendEagerWake();
      return g;
    }
    if (G* g = p->queue.Pop()) {
      ++m->tallies.local_gets;
      return g;
    }
    if (G* g = TakeGlobal(s, m, RunQueue::kSize / 2)) return g;
    if (G* g = TakeIo(s, m)) return g;

    // Half as many thieves as busy Ps: more would burn cores without finding more.
    const int procs = s->procs.load(std::memory_order_acquire);
    if (m->spinning || 2 * s->spinning.load(std::memory_order_relaxed) <
                           procs - s->idle_ps.load(std::memory_order_relaxed)) {
      StartSpinning(s, m);
      if (G* g = Steal(s, m)) return g;
    }

    {
      std::lock_guard guard(s->lock);
      if (s->stopping.load(std::memory_order_relaxed) ||
          s->stop_world.load(std::memory_order_relaxed) || s->global.Size() != 0) {
        continue;
      }
      PutIdleP(s, ReleaseP(m));
    }
    StopSpinning(s, m);
    if (AnyWork(s)) {
      P* again;
      {
        std::lock_guard guard(s->lock);
        again = s->stop_world.load(std::memory_order_relaxed) ? nullptr : GetIdleP(s);
      }
      if (again != nullptr) {
        AcquireP(m, again);
        StartSpinning(s, m);
        continue;
      }
    }
    if (!Idle(s, m)) return nullptr;
  }
}

void AcquireP(M* m, P* p) {
  m->p = p;
  p->m.store(m, std::memory_order_relaxed);
  p->status.store(PStatus::kRunning, std::memory_order_release);
}

P* ReleaseP(M* m) {
  P* p = m->p;
  m->p = nullptr;
  p->m.store(nullptr, std::memory_order_relaxed);
  p->status.store(PStatus::kIdle, std::memory_order_release);
  return p;
}

void PutIdleP(Scheduler* s, P* p) {
  p->next_idle = s->idle_p_list;
  s->idle_p_list = p;
  s->idle_ps.fetch_add(1, std::memory_order_seq_cst);
}

P* GetIdleP(Scheduler* s) {
  P* p = s->idle_p_list;
  if (p == nullptr) return nullptr;
  s->idle_p_list = p->next_idle;
  s->idle_ps.fetch_sub(1, std::memory_order_seq_cst);
  // With every P idle sysmon sleeps; it must watch again.
  if (s->sysmon_asleep.load(std::memory_order_seq_cst)) s->sysmon_note.Wake();
  return p;
}

void WakeP(Scheduler* s) {
  int none = 0;
  if (!s->spinning.compare_exchange_strong(none, 1, std::memory_order_seq_cst)) return;
  if (!StartM(s, nullptr, /*spinning=*/true)) s->spinning.fetch_sub(1, std::memory_order_seq_cst);
}

// With p == nullptr takes an idle P; false if there is none. `spinning`: the caller has counted the
// M in s->spinning.
bool StartM(Scheduler* s, P* p, bool spinning) {
  M* m = nullptr;
  {
    std::lock_guard guard(s->lock);
    if (s->stopping.load(std::memory_order_relaxed)) return false;
    if (p == nullptr) {
      if (s->stop_world.load(std::memory_order_relaxed)) return false;
      p = GetIdleP(s);
      if (p == nullptr) return false;
    }
    m = s->idle_m_list;
    if (m != nullptr) {
      RemoveIdleM(s, m);
      m->next_p = p;
      m->spinning = spinning;
    }
  }
  if (m == nullptr) {
    NewM(s, p, spinning);
    return true;
  }
  const bool slept = m->note.Wake();
  if (slept) {
    M* self = CurrentM();
    if (self != nullptr) {
      ++self->tallies.futex_wakes;
    } else {
      s->outside.futex_wakes.fetch_add(1, std::memory_order_relaxed);
    }
  }
  return true;
}

void HandOff(Scheduler* s, P* p) {
  if (!p->queue.Empty() || p->queue.runnext() != nullptr || s->global.Size() != 0) {
    if (StartM(s, p, /*spinning=*/false)) return;
  }
  // Nobody spins and nobody idles: somebody must be awake to see new work.
  int none = 0;
  if (s->spinning.load(std::memory_order_seq_cst) + s->idle_ps.load(std::memory_order_seq_cst) ==
          0 &&
      s->spinning.compare_exchange_strong(none, 1, std::memory_order_seq_cst)) {
    if (StartM(s, p, /*spinning=*/true)) return;
    s->spinning.fetch_sub(1, std::memory_order_seq_cst);
  }
  bool work;
  {
    std::lock_guard guard(s->lock);
    if (s->stop_world.load(std::memory_order_relaxed)) {
      p->status.store(PStatus::kStopped, std::memory_order_release);
      if (--s->stop_wait == 0) s->world_note.Wake();
      return;
    }
    p->status.store(PStatus::kIdle, std::memory_order_release);
    PutIdleP(s, p);
    work = s->global.Size() != 0 || p->timers.Next() != 0 || WantsPollWaiter(s);
  }
  if (work || AnyWork(s)) WakeIfIdle(s);
}

// Puts m on the idle list and sleeps until a StartM has handed it a P, the deadline has come, or
// somebody wants it to look around.
void StopM(Scheduler* s, M* m, std::int64_t deadline_ns) {
  bool dead;
  {
    std::lock_guard guard(s->lock);
    if (s->stopping.load(std::memory_order_relaxed)) return;
    PushIdleM(s, m);
    dead = Deadlocked(s);
  }
  if (dead) ReportDeadlock(s, m);
  const int spins = s->options.spinning ? kParkSpins : 0;
  for (int i = 0; i < spins && !m->note.Signaled(); ++i) os::CpuRelax();
  if (!m->note.Signaled()) ++m->tallies.futex_waits;
  m->note.Wait(deadline_ns);
  P* p = nullptr;
  {
    std::lock_guard guard(s->lock);
    if (m->idle) {
      RemoveIdleM(s, m);
    } else {
      p = std::exchange(m->next_p, nullptr);
    }
  }
  if (p != nullptr) AcquireP(m, p);
}

bool WaitForP(Scheduler* s, M* m) {
  if (m->p == nullptr) LookAfterWaiters(s);
  while (m->p == nullptr) {
    StopM(s, m, 0);
    if (s->stopping.load(std::memory_order_acquire)) return false;
  }
  return true;
}

// A goroutine that may run only on another thread, if it is the one that m's P would run next.
G* TakeLockedRunnext(M* m) {
  P* p = m->p;
  if (p->attention.load(std::memory_order_relaxed)) return nullptr;
  const std::int64_t due = p->timers.NextRelaxed();
  if (due != 0 && due <= os::NowNs()) return nullptr;
  if (p->countdown <= 1) {
    // Whose turn it is.
    if (!p->queue.Empty() || Sched()->global.Size() != 0) return nullptr;
    p->countdown = kTicksPerGlobal;
  }
  G* g = p->queue.TakeRunnext();
  if (g == nullptr) return nullptr;
  if (g->locked_m == nullptr) {
    p->queue.SwapRunnext(g);
    return nullptr;
  }
  --p->countdown;
  ++m->tallies.runnext_hits;
  return g;
}

// m's locked goroutine has parked or yielded: gives the P away and sleeps until the goroutine is to
// run. Of two locked goroutines that wait for each other each hands its P straight to the other's
// thread, which mostly still polls: 1 us a round trip, against 60 with a third thread in between.
void StopLockedM(Scheduler* s, M* m) {
  if (m->p != nullptr) {
    StopSpinning(s, m);
    if (G* next = TakeLockedRunnext(m)) {
      if (next == m->locked_g) return;
      StartLockedM(s, m, next);
    } else {
      ++m->tallies.locked_handoffs;
      HandOff(s, ReleaseP(m));
    }
  } else {
    LookAfterWaiters(s);
  }
  bool dead = false;
  {
    std::lock_guard guard(s->lock);
    // With a P handed over already we do not wait, and must not be counted as if we did: an M that
    // goes idle in between would take it for a deadlock.
    if (m->next_p == nullptr) {
      m->locked_wait = true;
      ++s->locked_waits;
      dead = Deadlocked(s);
    }
  }
  if (dead) ReportDeadlock(s, m);
  const std::int64_t poll_until =
      s->options.spinning && (m->vain_polls < kVainPolls || m->vain_polls % 16 == 0)
          ? os::NowNs() + kLockedPollNs
          : 0;
  for (;;) {
    {
      std::lock_guard guard(s->lock);
      if (m->next_p != nullptr || s->stopping.load(std::memory_order_relaxed)) {
        if (m->locked_wait) --s->locked_waits;
        m->locked_wait = false;
        break;
      }
    }
    while (!m->note.Signaled() && os::NowNs() < poll_until) os::CpuRelax();
    if (m->note.Signaled()) {
      m->vain_polls = 0;
    } else {
      ++m->vain_polls;
      ++m->tallies.futex_waits;
    }
    m->note.Wait();
  }
  if (P* p = std::exchange(m->next_p, nullptr)) AcquireP(m, p);
}

// g may run only on its own M: hands that M this P and goes to sleep.
void StartLockedM(Scheduler* s, M* m, G* g) {
  M* owner = g->locked_m;
  P* p = ReleaseP(m);
  ++m->tallies.locked_handoffs;
  {
    std::lock_guard guard(s->lock);
    owner->next_p = p;
    if (owner->locked_wait) --s->locked_waits;
    owner->locked_wait = false;
  }
  if (owner->note.Wake()) ++m->tallies.futex_wakes;
}

}  // namespace unpark::sched
