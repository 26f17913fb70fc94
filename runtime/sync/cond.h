// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Cond: waits for a change of what a lock guards.
#ifndef UNPARK_RUNTIME_SYNC_COND_H_
#define UNPARK_RUNTIME_SYNC_COND_H_

#include "runtime/os/spin_lock.h"
#include "runtime/sched/sched.h"
#include "runtime/sync/mutex.h"

namespace unpark {

// Signal wakes the goroutine that has waited longest. Recheck the condition in a loop:
//
//   mutex.Lock();
//   while (!ready) changed.Wait();   // unlocks, parks, locks
//   mutex.Unlock();
class Cond {
 public:
  explicit Cond(Mutex* lock) : l_(lock) {}
  Cond(const Cond&) = delete;
  Cond& operator=(const Cond&) = delete;

  // REQUIRES: the lock is held by the caller. A Signal after the unlock inside reaches this waiter.
  void Wait();
  void Signal();
  void Broadcast();

  Mutex* lock() const { return l_; }

 private:
  struct Waiter {
    sched::G* g;
    Waiter* next = nullptr;
    bool parked = false;
    bool notified = false;
  };
  // Whether w's goroutine is parked and so to be readied; else it will not park at all. REQUIRES:
  // lock_ held.
  static bool Notify(Waiter* w);

  Mutex* const l_;
  os::SpinLock lock_;
  Waiter* first_ = nullptr;  // guarded by lock_
  Waiter* last_ = nullptr;   // guarded by lock_
};

}  // namespace unpark

#endif  // UNPARK_RUNTIME_SYNC_COND_H_
