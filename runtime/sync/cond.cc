// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// A FIFO of waiters on their own stacks.
#include "runtime/sync/cond.h"

#include <utility>

#include "runtime/os/explore.h"

namespace unpark {

bool Cond::Notify(Waiter* w) {
  w->notified = true;
  return w->parked;
}

void Cond::Wait() {
  sched::RequireGoroutine("Cond::Wait");
  explore::Operation("Cond.Wait");
  Waiter self{sched::CurrentG()};
  // Queued before the mutex is free: whoever changes the condition from here on finds us. Unlock
  // may hand the mutex over and run its next owner at once, so lock_ cannot stay held across it:
  // hence the two flags.
  lock_.Lock();
  (last_ == nullptr ? first_ : last_->next) = &self;
  last_ = &self;
  lock_.Unlock();
  l_->Unlock();
  lock_.Lock();
  if (self.notified) {
    lock_.Unlock();
  } else {
    self.parked = true;
    sched::Park(
        sched::WaitReason::kCondWait,
        [](void* lock) { static_cast<os::SpinLock*>(lock)->Unlock(); }, &lock_);
  }
  l_->Lock();
}

void Cond::Signal() {
  explore::Operation("Cond.Signal");
  lock_.Lock();
  Waiter* w = first_;
  sched::G* wake = nullptr;
  if (w != nullptr) {
    first_ = w->next;
    if (first_ == nullptr) last_ = nullptr;
    if (Notify(w)) wake = w->g;
  }
  lock_.Unlock();
  if (wake != nullptr) sched::Ready(wake);
}

void Cond::Broadcast() {
  explore::Operation("Cond.Broadcast");
  Waiter* parked = nullptr;
  Waiter** end = &parked;
  lock_.Lock();
  for (Waiter* w = std::exchange(first_, nullptr); w != nullptr;) {
    Waiter* next = w->next;
    w->next = nullptr;
    if (Notify(w)) {
      *end = w;
      end = &w->next;
    }
    w = next;
  }
  last_ = nullptr;
  lock_.Unlock();
  while (parked != nullptr) {
    Waiter* w = parked;
    parked = w->next;  // before Ready: then the waiter's stack is its own again
    sched::Ready(w->g);
  }
}

}  // namespace unpark
