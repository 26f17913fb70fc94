// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// WaitQueue: goroutines parked on one side of a channel, first come, first served.
#ifndef UNPARK_RUNTIME_CHAN_WAIT_QUEUE_H_
#define UNPARK_RUNTIME_CHAN_WAIT_QUEUE_H_

#include <exception>

#include "runtime/os/explore.h"
#include "runtime/sched/g.h"

namespace unpark::internal {

struct Waiter;

// What the waiters of one Select share. The first to complete one of them claims it by CAS; only
// then may it touch the waiter's slot.
struct SelectState {
  explore::Atomic<Waiter*> fired{nullptr};
};

// A parked goroutine in a queue (Go's sudog); lies on that goroutine's stack. Guarded by the
// channel's lock.
struct Waiter {
  sched::G* g = nullptr;
  void* slot = nullptr;           // receiver: std::optional<T>* to fill; sender: T* to move from
  SelectState* select = nullptr;  // nullptr: a plain send or receive
  std::exception_ptr* error = nullptr;  // sender: where to put what the element's move threw
  bool ok = false;                      // false: woken by Close
  bool queued = false;
  Waiter* next = nullptr;
  Waiter* prev = nullptr;
};

class WaitQueue {
 public:
  bool Empty() const { return first_.load(std::memory_order_acquire) == nullptr; }

  void PushBack(Waiter* w) {
    w->queued = true;
    w->next = nullptr;
    w->prev = last_;
    if (last_ != nullptr) {
      last_->next = w;
    } else {
      first_.store(w, std::memory_order_release);
    }
    last_ = w;
  }

  void Remove(Waiter* w) {
    if (!w->queued) return;
    w->queued = false;
    if (w->prev != nullptr) {
      w->prev->next = w->next;
    } else {
      first_.store(w->next, std::memory_order_release);
    }
    if (w->next != nullptr) {
      w->next->prev = w->prev;
    } else {
      last_ = w->prev;
    }
  }

  // Takes the first waiter whose select, if any, nobody has completed yet; nullptr if there is
  // none.
  Waiter* Pop() {
    while (Waiter* w = first_.load(std::memory_order_relaxed)) {
      Remove(w);
      if (w->select == nullptr) return w;
      Waiter* unclaimed = nullptr;
      if (w->select->fired.compare_exchange_strong(unclaimed, w, std::memory_order_acq_rel))
        return w;
    }
    return nullptr;
  }

 private:
  explore::Atomic<Waiter*> first_{nullptr};  // atomic for Empty as a hint without the lock
  Waiter* last_ = nullptr;
};

}  // namespace unpark::internal

#endif  // UNPARK_RUNTIME_CHAN_WAIT_QUEUE_H_
