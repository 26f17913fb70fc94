// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Sema: the sleep and wake-up half of the locks; not a semaphore for users (that is semaphore.h).
#ifndef UNPARK_RUNTIME_SYNC_SEMA_H_
#define UNPARK_RUNTIME_SYNC_SEMA_H_

#include <cstdint>

#include "runtime/os/spin_lock.h"
#include "runtime/sched/sched.h"

namespace unpark::internal {

// Every Release is matched by one Acquire, whichever comes first. A Release that finds a sleeper
// gives it its permit directly, so nobody else can take it away.
class Sema {
 public:
  // Where a sleeper queues: woken lock waiters that lost to a newcomer go back to the front.
  enum class Queue { kBack, kFront };
  // Whether the woken goroutine runs at once in place of the releaser.
  enum class Run { kSoon, kNow };

  // REQUIRES: called from a goroutine.
  void Acquire(sched::WaitReason reason, Queue queue = Queue::kBack);
  void Release(Run run = Run::kSoon);

 private:
  struct Sleeper {
    sched::G* g;
    Sleeper* next;
  };

  os::SpinLock lock_;
  std::uint32_t permits_ = 0;  // guarded by lock_; 0 while anybody sleeps
  Sleeper* first_ = nullptr;   // guarded by lock_
  Sleeper* last_ = nullptr;    // guarded by lock_
};

}  // namespace unpark::internal

#endif  // UNPARK_RUNTIME_SYNC_SEMA_H_
