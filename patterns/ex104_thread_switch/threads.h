// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// What the thread sides of scenario 104 share: two threads, on one CPU or on any.

#ifndef UNPARK_PATTERNS_EX104_THREAD_SWITCH_THREADS_H_
#define UNPARK_PATTERNS_EX104_THREAD_SWITCH_THREADS_H_

#include <pthread.h>
#include <sched.h>

#include <functional>
#include <thread>

#include "patterns/ex104_thread_switch/task.h"
#include "runtime/go.h"

namespace unpark::patterns::thread_switch {

inline void StayOn(int cpu) {
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  CPU_SET(cpu, &cpus);
  pthread_setaffinity_np(pthread_self(), sizeof cpus, &cpus);
}

// Runs first() and second() each in a thread of its own until both return; the P is free meanwhile.
template <typename First, typename Second>
void RunInTwoThreads(const HandOverWorkload& w, First first, Second second) {
  const int cpu = sched_getcpu();
  auto party = [&w, cpu](auto body) {
    return [&w, cpu, body] {
      if (w.one_cpu) StayOn(cpu);
      body();
    };
  };
  Blocking([&] {
    std::thread one(party(first)), two(party(second));
    one.join();
    two.join();
  });
}

}  // namespace unpark::patterns::thread_switch

#endif  // UNPARK_PATTERNS_EX104_THREAD_SWITCH_THREADS_H_
