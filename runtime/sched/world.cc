// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// The world: starting and ending the runtime, making threads, stopping all Ps, changing their
// number.
#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <utility>

#include "runtime/os/clock.h"
#include "runtime/os/explore.h"
#include "runtime/os/lane.h"
#include "runtime/os/procs.h"
#include "runtime/sched/preempt.h"
#include "runtime/sched/sched.h"
#include "runtime/sched/scheduler.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#endif

namespace unpark::sched {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;
std::atomic<std::uint64_t> g_runtime_number{0};
// How long the end of the runtime waits for goroutines that run without a P, in Blocking sections
// or on their own, before it leaves their threads behind.
constexpr std::int64_t kBlockingGraceNs = 20 * kMillisecond;

// REQUIRES: lock held.
void PublishM(Scheduler* s, M* m) {
  m->all_next = s->all_ms.load(std::memory_order_relaxed);
  s->all_ms.store(m, std::memory_order_release);
}

void BindToThread(M* m) {
  unpark_current_m = m;
  m->eh = reinterpret_cast<EhGlobals*>(ThreadEhGlobals());
  m->errno_address = ThreadErrno();
  m->lane = os::ThreadLane();
  os::TrustThreadLocals();
  pthread_attr_t attr;
  void* bottom = nullptr;
  std::size_t size = 0;
  if (pthread_getattr_np(pthread_self(), &attr) == 0) {
    pthread_attr_getstack(&attr, &bottom, &size);
    pthread_attr_destroy(&attr);
  }
  m->g0.flow.BindThread(bottom, size);
  UseAlternateSignalStack();
}

// The last acts of an M that is no orphan. One that ends while the runtime goes on is kept for the
// next thread: who walks through all Ms holds no lock.
void LeaveM(Scheduler* s, M* m) {
  unpark_current_m = nullptr;  // once on the list m is another thread's
  bool last, dead;
  {
    std::lock_guard guard(s->lock);
    if (m->ends) m->idle_next = std::exchange(s->ended_ms, m);
    last = --s->ms == 0;
    dead = !s->stopping.load(std::memory_order_relaxed) && s->options.deadlock_check &&
           s->ms - s->idle_ms - s->locked_waits - s->polling_ms <= 0 && EarliestTimer(s) == 0;
  }
  if (dead) WakeP(s);  // the woken M finds the deadlock, if it is one
  if (last) s->done_note.Wake();
}

void* MMain(void* arg) {
  M* m = static_cast<M*>(arg);
  const os::Unseen unseen;
  BindToThread(m);
  Scheduler* s = Sched();
  if (P* p = std::exchange(m->next_p, nullptr)) AcquireP(m, p);
  Schedule(m);
  if (m->orphan.load(std::memory_order_relaxed)) return nullptr;  // detached by Dismantle
  if (m->ends) pthread_detach(pthread_self());                    // nobody will wait for it
  LeaveM(s, m);
  return nullptr;
}

// Takes the Ps of Blocking sections; returns how many. REQUIRES: lock held, world or runtime
// stopping.
int TakeBlockingPs(Scheduler* s) {
  int taken = 0;
  for (int i = 0, n = s->procs.load(std::memory_order_acquire); i < n; ++i) {
    P* p = s->ps[static_cast<std::size_t>(i)].load(std::memory_order_relaxed);
    PStatus expected = PStatus::kBlocking;
    if (p->status.compare_exchange_strong(expected, PStatus::kStopped, std::memory_order_acq_rel)) {
      p->m.store(nullptr, std::memory_order_relaxed);
      ++taken;
    }
  }
  return taken;
}

// Leaves behind the Ms that still sit in Blocking sections, if they are all that is left. REQUIRES:
// lock held.
bool OrphanBlockedMs(Scheduler* s) {
  TakeBlockingPs(s);
  int blocked = 0;
  M* const ms = s->all_ms.load(std::memory_order_relaxed);
  for (M* m = ms; m != nullptr; m = m->all_next) {
    // p->m differs once the P was taken: only then can the M no longer come back without the lock.
    if (m->blocking.load(std::memory_order_acquire) &&
        m->blocking_p.load(std::memory_order_relaxed)->m.load(std::memory_order_relaxed) != m) {
      ++blocked;
    }
  }
  if (blocked < s->ms) return false;
  for (M* m = ms; m != nullptr; m = m->all_next) {
    if (m->blocking.load(std::memory_order_acquire))
      m->orphan.store(true, std::memory_order_release);
  }
  return true;
}

void AwaitEnd(Scheduler* s) {
  // Woken by RequestStop, then by the last M.
  while (!s->stopping.load(std::memory_order_acquire)) s->done_note.Wait();
  const std::int64_t grace = os::NowNs() + kBlockingGraceNs;
  for (;;) {
    StartUnbornMs(s);  // sysmon may have left already
    {
      std::lock_guard guard(s->lock);
      if (s->ms == 0) return;
      TakeBlockingPs(s);
      if (os::NowNs() > grace && OrphanBlockedMs(s)) return;
      // An M that went to sleep just as the end was called.
      for (M* m = s->all_ms.load(std::memory_order_relaxed); m != nullptr; m = m->all_next) {
        if (m->idle || m->locked_wait) m->note.Wake();
      }
      if (s->polling_ms != 0) NetpollBreak();
    }
    s->done_note.Wait(os::NowNs() + kMillisecond);
    // Who has not come to the scheduler by now may never do so.
    if (CanTake()) TakeRunningPs(s, nullptr);
  }
}

#if defined(__SANITIZE_ADDRESS__)
// What a goroutine holds that is left behind is no leak. Not instrumented: it reads whole frames,
// with the bytes between variables that AddressSanitizer forbids.
[[gnu::no_sanitize("address")]] void KeepWhatIsPointedTo(const void* begin, const void* end) {
  for (auto* word = static_cast<void* const*>(begin); word < end; ++word)
    __lsan_ignore_object(*word);
}
#endif

// Releases what goroutines held that will never run again: their stacks, and the closures of those
// that never ran. The frames of parked ones are not unwound, as in Go.
void AbandonGoroutines(Scheduler* s) {
  P* p = s->ps[0].load(std::memory_order_relaxed);
  for (GSlab* slab = s->g_slabs; slab != nullptr; slab = slab->next) {
    for (G& each : slab->gs) {
      G* g = &each;
      const GState state = g->state.load(std::memory_order_relaxed);
      if (state == GState::kDead || state == GState::kBlocking) continue;
      if (!g->started && g->closure != nullptr) g->closure(g, G::Op::kDestroy);
#if defined(__SANITIZE_ADDRESS__)
      if (g->started) {
        KeepWhatIsPointedTo(g, g + 1);  // the closure
        if (g->stack != nullptr) KeepWhatIsPointedTo(g->context.sp, g->stack);
      }
#endif
      g->flow.Destroy();
      FreeStackOf(s, p, g);
    }
  }
}

void CheckOptions(const Options& o) {
  if (o.procs < 0 || o.procs > kMaxProcs) {
    throw std::invalid_argument("unpark::Options: procs is " + std::to_string(o.procs) +
                                ", not in 0 .. 1024");
  }
  if (!os::StackPool::IsSize(o.stack_bytes)) {
    throw std::invalid_argument("unpark::Options: stack_bytes is " + std::to_string(o.stack_bytes) +
                                ", not a power of two from 16384 to 1073741824");
  }
}

}  // namespace

