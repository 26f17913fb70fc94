// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Counters: what the scheduler did, counted always; the difference of two snapshots explains a
// duration.
#ifndef UNPARK_RUNTIME_OBSERVE_COUNTERS_H_
#define UNPARK_RUNTIME_OBSERVE_COUNTERS_H_

#include <cstdint>

namespace unpark {

// X(name): one line per event. The order is the order of reports.
//
//   parks_*                  a goroutine gave up its thread, by what it waits for
//   readies                  a parked goroutine was made runnable
//   runnext_hits             dispatched from the slot for the goroutine readied last
//   local_gets, global_gets  dispatched from the P's ring, from the global queue
//   steal_tries, hits, items victims looked at, robbed, Gs taken
//   futex_waits, wakes       a thread went to sleep in the kernel, was woken there
//   handoffs                 a P left a thread that blocks in a system call
//   locked_handoffs          a P went to the thread that a goroutine is locked to
//   chan_fast, direct        operations served by the buffer, by a waiting peer
//   chan_blocked             operations that parked
//   sema_slow, starving      lock acquisitions that queued, that ended in starvation mode
//   lanes_opened, closed     an RWMutex began to count readers by thread, a writer ended that
//   timer_zombies            timers that came due after they had been stopped or reset
//   stack_first_touches      stacks taken that no goroutine had used before
//   runq_samples, length     a sample of the run queue's length is taken on every 61st dispatch
#define UNPARK_COUNTERS(X) \
  X(spawns)                \
  X(exits)                 \
  X(yields)                \
  X(goroutine_count_reads) \
  X(parks_chan_send)       \
  X(parks_chan_recv)       \
  X(parks_select)          \
  X(parks_sleep)           \
  X(parks_sema)            \
  X(parks_io)              \
  X(parks_other)           \
  X(readies)               \
  X(runnext_hits)          \
  X(local_gets)            \
  X(global_gets)           \
  X(steal_tries)           \
  X(steal_hits)            \
  X(steal_items)           \
  X(futex_waits)           \
  X(futex_wakes)           \
  X(spins)                 \
  X(handoffs)              \
  X(locked_handoffs)       \
  X(preempt_asked)         \
  X(preempt_honoured)      \
  X(chan_fast)             \
  X(chan_direct)           \
  X(chan_blocked)          \
  X(select_immediate)      \
  X(select_parked)         \
  X(sema_slow)             \
  X(sema_starving)         \
  X(lanes_opened)          \
  X(lanes_closed)          \
  X(timers_added)          \
  X(timers_stopped)        \
  X(timers_fired)          \
  X(timers_reset)          \
  X(timer_zombies)         \
  X(blocking_calls)        \
  X(foreign_calls)         \
  X(stack_first_touches)   \
  X(runq_samples)          \
  X(runq_length)

// A snapshot. Monotonic while one runtime lives; a new Main starts from zero.
struct Counters {
#define UNPARK_FIELD(name) std::uint64_t name = 0;
  UNPARK_COUNTERS(UNPARK_FIELD)
#undef UNPARK_FIELD

  std::uint64_t parks() const {
    return parks_chan_send + parks_chan_recv + parks_select + parks_sleep + parks_sema + parks_io +
           parks_other;
  }

  Counters operator-(const Counters& earlier) const {
    Counters d;
#define UNPARK_FIELD(name) d.name = name - earlier.name;
    UNPARK_COUNTERS(UNPARK_FIELD)
#undef UNPARK_FIELD
    return d;
  }

  // Calls f(name, value) for each counter.
  template <class F>
  void ForEach(F f) const {
#define UNPARK_FIELD(name) f(#name, name);
    UNPARK_COUNTERS(UNPARK_FIELD)
#undef UNPARK_FIELD
  }
};

// The sum over all Ps since this runtime began. Callable from anywhere; all zero when no runtime
// lives.
Counters ReadCounters();

}  // namespace unpark

#endif  // UNPARK_RUNTIME_OBSERVE_COUNTERS_H_
