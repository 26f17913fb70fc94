// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Scheduler: the state that all Ms share, and the steps of scheduling. Visible only inside
// runtime/sched.
#ifndef UNPARK_RUNTIME_SCHED_SCHEDULER_H_
#define UNPARK_RUNTIME_SCHED_SCHEDULER_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "runtime/options.h"
#include "runtime/os/futex.h"
#include "runtime/os/spin_lock.h"
#include "runtime/os/stack.h"
#include "runtime/sched/g.h"
#include "runtime/sched/global_queue.h"
#include "runtime/sched/m.h"

namespace unpark::sched {

inline constexpr int kMaxProcs = 1024;
inline constexpr int kTicksPerGlobal =
    61;  // as in Go: prime, so that no program's rhythm locks on to it

// Gs are made a slab at a time and live as long as the scheduler.
inline constexpr std::size_t kGSlab = 64;
struct GSlab {
  std::array<G, kGSlab> gs;
  GSlab* next = nullptr;
};

// One per Main. Lock order: an owner's lock (channel, timer) before `lock`; a heap's lock inside
// either; `lock` is never held while a goroutine is readied.
struct Scheduler {
  explicit Scheduler(const Options& options);
  ~Scheduler();

  Options options;
  os::StackPool* stack_pool;

  // --- Ps
  std::array<std::atomic<P*>, kMaxProcs>
      ps{};  // written while the world is stopped; never freed while we live
  std::atomic<int> procs{0};

  GlobalQueue global;

  std::atomic<M*> all_ms{nullptr};  // only grows, so that counters can be summed without the lock

  // Idle Ps and spinning Ms, read without the lock by whoever makes work: see "Who wakes whom".
  std::atomic<int> idle_ps{0};
  std::atomic<int> spinning{0};

  os::SpinLock lock;
  // Guarded by lock:
  P* idle_p_list = nullptr;
  M* idle_m_list = nullptr;
  int ms = 0;            // live Ms
  int idle_ms = 0;       // of them on the idle list
  int preempted = 0;     // of them running a goroutine without a P
  int locked_waits = 0;  // of them waiting for their locked goroutine
  int polling_ms =
      0;  // of them asleep in netpoll, 0 or 1; not on the idle list, so never handed a P
  int next_m_id = 0;
  M* unborn_ms = nullptr;  // to be started by sysmon; linked by idle_next
  M* ended_ms = nullptr;   // their threads have ended; linked by idle_next
  int stop_wait = 0;       // Ps that have yet to stop

  std::atomic<bool> stopping{false};     // the main goroutine has ended
  std::atomic<bool> stop_world{false};   // somebody wants to be alone
  std::atomic<bool> world_owned{false};  // one at a time
  os::Note world_note;
  os::Note done_note;  // the last M has left

  // The M that sleeps until the earliest timer, if any, and until when (0: no timer). Once netpoll
  // is open it sleeps there and not on its futex, so that it is also woken by I/O.
  std::atomic<M*> poll_waiter{nullptr};
  std::atomic<std::int64_t> poll_until{0};
  std::atomic<std::int64_t> last_poll{0};  // when netpoll was last looked at

  // --- Goroutines
  os::SpinLock g_lock;
  G* free_g_batches = nullptr;  // guarded by g_lock
  GSlab* g_slabs = nullptr;     // guarded by g_lock; none leaves
  std::atomic<std::uint64_t> next_goroutine_id{1};
  G* main_g = nullptr;
  std::atomic<bool> main_goexit{false};

  // --- sysmon
  pthread_t sysmon{};
  os::Note sysmon_note;
  std::atomic<bool> sysmon_asleep{false};
  std::atomic<std::int64_t> coarse_now{0};
  // Ps follow the quota: Options::update_procs, and the program has not called GOMAXPROCS.
  std::atomic<bool> follow_quota{false};

