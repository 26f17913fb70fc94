// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Preemption: how a P is taken from a goroutine that runs on, without interrupting it.
//
// A goroutine has a slice of 10 ms, or of 4 while a timer is overdue. When it has used it up while
// others wait for its P, sysmon first asks (kAsked): at its next preemption point the goroutine
// goes to the end of the global queue. If it has reached none a moment later, the P itself is taken
// and handed to another M. The goroutine notices nothing: it runs on, on its own thread, and the
// kernel divides the cores. Once it calls the runtime in a way that may park, it waits there until
// it gets a P again. So preemption is a Blocking section that somebody else has begun.
//
// Nothing is interrupted, hence nothing needs to be a safe point: the goroutine may be anywhere, in
// malloc, under a std::mutex, in the vdso, blocked in a system call, throwing. Its thread-locals,
// errno, floating-point state and locks stay where they are, on the thread that goes on. There is
// no signal, so no handler, no mask and no interrupted system call.
//
// Invariants:
//   1. Whatever belongs to a P's owner alone (the ring's tail, the stocks) is touched only with
//      M::in_runtime set by that thread, after it has been set and M::preempt then been read.
//   2. Only a thread that has read in_runtime == false after a membarrier that followed its store
//   of
//      kWanted changes kWanted to kTaken, or the M itself. Both do it under the scheduler's lock.
//   3. kTaken: the P has another owner; M::p is stale, M::blocking is set, the goroutine's state is
//      kBlocking. Only the M itself ends this state (Settle), under the lock.
//   4. An orphan keeps kTaken for ever: none of its calls reaches a scheduler again.
// Why 1 and 2 exclude each other:
//      the M:      in_runtime = true;   compiler barrier;   read preempt
//      the taker:  preempt = kWanted;   membarrier;         read in_runtime
//   The membarrier runs a full barrier on the M's core, so either the M sees kWanted or the taker
//   sees true; in the first case the M's CAS or exchange of `preempt` and the taker's CAS have one
//   winner. The M's side costs two plain stores and a load, 0.5 ns; with a fence of its own 5 ns.
//
// A call that does not park goes on without a P: Ready, go and timers use what all Ms share, unless
// a P idles, which they take. So nobody waits for a P under a lock of the runtime, nor does a
// goroutine change threads in a call that does not say so.
#ifndef UNPARK_RUNTIME_SCHED_PREEMPT_H_
#define UNPARK_RUNTIME_SCHED_PREEMPT_H_

#include <atomic>
#include <cstdint>

#include "runtime/sched/m.h"

namespace unpark::sched {

inline constexpr std::int64_t kSliceNs = 10'000'000;  // Go's
// The same while a timer of this P is overdue: a sleeper that wakes up has had no turn for long.
inline constexpr std::int64_t kTimerSliceNs = 4'000'000;
// Between asking a goroutine and taking its P.
inline constexpr std::int64_t kAskGraceNs = 100'000;
// Goroutines that run without a P, each on a thread of its own. At the limit the others keep
// theirs.
inline constexpr int kMaxPreempted = 1000;

// Brackets of code that uses the P of the current M. They nest; returns what LeaveRuntime restores.
[[gnu::always_inline]] inline bool EnterRuntime(M* m) {
  const bool outer = m->in_runtime.load(std::memory_order_relaxed);
  m->in_runtime.store(true, std::memory_order_relaxed);
  std::atomic_signal_fence(std::memory_order_seq_cst);
  return outer;
}
// Release: pairs with the acquire of who takes the P, who so sees its queue as we left it.
[[gnu::always_inline]] inline void LeaveRuntime(M* m, bool outer = false) {
  m->in_runtime.store(outer, std::memory_order_release);
}

// For a call that does not park, after EnterRuntime: whether it may use m->p.
bool KeepP(M* m, bool outer);
[[gnu::always_inline]] inline bool HasP(M* m, bool outer) {
  if (m->preempt.load(std::memory_order_relaxed) < Preempt::kWanted) [[likely]]
    return true;
  return KeepP(m, outer);
}

enum class Standing { kHasP, kLostP, kOrphan };
// For a call that parks or yields, after EnterRuntime, if preempt is not kNone: withdraws the
// request. kLostP: m->p is nullptr now, and the caller goes to g0 or calls AwaitP.
Standing Settle(M* m);
// Settle, and then a P in any case: returns with one, perhaps on another M, still in the runtime.
void SettleAndKeepP(M* m);
// The current goroutine has a thread but no P: returns once it has one.
void AwaitP(M* m);
// The runtime of this thread has ended: so does the thread.
[[noreturn]] void EndOrphan(M* m, void (*after)(void*) = nullptr, void* arg = nullptr);

// --- who takes
bool CanTake();     // whether this kernel has the membarrier it needs
void Membarrier();  // REQUIRES: CanTake
// Takes p from the goroutine that runs on it; p is then the caller's, kIdle.
// REQUIRES: lock held; kWanted was set, and a membarrier followed.
bool TakeP(Scheduler* s, P* p);
// Sets all goroutines that run but for `self`'s to `wanted`.
void RequestAll(Scheduler* s, M* self, Preempt wanted);
// Takes the Ps of all goroutines that run outside of the runtime, but for `self`'s; marks them
// kStopped and returns how many. REQUIRES: CanTake, lock not held, world or runtime stopping.
int TakeRunningPs(Scheduler* s, M* self);

}  // namespace unpark::sched

#endif  // UNPARK_RUNTIME_SCHED_PREEMPT_H_
