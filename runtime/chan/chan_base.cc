// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Closing, nil channels, and when a channel's timer is filed.
#include "runtime/chan/chan_base.h"

namespace unpark::internal {

void ChanBase::Close() {
  explore::Operation("close");
  Waiter* woken = nullptr;
  lock.Lock();
  if (closed.load(std::memory_order_relaxed)) {
    lock.Unlock();
    Panic("close of closed channel");
  }
  closed.store(true, std::memory_order_release);
  CountChange();
  for (WaitQueue* queue : {&recvq, &sendq}) {
    while (Waiter* w = queue->Pop()) {
      w->ok = false;
      w->next = woken;
      woken = w;
    }
  }
  lock.Unlock();
  while (woken != nullptr) {
    Waiter* w = woken;
    woken = w->next;  // before Ready: then the waiter's stack is its own again
    sched::Ready(w->g);
  }
}

void BlockForever(sched::WaitReason reason) {
  for (;;) sched::Park(reason, nullptr, nullptr);
}

void FileChanTimer(ChanBase* c) {
  ChanTimer* t = c->timer;
  if (t->armed && t->node.heap.load(std::memory_order_relaxed) == nullptr)
    sched::AddTimer(&t->node, t->when);
}

void UnfileChanTimer(ChanBase* c) {
  if (c->timer->node.heap.load(std::memory_order_relaxed) != nullptr)
    sched::RemoveTimer(&c->timer->node);
}

std::int64_t TakeDueTimer(ChanBase* c, std::int64_t now) {
  ChanTimer* t = c->timer;
  if (!t->armed || t->when > now) return 0;
  const std::int64_t due = t->when;
  if (t->period > 0) {
    // The next multiple that lies ahead: ticks that nobody took are dropped.
    t->when += t->period * (1 + (now - due) / t->period);
  } else {
    t->armed = false;
  }
  UnfileChanTimer(c);
  return due;
}

}  // namespace unpark::internal