std::uint64_t RuntimeNumber() { return g_runtime_number.load(std::memory_order_relaxed); }

Scheduler::Scheduler(const Options& o) : options(o), stack_pool(os::StackPoolFor(o.stack_bytes)) {}

Scheduler::~Scheduler() {
  const os::Unseen unseen;
  for (M* m = all_ms.load(std::memory_order_relaxed); m != nullptr;)
    delete std::exchange(m, m->all_next);
  for (auto& slot : ps) delete slot.load(std::memory_order_relaxed);
  // What has been trusted stays so, and must not become other memory.
  if (UNPARK_TSAN_UNORDERED) return;
  while (g_slabs != nullptr) delete std::exchange(g_slabs, g_slabs->next);
}

// Takes in all threads and gives back the stacks. Whether some threads were left behind in Blocking
// sections: those still use their M, their P's status and their goroutine's G.
bool Dismantle(Scheduler* s) {
  bool orphans = false;
  for (M* m = s->all_ms.load(std::memory_order_relaxed); m != nullptr; m = m->all_next) {
    if (m->orphan.load(std::memory_order_relaxed)) {
      orphans = true;
      pthread_detach(m->thread);
    } else if (!m->ends) {
      pthread_join(m->thread, nullptr);
    }
    if (!m->orphan.load(std::memory_order_relaxed)) os::AcquireFrom(m);  // it has left
  }
  AbandonGoroutines(s);
  for (auto& slot : s->ps) {
    P* p = slot.load(std::memory_order_relaxed);
    if (p == nullptr) break;
    p->timers.Clear();
    while (os::FreeStack* batch = p->stacks.Unload()) s->stack_pool->GiveBatch(batch);
  }
  NetpollForget();
  return orphans;
}

