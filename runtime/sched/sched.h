// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// The scheduler as the floors above see it: park, ready, spawn, timers.
#ifndef UNPARK_RUNTIME_SCHED_SCHED_H_
#define UNPARK_RUNTIME_SCHED_SCHED_H_

#include <cstdint>
#include <source_location>
#include <string>

#include "runtime/options.h"
#include "runtime/sched/g.h"
#include "runtime/sched/m.h"
#include "runtime/sched/panic.h"
#include "runtime/sched/timer_heap.h"

namespace unpark::sched {

// The current goroutine; nullptr on a thread outside the runtime and on a scheduler's own flow.
inline G* CurrentG() {
  M* m = CurrentM();
  return m == nullptr ? nullptr : m->curg;
}

// Ends the program unless called from a goroutine; `what` names the caller in the text.
void RequireGoroutine(const char* what);

// Suspends the current goroutine until somebody calls Ready on it.
//
// `after(arg)` runs once this goroutine is off its stack, on whatever flow the thread goes on with;
// it publishes the goroutine to its waker, usually by unlocking the lock that guards the wait
// queue. So a waker that holds that lock always finds a goroutine that is safe to resume: there is
// no state between "running" and "parked" to recheck. REQUIRES: called from a goroutine; after
// neither parks nor throws.
void Park(WaitReason reason, void (*after)(void*), void* arg);

// Makes a parked goroutine runnable. It goes to the P's runnext slot: see "Who wakes whom" in
// sched.cc. REQUIRES: g is parked and no other Ready is under way for it. Callable from any thread.
void Ready(G* g);

// Readies g and lets it run at once in place of the caller, which goes to the end of the queue
// (lock hand-off).
void ReadyAndYieldTo(G* g);

// Lets the goroutines that are ready go first. Unlike Go's, the caller goes to the end of its P's
// own queue and not of the global one; a goroutine in the global queue still waits for at most 61
// dispatches.
void Yield();

// A G whose storage awaits a closure; Start makes it runnable, DiscardG takes it back unstarted.
// REQUIRES: called from a goroutine or from a timer's fire.
G* NewG();
void Start(G* g, std::source_location where);
void DiscardG(G* g);
// Gives g, not yet started, a stack of its own size. Throws std::invalid_argument, and discards g.
void SetStackBytes(G* g, std::size_t bytes);

// Files a timer with this P, and unfiles it wherever it is; RemoveTimer says whether it was still
// filed.
void AddTimer(TimerNode* node, std::int64_t when);
// The same, but if no thread sleeps until the next timer it wakes none for this one: sysmon does so
// within two ticks, unless this P, which mostly idles soon, has come to it first.
void AddTimerLazily(TimerNode* node, std::int64_t when);
bool RemoveTimer(TimerNode* node);

// The brackets of a section that may block in the kernel: between them the goroutine has its thread
// but no P.
void EnterBlocking();
void ExitBlocking();

// Calls fn(arg) on the thread's own stack. REQUIRES: fn neither parks nor throws.
void CallOnSystemStack(void (*fn)(void*), void* arg);

void LockThread();
void UnlockThread();
int GoroutineCount();
int Procs();
int SetProcs(int n);
// Of the runtime that lives, or lived last: tells what its goroutines left behind from what ours
// hold.
std::uint64_t RuntimeNumber();

// Sets the number of Ps by the rule of the options, as sysmon does once a second, unless the
// program has set it itself. `read` says what the rule yields now. Callable from a goroutine and
// from a thread outside. Whether the number changed.
bool UpdateProcs(int (*read)(ProcsRule rule));

// What a preemption point is part of.
enum class PreemptPoint { kCall, kLoop };
// Where a goroutine whose slice is over goes to the end of the global queue, or waits for the P it
// has lost. It may change its thread. A point costs a load and a branch.
void GiveWay(PreemptPoint point);
[[gnu::always_inline]] inline void PreemptHere(M* m, PreemptPoint point = PreemptPoint::kCall) {
  if (m != nullptr && m->preempt.load(std::memory_order_relaxed) != Preempt::kNone) [[unlikely]]
    GiveWay(point);
}

// A random number in [0, n), from this thread's own generator.
std::uint32_t RandomBelow(std::uint32_t n);

// Whether a goroutine that waits for a lock should spin a little: several Ps run, and this P has
// nothing else to do.
bool WorthSpinning();

// A line or three for each goroutine: id, state, wait reason, where it was started. Callable from
// any thread while the runtime lives. It stops nobody, so what changes meanwhile may read wrong:
// for reports on a program that hangs.
std::string ListGoroutines();

// Runs `main_closure` (see G::closure) as the main goroutine of a new runtime and returns when it
// has ended. Throws std::logic_error if a runtime is alive, std::invalid_argument naming a bad
// option.
void Run(const Options& options, void (*main_closure)(G*, G::Op), void* main_arg);

}  // namespace unpark::sched

#endif  // UNPARK_RUNTIME_SCHED_SCHED_H_