  // Events counted by threads that are no Ms.
  struct Outside {
    std::atomic<std::uint64_t> readies{0}, handoffs{0}, preempt_asked{0}, preempt_honoured{0},
        futex_wakes{0};
  } outside;
};

// The runtime that is alive, or nullptr.
extern std::atomic<Scheduler*> g_scheduler;
inline Scheduler* Sched() { return g_scheduler.load(std::memory_order_relaxed); }
// The same for a thread that may not be the runtime's own. Acquire: pairs with the store in Run, so
// that it sees the scheduler whole.
inline Scheduler* SchedFromOutside() { return g_scheduler.load(std::memory_order_acquire); }

// --- dispatch (sched.cc)
void Switch(M* m, G* from, G* to, bool dying = false);
void Arrive(G* self);              // first thing after a switch
G* PickLocal(Scheduler* s, M* m);  // the quick half of FindRunnable; nullptr: let g0 look
void Execute(M* m, G* g);          // g0 only: runs g until something switches back to g0
void Schedule(M* m);               // g0's loop; returns as the M ends
void PutRunnable(Scheduler* s, M* m, G* g);
void PushLocal(Scheduler* s, P* p, G* g);
void SubmitToAll(Scheduler* s, G* g);
void PushGlobal(void* g);  // the same as an `after`
void WakeIfIdle(Scheduler* s);
void YieldToAll(M* m);  // the current goroutine goes to the end of the global queue

// --- I/O (netpoll.cc); the protocol is in netpoll.h
extern std::atomic<bool> g_netpoll_open;  // never closed again
extern std::atomic<int> g_io_waiters;     // goroutines that only the poller, or an end, can wake

// Goroutines that an edge has woken: runnable, on no queue yet. Whoever queues them then lowers
// g_io_waiters by n.
struct WokenGs {
  std::array<G*, 256> gs;
  std::size_t n = 0;
};
void NetpollNow(WokenGs* woken);                             // without blocking
void NetpollWait(WokenGs* woken, std::int64_t deadline_ns);  // one thread at a time
void NetpollBreak();   // ends the NetpollWait under way, or the next one
void NetpollForget();  // the runtime has ended, and with it all who waited

// --- finding work, idling (find.cc)
G* FindRunnable(Scheduler* s, M* m);  // nullptr: the runtime is ending
void WakeP(Scheduler* s);
bool StartM(Scheduler* s, P* p, bool spinning);  // runs p on an idle or new M
void HandOff(Scheduler* s, P* p);                // p has lost its M
void StopM(Scheduler* s, M* m, std::int64_t deadline_ns);
void StopLockedM(Scheduler* s, M* m);
void StartLockedM(Scheduler* s, M* m, G* g);
bool WaitForP(Scheduler* s, M* m);
void AcquireP(M* m, P* p);
P* ReleaseP(M* m);
void PutIdleP(Scheduler* s, P* p);  // REQUIRES: lock held
P* GetIdleP(Scheduler* s);          // REQUIRES: lock held
std::int64_t EarliestTimer(Scheduler* s);
void WakePollWaiter(M* waiter);      // it looks at timers, work and the end again
bool WantsPollWaiter(Scheduler* s);  // goroutines wait for I/O or timers, and no M sleeps for them
void QueueWoken(Scheduler* s, P* p, WokenGs* woken);  // p == nullptr: on the global queue

// --- goroutines (goroutine.cc)
bool BindStack(Scheduler* s, M* m, G* g);
[[noreturn]] void FatalNoStack(const Scheduler* s, const G* g);  // BindStack has failed
// Where g's stack comes from.
inline os::StackPool* PoolOf(const Scheduler* s, const G* g) {
  if (g->stack_log2 == 0) [[likely]]
    return s->stack_pool;
  return os::StackPoolFor(std::size_t{1} << g->stack_log2);
}
void FreeG(Scheduler* s, P* p, G* g);  // p may be nullptr
void FreeStackOf(Scheduler* s, P* p, G* g);

// --- the world (world.cc)
void NewM(Scheduler* s, P* p, bool spinning);  // p is the caller's
void StartUnbornMs(Scheduler* s);              // sysmon's
void RequestStop(Scheduler* s);
// m is the caller's, nullptr for a thread outside. False, and nothing done, if the runtime ends.
// REQUIRES: world_owned is the caller's; StartTheWorld gives it back.
bool StopTheWorld(Scheduler* s, M* m);
void StartTheWorld(Scheduler* s, M* m);
void StopForWorld(Scheduler* s, M* m);
void* SysmonMain(void* scheduler);

// --- reports (dump.cc)
void* ThreadEhGlobals();  // this thread's __cxa_eh_globals, asked for afresh
int* ThreadErrno();       // this thread's errno, asked for afresh
// Every parked goroutine with its stack. REQUIRES: called on m's g0; nothing can ready a goroutine.
std::string WaitingText(Scheduler* s, M* m);
const char* DeadlockText(const Scheduler* s);
[[noreturn]] void ReportDeadlock(Scheduler* s, M* m);
void InstallStackOverflowReport();
void WarnOfCanaries(const Scheduler* s);  // once: guard pages have run out
void ReportIfOverflowed(const Scheduler* s, G* g);
// For goroutines on stacks without a guard page; where all have one it is a load of a constant.
[[gnu::always_inline]] inline void CheckCanary(const Scheduler* s, G* g) {
  if (os::CanariesInUse()) [[unlikely]]
    ReportIfOverflowed(s, g);
}
void UseAlternateSignalStack();

}  // namespace unpark::sched

#endif  // UNPARK_RUNTIME_SCHED_SCHEDULER_H_
