// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// The segments of the global run queue.
#include "runtime/sched/global_queue.h"

#include <algorithm>
#include <mutex>
#include <new>
#include <utility>

#include "runtime/sched/panic.h"

namespace unpark::sched {

GlobalQueue::~GlobalQueue() {
  for (Segment* list : {head_, spare_}) {
    while (list != nullptr) {
      Segment* next = list->next;
      delete list;
      list = next;
    }
  }
}

// Whether n more fit without a new segment. REQUIRES: lock_ held.
bool GlobalQueue::HasRoom(std::size_t n) const {
  return n <= (tail_ == nullptr ? 0 : Segment::kSlots - tail_at_) + spares_ * Segment::kSlots;
}

void GlobalQueue::Push(std::span<G* const> gs) {
  std::unique_lock guard(lock_);
  while (!HasRoom(gs.size())) {
    guard.unlock();  // "Memory under locks" in sched.cc
    auto* more = new (std::nothrow) Segment;
    if (more == nullptr) Fatal("out of memory: no room in the global run queue");
    guard.lock();
    more->next = spare_;
    spare_ = more;
    ++spares_;
  }
  std::size_t done = 0;
  while (done < gs.size()) {
    if (tail_ == nullptr || tail_at_ == Segment::kSlots) {
      Segment* s = std::exchange(spare_, spare_->next);
      s->next = nullptr;
      --spares_;
      (tail_ == nullptr ? head_ : tail_->next) = s;
      if (tail_ == nullptr) head_at_ = 0;
      tail_ = s;
      tail_at_ = 0;
    }
    const std::size_t n = std::min(gs.size() - done, Segment::kSlots - tail_at_);
    std::copy_n(gs.begin() + static_cast<std::ptrdiff_t>(done), n,
                tail_->slots.begin() + static_cast<std::ptrdiff_t>(tail_at_));
    tail_at_ += n;
    done += n;
  }
  size_.fetch_add(gs.size(), std::memory_order_seq_cst);
}

std::size_t GlobalQueue::Take(std::span<G*> out) {
  std::lock_guard guard(lock_);
  const std::size_t want = std::min(out.size(), size_.load(std::memory_order_relaxed));
  std::size_t done = 0;
  while (done < want) {
    const std::size_t here = (head_ == tail_ ? tail_at_ : Segment::kSlots) - head_at_;
    const std::size_t n = std::min(want - done, here);
    std::copy_n(head_->slots.begin() + static_cast<std::ptrdiff_t>(head_at_), n,
                out.begin() + static_cast<std::ptrdiff_t>(done));
    head_at_ += n;
    done += n;
    if (head_at_ == Segment::kSlots || (head_ == tail_ && head_at_ == tail_at_)) {
      Segment* empty = head_;
      head_ = empty->next;
      if (head_ == nullptr) tail_ = nullptr;
      head_at_ = 0;
      empty->next = spare_;
      spare_ = empty;
      ++spares_;
    }
  }
  if (done != 0) size_.fetch_sub(done, std::memory_order_seq_cst);
  return done;
}

}  // namespace unpark::sched
