// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// M and P: a thread, and the right to run goroutines with all that goes with it.
#ifndef UNPARK_RUNTIME_SCHED_M_H_
#define UNPARK_RUNTIME_SCHED_M_H_

#include <pthread.h>

#include <atomic>
#include <cstdint>

#include "runtime/observe/counters.h"
#include "runtime/os/futex.h"
#include "runtime/sched/g.h"
#include "runtime/sched/magazine.h"
#include "runtime/sched/run_queue.h"
#include "runtime/sched/timer_heap.h"

namespace unpark::sched {

// A counter with one writer; anybody may read it.
class Tally {
 public:
  void operator++() { Add(1); }
  void Add(std::uint64_t n) {
    n_.store(n_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  std::uint64_t Read() const { return n_.load(std::memory_order_relaxed); }
  // As ++ and Read; what came before the one happens before what follows a Read that counts it.
  void Publish() { n_.store(n_.load(std::memory_order_relaxed) + 1, std::memory_order_release); }
  std::uint64_t ReadPublished() const { return n_.load(std::memory_order_acquire); }

 private:
  std::atomic<std::uint64_t> n_{0};
};

struct Tallies {
#define UNPARK_FIELD(name) Tally name;
  UNPARK_COUNTERS(UNPARK_FIELD)
#undef UNPARK_FIELD
};

enum class PStatus : std::uint32_t {
  kIdle,      // on the idle list, or being handed over
  kRunning,   // owned by an M
  kBlocking,  // its M is in a Blocking section; whoever moves it on by CAS owns it
  kStopped,   // the world is stopped
  kDead,      // beyond GOMAXPROCS
};

struct alignas(64) P {
  explicit P(int id) : id(id) {}

  RunQueue queue;
  TimerHeap timers;

  // The owner's own.
  const int id;
  std::atomic<M*> m{nullptr};
  int countdown = 1;           // dispatches until the global queue has its turn
  std::int64_t last_turn = 0;  // when it had it last
  Magazine<G, 64> free_gs;
  Magazine<os::FreeStack, os::StackPool::kBatch> stacks;
  std::uint64_t next_goroutine_id = 0, end_goroutine_id = 0;

  // Written by the owner, read by sysmon.
  Tally dispatches;
  Tally blocking_entries;

  // Set by others to bring the owner into FindRunnable at its next dispatch (stop the world, the
  // end).
  alignas(64) std::atomic<bool> attention{false};
  // While not 0, lone runnext readies wake a P at once; see "Who wakes whom" in sched.cc.
  std::atomic<int> eager_wakes{0};
  std::atomic<PStatus> status{PStatus::kStopped};
  P* next_idle = nullptr;  // guarded by the scheduler's lock

  // The owner has run a runnext goroutine itself. Sysmon's new count may be lost; it will come
  // again.
  void SpendEagerWake() {
    const int left = eager_wakes.load(std::memory_order_relaxed);
    if (left != 0) [[unlikely]]
      eager_wakes.store(left - 1, std::memory_order_relaxed);
  }
};

struct Scheduler;

// What sysmon wants of the goroutine that runs on an M; see preempt.h.
enum class Preempt : std::uint32_t {
  kNone,
  kAsked,   // its slice is over: give way at the next preemption point
  kWanted,  // its P is about to be taken
  kTaken,   // its P has been taken: it runs on without one
};

struct alignas(64) M {
  // What a switch touches.
  G* curg = nullptr;  // nullptr while g0 runs
  P* p = nullptr;
  void (*after)(void*) = nullptr;  // to be run by the flow that the current switch arrives in
  void* after_arg = nullptr;
  EhGlobals* eh = nullptr;       // this thread's
  int* errno_address = nullptr;  // this thread's
  std::atomic<Preempt> preempt{Preempt::kNone};
  std::atomic<bool> in_runtime{true};  // false while the goroutine's own code runs
  G g0;                                // the scheduler's flow, on the thread's own stack
  Tallies tallies;

  G* spare_gs = nullptr;                // for a goroutine that starts others without a P
  G* next_g = nullptr;                  // picked by a parking G, to be dispatched by g0
  G* locked_g = nullptr;                // this M runs nothing else
  std::atomic<P*> blocking_p{nullptr};  // the P given up by EnterBlocking
  bool spinning = false;
  bool in_foreign = false;
  bool on_time = false;  // its timer slack is 1 ns
  bool ends = false;     // its locked goroutine has ended
  int vain_polls = 0;    // of its note, since a locked goroutine's wake last came while it polled
  std::uint64_t random = 0;  // xorshift state
  int id = 0;
  int lane = -1;  // this thread's, see os/lane.h
  Scheduler* scheduler = nullptr;
  os::Note note;
  pthread_t thread{};

  // Guarded by the scheduler's lock.
  P* next_p = nullptr;  // handed over before note.Wake()
  bool idle = false;    // on the idle list
  bool locked_wait = false;
  // In a Blocking section, or its P has been taken; read as the runtime ends.
  std::atomic<bool> blocking{false};
  std::atomic<bool> orphan{false};  // the runtime ended while this M ran without a P
  M* idle_prev = nullptr;
  M* idle_next = nullptr;
  M* all_next = nullptr;
};

}  // namespace unpark::sched

extern "C" {
// The M of this thread; nullptr outside the runtime.
extern __thread unpark::sched::M* unpark_current_m;
}

namespace unpark::sched {

// Reads the thread-local afresh each time. As plain C++ the compiler may keep its address across a
// switch and so read the thread that the goroutine has left; a volatile asm is neither merged nor
// moved across another.
[[gnu::always_inline]] inline M* CurrentM() {
  M* m;
  asm volatile(
      "movq unpark_current_m@gottpoff(%%rip), %0\n\t"
      "movq %%fs:(%0), %0"
      : "=r"(m));
  return m;
}

}  // namespace unpark::sched

#endif  // UNPARK_RUNTIME_SCHED_M_H_