// What orphans use, for the life of the process.
void KeepForOrphans(std::unique_ptr<Scheduler> s) {
  static auto* const kept = new std::vector<std::unique_ptr<Scheduler>>;
  kept->push_back(std::move(s));
}

namespace {

void StartThread(Scheduler* s, M* m) {
  const int error = pthread_create(&m->thread, nullptr, MMain, m);
  if (error != 0) {
    Fatal("cannot start thread " + std::to_string(s->ms) + ": errno " + std::to_string(error));
  }
}

// An M whose thread has ended, as good as new, or nullptr.
M* TakeEndedM(Scheduler* s) {
  M* m;
  {
    std::lock_guard guard(s->lock);
    m = s->ended_ms;
    if (m == nullptr) return nullptr;
    s->ended_ms = std::exchange(m->idle_next, nullptr);
  }
  m->ends = false;
  m->on_time = false;
  m->vain_polls = 0;
  m->curg = nullptr;
  m->after = nullptr;
  m->preempt.store(Preempt::kNone, std::memory_order_relaxed);
  m->in_runtime.store(true, std::memory_order_relaxed);
  return m;
}

}  // namespace

void NewM(Scheduler* s, P* p, bool spinning) {
  const os::Unseen unseen;
  M* m = TakeEndedM(s);
  const bool used = m != nullptr;
  if (!used) m = new M;
  m->scheduler = s;
  m->next_p = p;
  m->spinning = spinning;
  M* self = CurrentM();
  // A new thread inherits its maker's signal mask, namespaces and so on. A goroutine that has
  // locked its thread may have changed those for itself alone, so a thread that is its own leaves
  // the making to sysmon.
  const bool by_sysmon = self != nullptr && (self->locked_g != nullptr || self->ends);
  {
    std::lock_guard guard(s->lock);
    if (!used) {
      m->id = s->next_m_id++;
      m->random = (static_cast<std::uint64_t>(m->id) + 1) * 0x9E3779B97F4A7C15u;
      PublishM(s, m);
    }
    ++s->ms;
    if (by_sysmon) {
      m->idle_next = s->unborn_ms;
      s->unborn_ms = m;
    }
  }
  if (by_sysmon) {
    s->sysmon_note.Wake();
  } else {
    StartThread(s, m);
  }
}

void StartUnbornMs(Scheduler* s) {
  for (;;) {
    M* m;
    {
      std::lock_guard guard(s->lock);
      m = s->unborn_ms;
      if (m == nullptr) return;
      s->unborn_ms = std::exchange(m->idle_next, nullptr);
    }
    StartThread(s, m);
  }
}

void RequestStop(Scheduler* s) {
  s->stopping.store(true, std::memory_order_seq_cst);
  std::lock_guard guard(s->lock);
  for (int i = 0, n = s->procs.load(std::memory_order_acquire); i < n; ++i) {
    s->ps[static_cast<std::size_t>(i)]
        .load(std::memory_order_relaxed)
        ->attention.store(true, std::memory_order_relaxed);
  }
  for (M* m = s->all_ms.load(std::memory_order_relaxed); m != nullptr; m = m->all_next) {
    if (m->idle || m->locked_wait) m->note.Wake();
  }
  if (s->polling_ms != 0) NetpollBreak();
  s->done_note.Wake();
}

