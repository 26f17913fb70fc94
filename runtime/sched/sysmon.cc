// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// sysmon: the thread without a P that notices what nobody else can.
//
// It starts the threads that a locked thread must not start itself (NewM). Each tick (20 us,
// growing to 1 ms while nothing happens, asleep while every P is idle) it
//   - takes the P of a thread that has sat in a Blocking section for a whole tick, if anybody could
//   use it;
//   - wakes a P for a runnext goroutine that has not moved for a whole tick ("Who wakes whom",
//   sched.cc);
//   - wakes a P for a timer that is overdue because its P is busy;
//   - wakes a P to sleep in netpoll, if nobody has done so for a whole tick although goroutines
//   wait there; with no P idle it polls itself, if nobody has done so for 10 ms;
//   - gives memory of stacks that nobody needs any more back to the system.
//   - asks a goroutine that has run for a whole slice while others wait to give way, and takes its
//   P if it does not (preempt.h).
// Once a second it follows the quota (UpdateProcs).
#include <algorithm>
#include <array>
#include <mutex>
#include <span>

#include "runtime/os/clock.h"
#include "runtime/os/procs.h"
#include "runtime/os/stack.h"
#include "runtime/sched/preempt.h"
#include "runtime/sched/sched.h"
#include "runtime/sched/scheduler.h"

