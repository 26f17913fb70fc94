// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// A FIFO of sleepers on their own stacks.
#include "runtime/sync/sema.h"

namespace unpark::internal {

void Sema::Acquire(sched::WaitReason reason, Queue queue) {
  lock_.Lock();
  if (permits_ > 0) {
    --permits_;
    lock_.Unlock();
    return;
  }
  sched::M* m = sched::CurrentM();
  if (m == nullptr || m->curg == nullptr) [[unlikely]] {
    lock_.Unlock();
    sched::RequireGoroutine("a lock that must wait was");
  }
  // NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): without an M RequireGoroutine ends it.
  ++m->tallies.sema_slow;
  Sleeper self{m->curg, nullptr};
  if (first_ == nullptr) {
    first_ = last_ = &self;
  } else if (queue == Queue::kFront) {
    self.next = first_;
    first_ = &self;
  } else {
    last_ = last_->next = &self;
  }
  sched::Park(
      reason, [](void* lock) { static_cast<os::SpinLock*>(lock)->Unlock(); }, &lock_);
}

void Sema::Release(Run run) {
  lock_.Lock();
  Sleeper* s = first_;
  if (s == nullptr) {
    ++permits_;
    lock_.Unlock();
    return;
  }
  first_ = s->next;
  sched::G* g = s->g;
  lock_.Unlock();
  // From here on *this may be gone: a woken waiter may be the last user of the lock.
  if (run == Run::kNow) {
    sched::ReadyAndYieldTo(g);
  } else {
    sched::Ready(g);
  }
}

}  // namespace unpark::internal
