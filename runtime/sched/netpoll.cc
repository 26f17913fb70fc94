// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// The poller's side of the protocol in netpoll.h, and what find.cc and sysmon.cc call.
#include "runtime/sched/netpoll.h"

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/os/clock.h"
#include "runtime/os/epoll.h"
#include "runtime/os/spin_lock.h"
#include "runtime/sched/sched.h"
#include "runtime/sched/scheduler.h"

namespace unpark::sched {

std::atomic<bool> g_netpoll_open{false};
std::atomic<int> g_io_waiters{0};

namespace {

constexpr std::uintptr_t kNil = 0, kReady = 1, kWait = 2;  // else: a G*
constexpr std::uint32_t kEndClosing = 1, kEndRead = 2, kEndWrite = 4;
constexpr std::int64_t kPassed = -1;

}  // namespace

// One direction of a PollDesc.
struct PollSide {
  std::atomic<std::uintptr_t> word{kNil};
  // Guarded by PollDesc::lock.
  std::int64_t deadline = 0;  // 0: none; kPassed
  TimerNode timer;
  PollDesc* pd = nullptr;
};

// All sequentially consistent where invariant 4 needs it: words and `ends`.
struct alignas(64) PollDesc {
  PollSide read, write;
  std::atomic<std::uint32_t> ends{0};  // why waiting ends at once; written under lock
  os::SpinLock lock;
  std::uint16_t use = 0;          // guarded by lock
  PollDesc* next_free = nullptr;  // guarded by the poller's lock

  PollSide& side(PollMode mode) { return mode == PollMode::kRead ? read : write; }
};

namespace {

// One per process: what is open when a runtime ends is still open for the next.
struct Netpoll {
  os::Epoll epoll;
  os::SpinLock lock;
  PollDesc* free = nullptr;                        // guarded by lock
  std::vector<std::unique_ptr<PollDesc[]>> slabs;  // guarded by lock