namespace unpark::sched {
namespace {

constexpr std::int64_t kShortestTickNs = 20'000, kLongestTickNs = 1'000'000;
constexpr int kQuietTicks = 50;  // before ticks grow
constexpr std::int64_t kTimerLateNs = 500'000;
constexpr int kEagerWakes = 64;
constexpr std::int64_t kUnpolledNs = 10'000'000;
constexpr std::int64_t kQuotaPeriodNs = 1'000'000'000;
// How long a P that nobody needs stays with its Blocking section.
constexpr std::int64_t kUnneededNs = 10'000'000;

// What a P looked like one tick ago.
struct Seen {
  std::uint64_t dispatches = 0, blocking_entries = 0;
  G* runnext = nullptr;
  std::int64_t blocking_since = 0;  // when this Blocking section was first seen
  std::int64_t since = 0;           // when this dispatch was first seen
  std::int64_t asked_at = 0;        // 0: its goroutine has not been asked to give way
};

bool RetakeIfBlocked(Scheduler* s, P* p, const Seen& before, std::int64_t now) {
  if (p->status.load(std::memory_order_acquire) != PStatus::kBlocking ||
      p->blocking_entries.Read() != before.blocking_entries) {
    return false;
  }
  // Nobody needs the P: its queue is empty and others idle already. In the end it is taken all the
  // same, as in Go: with every P idle sysmon sleeps.
  if (now - before.blocking_since < kUnneededNs && p->queue.Empty() &&
      p->queue.runnext() == nullptr && p->timers.Next() == 0 && s->global.Size() == 0 &&
      s->idle_ps.load(std::memory_order_relaxed) + s->spinning.load(std::memory_order_relaxed) >
          0) {
    return false;
  }
  PStatus expected = PStatus::kBlocking;
  if (!p->status.compare_exchange_strong(expected, PStatus::kIdle, std::memory_order_acq_rel))
    return false;
  p->m.store(nullptr, std::memory_order_relaxed);
  s->outside.handoffs.fetch_add(1, std::memory_order_relaxed);
  HandOff(s, p);
  return true;
}

bool WakeForStuckRunnext(Scheduler* s, P* p, const Seen& before) {
  G* g = p->queue.runnext();
  if (g == nullptr || g != before.runnext || p->dispatches.Read() != before.dispatches)
    return false;
  if (s->idle_ps.load(std::memory_order_relaxed) == 0) return false;
  p->eager_wakes.store(kEagerWakes, std::memory_order_relaxed);
  WakeIfIdle(s);
  return true;
}

void PollIfNobodyDoes(Scheduler* s, std::int64_t now) {
  if (g_io_waiters.load(std::memory_order_relaxed) == 0 ||
      s->last_poll.load(std::memory_order_relaxed) + kUnpolledNs > now) {
    return;
  }
  s->last_poll.store(now, std::memory_order_relaxed);
  WokenGs woken;
  NetpollNow(&woken);
  if (woken.n == 0) return;
  s->outside.readies.fetch_add(woken.n, std::memory_order_relaxed);
  QueueWoken(s, nullptr, &woken);
}

// Whether anybody idles or looks around, and so finds what there is.
bool SomebodyLooks(Scheduler* s) {
  return s->idle_ps.load(std::memory_order_relaxed) + s->spinning.load(std::memory_order_relaxed) >
         0;
}

// Whether p's goroutine, which has run for `ran` ns, is to give way to others.
bool SliceIsOver(Scheduler* s, P* p, std::int64_t ran, std::int64_t now) {
  if (ran < kTimerSliceNs) return false;
  const std::int64_t due = p->timers.Next();
  const bool overdue = due != 0 && due <= now;
  if (!overdue && ran < kSliceNs) return false;
  const bool waiting = !p->queue.Empty() || p->queue.runnext() != nullptr;
  if (waiting && ran >= kSliceNs && !s->options.stealing) return true;
  return (overdue || waiting || s->global.Size() != 0) && !SomebodyLooks(s);
}

enum class Verdict { kNothing, kAsked, kTake };

// What is due to the goroutine that runs on p.
Verdict Judge(Scheduler* s, P* p, Seen* seen, std::int64_t now) {
  const std::uint64_t dispatches = p->dispatches.Read();
  const PStatus status = p->status.load(std::memory_order_acquire);
  const bool occupied = status == PStatus::kRunning || status == PStatus::kBlocking;
  if (dispatches != seen->dispatches || !occupied) {
    seen->since = now;
    seen->asked_at = 0;
    return Verdict::kNothing;
  }
  if (status == PStatus::kBlocking) return Verdict::kNothing;  // others may take it as it is
  if (s->options.preemption == Preemption::kOff || !SliceIsOver(s, p, now - seen->since, now)) {
    return Verdict::kNothing;
  }
  M* m = p->m.load(std::memory_order_acquire);
  if (m == nullptr) return Verdict::kNothing;
  if (seen->asked_at == 0) {
    Preempt none = Preempt::kNone;
    // In the runtime: on g0, or about to be asked at the next tick.
    if (m->in_runtime.load(std::memory_order_relaxed) ||
        !m->preempt.compare_exchange_strong(none, Preempt::kAsked, std::memory_order_relaxed)) {
      return Verdict::kNothing;
    }
    seen->asked_at = now;
    s->outside.preempt_asked.fetch_add(1, std::memory_order_relaxed);
    return Verdict::kAsked;
  }
  if (s->options.preemption != Preemption::kAsync || !CanTake() ||
      now - seen->asked_at < kAskGraceNs) {
    return Verdict::kNothing;
  }
  Preempt asked = Preempt::kAsked;
  // A request that the goroutine has met, while its P's number of dispatches stayed, is made again.
  if (!m->preempt.compare_exchange_strong(asked, Preempt::kWanted, std::memory_order_seq_cst) &&
      asked == Preempt::kNone) {
    seen->asked_at = 0;
    return Verdict::kNothing;
  }
  return Verdict::kTake;
}

// Takes the Ps that are due and hands each to another M.
void TakeOverdue(Scheduler* s, std::span<P* const> overdue) {
  Membarrier();
  for (P* p : overdue) {
    bool taken;
    {
      std::lock_guard guard(s->lock);
      taken = s->preempted < kMaxPreempted && !s->stop_world.load(std::memory_order_relaxed) &&
              !s->stopping.load(std::memory_order_relaxed) && TakeP(s, p);
    }
    if (taken) HandOff(s, p);
  }
}

}  // namespace

void* SysmonMain(void* scheduler) {
  const os::Unseen unseen;
  auto* s = static_cast<Scheduler*>(scheduler);
  std::array<Seen, kMaxProcs> seen{};
  std::array<P*, kMaxProcs> overdue;
  std::int64_t tick = kShortestTickNs, quota_read = os::NowNs();
  int quiet = 0;
  bool wanted_poll_waiter = false;  // a tick ago
  while (!s->stopping.load(std::memory_order_acquire)) {
    StartUnbornMs(s);
    const bool scavenging = os::ScavengeStacks(os::NowNs());
    const int procs = s->procs.load(std::memory_order_acquire);
    if (s->idle_ps.load(std::memory_order_relaxed) >= procs) {
      s->sysmon_asleep.store(true, std::memory_order_seq_cst);
      // Published before the recheck: GetIdleP takes a P, then reads the flag.
      if (s->idle_ps.load(std::memory_order_seq_cst) >= procs &&
          !s->stopping.load(std::memory_order_seq_cst) && !scavenging) {
        s->sysmon_note.Wait(os::NextStackScavenge());
      }
      s->sysmon_asleep.store(false, std::memory_order_seq_cst);
      tick = kShortestTickNs;
      quiet = 0;
      continue;
    }
    s->sysmon_note.Wait(os::NowNs() + tick);
    const std::int64_t now = os::NowNs();
    s->coarse_now.store(now, std::memory_order_relaxed);
    bool busy = false, asked = false;
    std::size_t n_overdue = 0;
    for (int i = 0; i < procs; ++i) {
      P* p = s->ps[static_cast<std::size_t>(i)].load(std::memory_order_relaxed);
      Seen& before = seen[static_cast<std::size_t>(i)];
      if (p->status.load(std::memory_order_acquire) == PStatus::kIdle) {
        before = {};  // nothing to see, at the price of one cache line
        before.since = now;
        continue;
      }
      busy |= RetakeIfBlocked(s, p, before, now);
      busy |= WakeForStuckRunnext(s, p, before);
      const Verdict verdict = Judge(s, p, &before, now);
      asked |= verdict != Verdict::kNothing;
      if (verdict == Verdict::kTake) overdue[n_overdue++] = p;
      before.dispatches = p->dispatches.Read();
      const std::uint64_t entries = p->blocking_entries.Read();
      if (entries != before.blocking_entries) before.blocking_since = now;
      before.blocking_entries = entries;
      before.runnext = p->queue.runnext();
    }
    if (n_overdue > 0) TakeOverdue(s, std::span(overdue).first(n_overdue));
    if (now - quota_read >= kQuotaPeriodNs) {
      quota_read = now;
      UpdateProcs(os::DefaultProcs);
    }
    if (s->idle_ps.load(std::memory_order_relaxed) > 0) {
      const std::int64_t next = EarliestTimer(s);
      if (next != 0 && next < now - kTimerLateNs) WakeIfIdle(s);
    }
    const bool wants_poll_waiter = WantsPollWaiter(s);
    if (wants_poll_waiter && s->idle_ps.load(std::memory_order_relaxed) == 0) {
      PollIfNobodyDoes(s, now);
    } else if (wants_poll_waiter && wanted_poll_waiter) {
      WakeIfIdle(s);
    }
    wanted_poll_waiter = wants_poll_waiter;
    quiet = busy ? 0 : quiet + 1;
    tick = quiet <= kQuietTicks ? kShortestTickNs : std::min(tick * 2, kLongestTickNs);
    if (asked) tick = std::min(tick, kAskGraceNs);
    if (scavenging) tick = kShortestTickNs;
  }
  return nullptr;
}

}  // namespace unpark::sched