void Run(const Options& options, void (*main_closure)(G*, G::Op), void* main_arg) {
  CheckOptions(options);
  if (CurrentM() != nullptr)
    throw std::logic_error("unpark::Main called from a goroutine: the runtime is running already");
  auto owned = std::make_unique<Scheduler>(options);
  Scheduler* s = owned.get();
  Scheduler* none = nullptr;
  if (!g_scheduler.compare_exchange_strong(none, s, std::memory_order_seq_cst)) {
    throw std::logic_error(
        "unpark::Main called while another Main runs: one runtime at a time in a process");
  }
  g_runtime_number.fetch_add(1, std::memory_order_relaxed);
  const auto previous_terminate = InstallPanicReport();
  InstallStackOverflowReport();
  s->coarse_now.store(os::NowNs(), std::memory_order_relaxed);

  const int procs = options.procs != 0 ? options.procs : os::DefaultProcs(options.procs_rule);
  for (int i = 0; i < procs; ++i)
    s->ps[static_cast<std::size_t>(i)].store(new P(i), std::memory_order_relaxed);
  s->procs.store(procs, std::memory_order_relaxed);
  s->follow_quota.store(options.procs == 0 && options.update_procs, std::memory_order_relaxed);
  {
    std::lock_guard guard(s->lock);
    for (int i = procs - 1; i > 0; --i) {
      P* p = s->ps[static_cast<std::size_t>(i)].load(std::memory_order_relaxed);
      p->status.store(PStatus::kIdle, std::memory_order_relaxed);
      PutIdleP(s, p);
    }
  }
  auto slab = std::make_unique<GSlab>();
  os::Trust(slab.get(), sizeof(GSlab));
  G* g = s->main_g = &slab->gs[0];
  g->flow.Publish();
  {
    std::lock_guard guard(s->g_lock);  // ListGoroutines may come from any thread
    s->g_slabs = slab.release();
  }
  g->is_main = true;
  g->id = s->next_goroutine_id.fetch_add(1, std::memory_order_relaxed);
  g->closure = main_closure;
  *reinterpret_cast<void**>(g->storage) = main_arg;
  // Release: pairs with ListGoroutines' acquire, which then sees the id.
  g->state.store(GState::kRunnable, std::memory_order_release);
  P* first = s->ps[0].load(std::memory_order_relaxed);
  first->queue.Push(g);
  if (!explore::Requested() && pthread_create(&s->sysmon, nullptr, SysmonMain, s) != 0)
    Fatal("cannot start the monitor thread");
  NewM(s, first, /*spinning=*/false);

  AwaitEnd(s);

  if (!explore::Requested()) {
    s->sysmon_note.Wake();
    pthread_join(s->sysmon, nullptr);
  }
  if (Dismantle(s)) KeepForOrphans(std::move(owned));
  g_scheduler.store(nullptr, std::memory_order_seq_cst);
  std::set_terminate(previous_terminate);
}

bool StopTheWorld(Scheduler* s, M* m) {
  {
    std::lock_guard guard(s->lock);
    s->stop_wait = s->procs.load(std::memory_order_acquire);
    if (m != nullptr) {
      --s->stop_wait;
      m->p->status.store(PStatus::kStopped, std::memory_order_relaxed);
    }
    s->stop_world.store(true, std::memory_order_seq_cst);
    for (int i = 0, n = s->procs.load(std::memory_order_acquire); i < n; ++i) {
      s->ps[static_cast<std::size_t>(i)]
          .load(std::memory_order_relaxed)
          ->attention.store(true, std::memory_order_relaxed);
    }
    while (P* p = GetIdleP(s)) {
      p->status.store(PStatus::kStopped, std::memory_order_relaxed);
      --s->stop_wait;
    }
  }
  const bool take = s->options.preemption == Preemption::kAsync && CanTake();
  for (int taken = 0;;) {
    {
      std::lock_guard guard(s->lock);
      s->stop_wait -= taken + TakeBlockingPs(s);
      if (s->stop_wait == 0) return true;
      if (s->stopping.load(std::memory_order_relaxed)) {
        // The other Ms leave without a word.
        s->stop_world.store(false, std::memory_order_seq_cst);
        return false;
      }
    }
    s->world_note.Wait(os::NowNs() + kMillisecond);
    // Who has not come to the scheduler by now is asked to, or runs on without its P.
    if (take) {
      taken = TakeRunningPs(s, m);
    } else if (s->options.preemption != Preemption::kOff) {
      RequestAll(s, m, Preempt::kAsked);
    }
  }
}

// An M with a P finds that the world stops.
void StopForWorld(Scheduler* s, M* m) {
  P* p = ReleaseP(m);
  std::lock_guard guard(s->lock);
  if (!s->stop_world.load(std::memory_order_relaxed)) {
    PutIdleP(s, p);  // it has started again in between
    return;
  }
  p->status.store(PStatus::kStopped, std::memory_order_release);
  if (--s->stop_wait == 0) s->world_note.Wake();
}

