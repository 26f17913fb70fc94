// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// The protocol of Select.
//
//   1. Look at the cases without locks; try those that look ready in random order, each under its
//   own channel's lock. The first that can go ahead wins.
//   2. None could: lock all channels, in the order of their addresses, each once.
//   3. Try the cases in random order; the first that can go ahead wins.
//   4. Else put a waiter on every channel and park; the locks are released once we are off our
//   stack.
//   5. Whoever completes a waiter claims our SelectState by CAS first, so exactly one does.
//   6. Awake, take the other waiters off their channels.
//
// Step 1 is a whole select in itself when it succeeds, since a ready case may be taken whatever the
// others are; only "none is ready" is a statement about all channels at once, and needs all locks.
// Where the cases are arguments it knows their types and is inlined (TryReady in select.h).
//
// Step 4's unlocking runs on another flow while we may already have been readied and run. It stays
// safe because step 6 locks the channels in the same order: we cannot get past the last one before
// it has been unlocked, and the unlocking reads nothing of ours after that.
#include "runtime/chan/select.h"

#include <algorithm>
#include <vector>

namespace unpark {
namespace internal {
namespace {

struct Locks {
  SelectCase** first;
  std::size_t n;
};

// lock_order is sorted by channel, so a channel's cases are adjacent.
void LockAll(const Locks& locks) {
  ChanBase* last = nullptr;
  for (std::size_t i = 0; i < locks.n; ++i) {
    ChanBase* c = locks.first[i]->chan;
    if (c != last) c->lock.Lock();
    last = c;
  }
}

void UnlockAll(const Locks& locks) {
  for (std::size_t i = 0; i < locks.n;) {
    ChanBase* c = locks.first[i]->chan;
    // Everything of c is read before c is unlocked: after the last unlock the cases may be gone.
    do {
      ++i;
    } while (i < locks.n && locks.first[i]->chan == c);
    c->lock.Unlock();
  }
}

void UnlockAllAfterPark(void* arg) {
  const Locks locks = *static_cast<Locks*>(arg);
  UnlockAll(locks);
}

void SortByChannel(std::span<SelectCase*> order) {
  const auto before = [](const SelectCase* a, const SelectCase* b) {
    return std::less<>()(a->chan, b->chan);
  };
  if (order.size() > 16) {
    std::sort(order.begin(), order.end(), before);
    return;
  }
  for (std::size_t i = 1; i < order.size(); ++i) {
    SelectCase* c = order[i];
    std::size_t j = i;
    for (; j > 0 && before(c, order[j - 1]); --j) order[j] = order[j - 1];
    order[j] = c;
  }
}

void ReadyIf(sched::G* g) {
  if (g != nullptr) sched::Ready(g);
}

// REQUIRES: `locks`, which include c's, are held. On true the case is done and they are released.
bool TryCase(SelectCase* c, const Locks& locks, sched::M* m) {
  sched::G* wake = nullptr;
  Attempt attempt;
  try {
    attempt = c->ops->attempt(c, &wake);
  } catch (...) {
    UnlockAll(locks);
    ReadyIf(wake);
    throw;
  }
  if (attempt == Attempt::kBlocked) return false;
  UnlockAll(locks);
  ReadyIf(wake);
  if (m != nullptr) ++m->tallies.select_immediate;
  c->ops->finish(c, attempt == Attempt::kDone);
  sched::PreemptHere(m);
  return true;
}

// Step 1 for one case.
bool TryUnlocked(SelectCase* c) {
  c->chan->lock.Lock();
  if (TryCase(c, Locks{&c, 1}, sched::CurrentM())) return true;
  c->chan->lock.Unlock();
  return false;
}

}  // namespace

void Shuffle(std::span<std::uint16_t> order) {
  if (!order.empty()) order[0] = 0;
  for (std::size_t i = 1; i < order.size(); ++i) {
    const std::size_t j = sched::RandomBelow(static_cast<std::uint32_t>(i + 1));
    order[i] = order[j];
    order[j] = static_cast<std::uint16_t>(i);
  }
}

std::ptrdiff_t SelectLocked(std::span<SelectCase* const> cases, bool block,
                            std::span<const std::uint16_t> poll_order,
                            std::span<SelectCase*> lock_order) {
  std::size_t n = 0;
  for (SelectCase* c : cases) {
    if (c != nullptr && c->chan != nullptr) lock_order[n++] = c;
  }
  if (n == 0) {
    if (!block) return -1;
    sched::RequireGoroutine("a Select without channels was");
    BlockForever(cases.empty() ? sched::WaitReason::kSelectNoCases : sched::WaitReason::kSelect);
  }
  sched::M* m = sched::CurrentM();
  Locks locks{lock_order.data(), n};
  SortByChannel(lock_order.first(n));
  LockAll(locks);
  for (const std::uint16_t i : poll_order) {
    SelectCase* c = cases[i];
    if (c != nullptr && c->chan != nullptr && TryCase(c, locks, m)) return i;
  }
  if (!block) {
    UnlockAll(locks);
    sched::PreemptHere(m);
    return -1;
  }
  if (m == nullptr || m->curg == nullptr) [[unlikely]] {
    UnlockAll(locks);
    sched::RequireGoroutine("a Select that blocks was");
  }
  // NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): without an M RequireGoroutine ends it.
  ++m->tallies.select_parked;
  SelectState state;
  // In random order: two cases on one channel have the same chance to be the first in its queue.
  for (const std::uint16_t i : poll_order) {
    SelectCase* c = cases[i];
    if (c == nullptr || c->chan == nullptr) continue;
    c->waiter.g = m->curg;
    c->waiter.select = &state;
    c->waiter.ok = false;
    c->ops->enqueue(c);
  }
  for (std::size_t i = 0; i < n; ++i) os::ReleaseTo(&lock_order[i]->chan->lock);
  sched::Park(sched::WaitReason::kSelect, UnlockAllAfterPark, &locks);

  LockAll(locks);
  for (std::size_t i = 0; i < n; ++i) lock_order[i]->ops->dequeue(lock_order[i]);
  UnlockAll(locks);
  // Acquire: pairs with the claim, so that the slot is seen filled.
  Waiter* fired = state.fired.load(std::memory_order_acquire);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    SelectCase* c = cases[i];
    if (c == nullptr || &c->waiter != fired) continue;
    c->ops->finish(c, c->waiter.ok);
    return static_cast<std::ptrdiff_t>(i);
  }
  Fatal("select: woken by nobody");
}

}  // namespace internal

std::ptrdiff_t SelectAll(std::span<SelectCase* const> cases, bool block) {
  explore::Operation("select");
  if (cases.size() > 65'535)
    Panic("select: " + std::to_string(cases.size()) + " cases, more than 65535");
  // Step 1 with one try, and no memory: the k-th that looks ready is picked with probability 1 / k.
  std::ptrdiff_t pick = -1;
  std::uint32_t ready = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (cases[i] == nullptr || cases[i]->Blocked()) continue;
    if (++ready == 1 || sched::RandomBelow(ready) == 0) pick = static_cast<std::ptrdiff_t>(i);
  }
  if (pick >= 0 && internal::TryUnlocked(cases[static_cast<std::size_t>(pick)])) return pick;
  std::vector<std::uint16_t> poll_order(cases.size());
  std::vector<SelectCase*> lock_order(cases.size());
  internal::Shuffle(poll_order);
  return internal::SelectLocked(cases, block, poll_order, lock_order);
}

}  // namespace unpark
