// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Sifting, and firing outside the lock.
#include "runtime/sched/timer_heap.h"

#include <algorithm>
#include <mutex>

#include "runtime/os/sanitizer.h"

namespace unpark::sched {

void TimerHeap::Set(std::size_t i, Entry e) {
  entries_[i] = e;
  e.node->index = i;
}

void TimerHeap::Up(std::size_t i, Entry e) {
  while (i > 0) {
    const std::size_t parent = (i - 1) / 4;
    if (entries_[parent].when <= e.when) break;
    Set(i, entries_[parent]);
    i = parent;
  }
  Set(i, e);
}

void TimerHeap::Down(std::size_t i, Entry e) {
  for (;;) {
    const std::size_t first = 4 * i + 1;
    if (first >= entries_.size()) break;
    std::size_t least = first;
    for (std::size_t c = first + 1, end = std::min(first + 4, entries_.size()); c < end; ++c) {
      if (entries_[c].when < entries_[least].when) least = c;
    }
    if (entries_[least].when >= e.when) break;
    Set(i, entries_[least]);
    i = least;
  }
  Set(i, e);
}

void TimerHeap::Publish() {
  next_.store(entries_.empty() ? 0 : entries_[0].when, std::memory_order_seq_cst);
}

std::unique_lock<os::SpinLock> TimerHeap::LockWithRoom(std::size_t n, std::vector<Entry>* old) {
  std::unique_lock guard(lock_);
  while (entries_.capacity() - entries_.size() < n) {
    const std::size_t wanted = std::max(2 * entries_.capacity(), entries_.size() + n);
    if (old->capacity() < wanted) {
      guard.unlock();  // "Memory under locks" in sched.cc
      old->reserve(wanted);
      guard.lock();
      continue;
    }
    old->assign(entries_.begin(), entries_.end());
    entries_.swap(*old);
  }
  return guard;
}

void TimerHeap::Add(TimerNode* node, std::int64_t when) {
  std::vector<Entry> old;
  const auto guard = LockWithRoom(1, &old);
  node->when = when;
  node->heap.store(this, std::memory_order_relaxed);
  entries_.push_back({});
  Up(entries_.size() - 1, {when, node});
  if (node->index == 0) Publish();
}

void TimerHeap::RemoveAt(std::size_t i) {
  entries_[i].node->heap.store(nullptr, std::memory_order_release);
  const Entry last = entries_.back();
  entries_.pop_back();
  if (i < entries_.size()) {
    if (i > 0 && last.when < entries_[(i - 1) / 4].when) {
      Up(i, last);
    } else {
      Down(i, last);
    }
  }
  if (i == 0) Publish();
}

bool TimerHeap::Remove(TimerNode* node) {
  std::lock_guard guard(lock_);
  if (node->heap.load(std::memory_order_relaxed) != this) return false;
  RemoveAt(node->index);
  return true;
}

int TimerHeap::FireDue(std::int64_t now) {
  int fired = 0;
  for (;;) {
    TimerNode* node = nullptr;
    {
      std::lock_guard guard(lock_);
      if (entries_.empty() || entries_[0].when > now) return fired;
      node = entries_[0].node;
      if (node->hold != nullptr) node->hold(node);
      RemoveAt(0);
    }
    if (node->hold != nullptr) {
      const os::Seen seen;
      os::AcquireFrom(node);
      node->fire(node, now);
    } else {
      node->fire(node, now);  // the scheduler's own
    }
    ++fired;
  }
}

void TimerHeap::MoveAllTo(TimerHeap* to) {
  std::vector<Entry> old;
  to->LockWithRoom(Size(), &old).unlock();
  for (;;) {
    TimerNode* node = nullptr;
    std::int64_t when = 0;
    {
      std::scoped_lock guard(lock_, to->lock_);
      if (entries_.empty()) return;
      const Entry last = entries_.back();
      entries_.pop_back();
      if (entries_.empty()) Publish();
      node = last.node;
      when = last.when;
      // A stop that read the old heap finds the new one on its retry (RemoveTimer).
      node->when = when;
      node->heap.store(to, std::memory_order_release);
      to->entries_.push_back({});
      to->Up(to->entries_.size() - 1, {when, node});
      if (node->index == 0) to->Publish();
    }
  }
}

void TimerHeap::Clear() {
  while (!entries_.empty()) {
    TimerNode* node = entries_.back().node;
    entries_.pop_back();
    node->heap.store(nullptr, std::memory_order_release);
    if (node->drop != nullptr) node->drop(node);
  }
  Publish();
}

std::size_t TimerHeap::Size() {
  std::lock_guard guard(lock_);
  return entries_.size();
}

}  // namespace unpark::sched