void StartTheWorld(Scheduler* s, M* m) {
  std::array<P*, kMaxProcs> busy;
  std::size_t n_busy = 0;
  {
    std::lock_guard guard(s->lock);
    s->stop_world.store(false, std::memory_order_seq_cst);
    for (int i = s->procs.load(std::memory_order_acquire); i-- > 0;) {
      P* p = s->ps[static_cast<std::size_t>(i)].load(std::memory_order_relaxed);
      p->attention.store(s->stopping.load(std::memory_order_relaxed), std::memory_order_relaxed);
      if (m != nullptr && p == m->p) continue;
      p->status.store(PStatus::kIdle, std::memory_order_relaxed);
      if (p->queue.Empty() && p->queue.runnext() == nullptr) {
        PutIdleP(s, p);
      } else {
        busy[n_busy++] = p;
      }
    }
    if (m != nullptr) m->p->status.store(PStatus::kRunning, std::memory_order_release);
  }
  for (std::size_t i = 0; i < n_busy; ++i) StartM(s, busy[i], /*spinning=*/false);
  s->world_owned.store(false, std::memory_order_release);
  WakeIfIdle(s);
}

namespace {

// Changes the number of Ps. REQUIRES: n in 1 .. kMaxProcs, world_owned is the caller's; m is too,
// or nullptr.
void ChangeProcs(Scheduler* s, M* m, int n) {
  if (!StopTheWorld(s, m)) {
    s->world_owned.store(false, std::memory_order_release);
    return;
  }
  const int before = s->procs.load(std::memory_order_acquire);
  for (int i = before; i < n; ++i) {
    auto& slot = s->ps[static_cast<std::size_t>(i)];
    if (slot.load(std::memory_order_relaxed) == nullptr)
      slot.store(new P(i), std::memory_order_release);
  }
  P* first = s->ps[0].load(std::memory_order_relaxed);
  for (int i = n; i < before; ++i) {
    P* p = s->ps[static_cast<std::size_t>(i)].load(std::memory_order_relaxed);
    while (G* g = p->queue.Pop()) s->global.Push(g);
    if (G* g = p->queue.TakeRunnext()) s->global.Push(g);
    p->timers.MoveAllTo(&first->timers);
    p->status.store(PStatus::kDead, std::memory_order_relaxed);
  }
  if (m != nullptr && m->p->id >= n) {
    m->p->m.store(nullptr, std::memory_order_relaxed);
    m->p = first;
    first->m.store(m, std::memory_order_relaxed);
  }
  s->procs.store(n, std::memory_order_seq_cst);
  StartTheWorld(s, m);
}

}  // namespace

int SetProcs(int n) {
  const os::Unseen unseen;
  if (explore::Current() != nullptr) return Procs();  // one thread, one P
  M* m = CurrentM();
  EnterRuntime(m);
  if (m->preempt.load(std::memory_order_relaxed) != Preempt::kNone) SettleAndKeepP(m);
  Scheduler* s = Sched();
  s->follow_quota.store(false, std::memory_order_relaxed);
  while (s->world_owned.exchange(true, std::memory_order_acq_rel)) Yield();
  const int before = s->procs.load(std::memory_order_acquire);
  n = std::min(n, kMaxProcs);
  if (n == before) {
    s->world_owned.store(false, std::memory_order_release);
  } else {
    ChangeProcs(s, CurrentM(), n);
  }
  LeaveRuntime(CurrentM());
  return before;
}

bool UpdateProcs(int (*read)(ProcsRule rule)) {
  const os::Unseen unseen;
  M* m = CurrentM();
  if (m != nullptr) {
    EnterRuntime(m);
    if (m->preempt.load(std::memory_order_relaxed) != Preempt::kNone) SettleAndKeepP(m);
    m = CurrentM();
  }
  Scheduler* s = Sched();
  bool changed = false;
  // Who changes the number now knows better, or will be followed by our next turn.
  if (s->follow_quota.load(std::memory_order_relaxed) &&
      !s->world_owned.exchange(true, std::memory_order_acq_rel)) {
    const int n = std::min(read(s->options.procs_rule), kMaxProcs);
    changed = n >= 1 && n != s->procs.load(std::memory_order_acquire);
    if (changed) {
      ChangeProcs(s, m, n);
    } else {
      s->world_owned.store(false, std::memory_order_release);
    }
  }
  if (m != nullptr) LeaveRuntime(m);
  return changed;
}

}  // namespace unpark::sched