  static Netpoll& Get() {
    static auto* const netpoll = new Netpoll;
    return *netpoll;
  }
};

constexpr std::size_t kSlab = 64;
constexpr int kTagUseShift = 48;  // above a user-space address

std::uint64_t Tag(const PollDesc* pd) {
  return reinterpret_cast<std::uintptr_t>(pd) | std::uint64_t{pd->use} << kTagUseShift;
}

// Moves the word on and returns the G that was in it, now the caller's to ready: invariant 2.
G* Unblock(PollSide& side, bool edge) {
  std::uintptr_t old = side.word.load();
  for (;;) {
    if (old == kReady || (old == kNil && !edge)) return nullptr;
    if (side.word.compare_exchange_strong(old, edge ? kReady : kNil))
      return old == kNil || old == kWait ? nullptr : reinterpret_cast<G*>(old);
  }
}

// Invariant 6.
void ReadyWaiter(G* g) {
  if (g == nullptr) return;
  Ready(g);
  g_io_waiters.fetch_sub(1);
}

std::uint32_t EndOf(PollMode mode) { return mode == PollMode::kRead ? kEndRead : kEndWrite; }

PollResult Check(const PollDesc* pd, PollMode mode) {
  const std::uint32_t ends = pd->ends.load();
  if ((ends & kEndClosing) != 0) return PollResult::kClosing;
  return (ends & EndOf(mode)) != 0 ? PollResult::kTimeout : PollResult::kOk;
}

struct ParkRequest {
  std::atomic<std::uintptr_t>* word;
  G* g;
};

// An `after`: invariant 3. Once the G is in its word the request, on its stack, may be gone.
void PublishWaiter(void* arg) {
  const ParkRequest request = *static_cast<ParkRequest*>(arg);
  g_io_waiters.fetch_add(1);
  std::uintptr_t wait = kWait;
  if (!request.word->compare_exchange_strong(wait, reinterpret_cast<std::uintptr_t>(request.g)))
    ReadyWaiter(request.g);
}

// Waits for an edge or an end; whether it was an edge.
bool Block(PollDesc* pd, PollMode mode) {
  std::atomic<std::uintptr_t>& word = pd->side(mode).word;
  for (;;) {
    std::uintptr_t old = kReady;
    if (word.compare_exchange_strong(old, kNil)) return true;
    old = kNil;
    if (word.compare_exchange_strong(old, kWait)) break;
    if (old != kReady) Fatal("runtime: double wait");
  }
  if (Check(pd, mode) == PollResult::kOk) {
    ParkRequest request{&word, CurrentG()};
    Park(WaitReason::kIoWait, PublishWaiter, &request);
  }
  return word.exchange(kNil) == kReady;
}

// A deadline has come. By the state and not by who filed the timer: it may have been set anew, or
// the PollDesc be in another use.
void OnDeadline(TimerNode* node, std::int64_t now) {
  auto* side = reinterpret_cast<PollSide*>(reinterpret_cast<char*>(node) -
                                           __builtin_offsetof(PollSide, timer));
  PollDesc* pd = side->pd;
  G* g = nullptr;
  {
    std::lock_guard guard(pd->lock);
    if (side->deadline <= 0 || side->deadline > now) {
      ++CurrentM()->tallies.timer_zombies;
      return;
    }
    ++CurrentM()->tallies.timers_fired;
    side->deadline = kPassed;
    pd->ends.fetch_or(side == &pd->read ? kEndRead : kEndWrite);
    g = Unblock(*side, /*edge=*/false);
  }
  ReadyWaiter(g);
}

// REQUIRES: pd->lock held. Returns the G to be readied once it is not.
G* SetDeadline(PollDesc* pd, PollMode mode, std::int64_t deadline, std::int64_t now) {
  PollSide& side = pd->side(mode);
  if (side.deadline > 0) RemoveTimer(&side.timer);
  side.deadline = deadline == 0 || deadline > now ? deadline : kPassed;
  if (side.deadline != kPassed) {
    pd->ends.fetch_and(~EndOf(mode));
    if (deadline != 0) AddTimerLazily(&side.timer, deadline);
    return nullptr;
  }
  pd->ends.fetch_or(EndOf(mode));
  return Unblock(side, /*edge=*/false);
}

// The first use: from here on idle threads sleep in the poller. REQUIRES: lock held.
void OpenPoller(Netpoll& netpoll) {
  if (g_netpoll_open.load(std::memory_order_relaxed)) return;
  if (const int error = netpoll.epoll.Open(); error != 0)
    Fatal("runtime: netpoll: epoll failed: errno " + std::to_string(error));
  g_netpoll_open.store(true);
  // One that sleeps on its futex has claimed the role before it saw the poller closed, and so is
  // seen here; it looks again.
  Scheduler* s = Sched();
  M* sleeper = s == nullptr ? nullptr : s->poll_waiter.load();
  if (sleeper == nullptr) return;
  sleeper->note.Wake();
  netpoll.epoll.Break();
}

PollDesc* NewPollDesc(Netpoll& netpoll) {
  std::unique_ptr<PollDesc[]> slab;
  for (;;) {
    {
      std::lock_guard guard(netpoll.lock);
      OpenPoller(netpoll);
      if (slab != nullptr) {
        for (std::size_t i = 0; i < kSlab; ++i) {
          for (PollSide* side : {&slab[i].read, &slab[i].write}) {
            side->timer.fire = OnDeadline;
            side->pd = &slab[i];
          }
          slab[i].next_free = netpoll.free;
          netpoll.free = &slab[i];
        }
        netpoll.slabs.push_back(std::move(slab));
      }
      if (PollDesc* pd = netpoll.free) {
        netpoll.free = pd->next_free;
        return pd;
      }
    }
    slab = std::make_unique<PollDesc[]>(kSlab);  // not under the lock
  }
}

void FreePollDesc(Netpoll& netpoll, PollDesc* pd) {
  std::lock_guard guard(netpoll.lock);
  pd->next_free = netpoll.free;
  netpoll.free = pd;
}

using Events = std::array<os::Epoll::Event, os::Epoll::kMaxEvents>;

// Puts edges into words and what they wake into *woken.
void Deliver(std::span<const os::Epoll::Event> events, WokenGs* woken) {
  for (const os::Epoll::Event& e : events) {
    auto* pd = reinterpret_cast<PollDesc*>(e.tag & ((std::uint64_t{1} << kTagUseShift) - 1));
    std::lock_guard guard(pd->lock);
    if (Tag(pd) != e.tag) continue;  // invariant 5
    for (G* g : {e.readable ? Unblock(pd->read, /*edge=*/true) : nullptr,
                 e.writable ? Unblock(pd->write, /*edge=*/true) : nullptr}) {
      if (g == nullptr) continue;
      g->state.store(GState::kRunnable, std::memory_order_relaxed);
      woken->gs[woken->n++] = g;
    }
  }
}

}  // namespace

PollDesc* PollOpen(int fd, int* error) {
  const os::Unseen unseen;
  Netpoll& netpoll = Netpoll::Get();
  PollDesc* pd = NewPollDesc(netpoll);
  std::uint64_t tag;
  {
    std::lock_guard guard(pd->lock);
    pd->ends.store(0);
    tag = Tag(pd);
  }
  *error = netpoll.epoll.Add(fd, tag);
  if (*error == 0) return pd;
  FreePollDesc(netpoll, pd);
  return nullptr;
}

void PollClose(PollDesc* pd, int fd) {
  const os::Unseen unseen;
  Netpoll& netpoll = Netpoll::Get();
  netpoll.epoll.Remove(fd);
  {
    std::lock_guard guard(pd->lock);
    ++pd->use;
    pd->read.word.store(kNil);
    pd->write.word.store(kNil);
  }
  FreePollDesc(netpoll, pd);
}

PollResult PollReset(PollDesc* pd, PollMode mode) {
  const os::Unseen unseen;
  const PollResult result = Check(pd, mode);
  if (result == PollResult::kOk) pd->side(mode).word.store(kNil);
  return result;
}

PollResult PollWait(PollDesc* pd, PollMode mode) {
  const os::Unseen unseen;
  RequireGoroutine("an operation that must wait for a file was");
  for (;;) {
    if (const PollResult result = Check(pd, mode); result != PollResult::kOk) return result;
    // No edge and no end: the deadline had passed and was set anew before we ran. It does not
    // count.
    if (Block(pd, mode)) return PollResult::kOk;
  }
}

void PollSetDeadline(PollDesc* pd, std::int64_t deadline_ns, bool read, bool write) {
  const os::Unseen unseen;
  const std::int64_t now = deadline_ns == 0 ? 0 : os::NowNs();
  G* reader = nullptr;
  G* writer = nullptr;
  {
    std::lock_guard guard(pd->lock);
    if ((pd->ends.load() & kEndClosing) != 0) return;
    if (read) reader = SetDeadline(pd, PollMode::kRead, deadline_ns, now);
    if (write) writer = SetDeadline(pd, PollMode::kWrite, deadline_ns, now);
  }
  ReadyWaiter(reader);
  ReadyWaiter(writer);
}

void PollEvict(PollDesc* pd) {
  const os::Unseen unseen;
  G* reader;
  G* writer;
  {
    std::lock_guard guard(pd->lock);
    pd->ends.fetch_or(kEndClosing);
    for (PollSide* side : {&pd->read, &pd->write}) {
      if (side->deadline > 0) RemoveTimer(&side->timer);
      side->deadline = 0;
    }
    reader = Unblock(pd->read, /*edge=*/false);
    writer = Unblock(pd->write, /*edge=*/false);
  }
  ReadyWaiter(reader);
  ReadyWaiter(writer);
}

void NetpollNow(WokenGs* woken) {
  Events events;
  Deliver(std::span(events).first(Netpoll::Get().epoll.Poll(events)), woken);
}

void NetpollWait(WokenGs* woken, std::int64_t deadline_ns) {
  Events events;
  Deliver(std::span(events).first(Netpoll::Get().epoll.Wait(events, deadline_ns)), woken);
}

void NetpollBreak() { Netpoll::Get().epoll.Break(); }

void NetpollForget() {
  if (!g_netpoll_open.load(std::memory_order_relaxed)) return;
  Netpoll& netpoll = Netpoll::Get();
  std::lock_guard guard(netpoll.lock);
  for (auto& slab : netpoll.slabs) {
    for (std::size_t i = 0; i < kSlab; ++i) {
      PollDesc& pd = slab[i];
      for (PollSide* side : {&pd.read, &pd.write}) {
        if (side->word.load() != kReady) side->word.store(kNil);
        side->deadline = 0;
      }
      pd.ends.fetch_and(kEndClosing);
    }
  }
  g_io_waiters.store(0);
}

}  // namespace unpark::sched
