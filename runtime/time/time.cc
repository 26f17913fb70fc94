// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// What happens when a deadline comes, for sleepers, channel timers and functions.
#include "runtime/time/time.h"

#include <atomic>
#include <limits>
#include <mutex>

#include "runtime/go.h"

namespace unpark {
namespace internal {
namespace {

// now + d, without overflow: a timer of 300 years never fires.
std::int64_t Deadline(Duration d) {
  const std::int64_t now = os::NowNsRoundedUp();
  if (d.count() <= 0) return now;
  return d.count() > std::numeric_limits<std::int64_t>::max() - now
             ? std::numeric_limits<std::int64_t>::max()
             : now + d.count();
}

void CountAdded() {
  if (sched::M* m = sched::CurrentM()) ++m->tallies.timers_added;
}

// A timer's channel and its timer, in one allocation.
class TimerChannel final : public ChanState<Time> {
 public:
  TimerChannel(std::int64_t when, std::int64_t period) : ChanState<Time>(0) {
    timer_.chan = this;
    timer_.node.fire = &Fire;
    timer_.node.hold = [](sched::TimerNode* node) { Of(node)->Ref(); };
    timer_.when = when;
    timer_.period = period;
    timer_.armed = true;
    timer = &timer_;
  }

  static TimerChannel* Of(const RecvChan<Time>& chan) {
    return static_cast<TimerChannel*>(chan.state());
  }

  bool Stop() {
    std::lock_guard guard(lock);
    const bool was_armed = std::exchange(timer_.armed, false);
    UnfileChanTimer(this);
    return was_armed;
  }

  bool Reset(std::int64_t when, std::int64_t period) {
    std::lock_guard guard(lock);
    const bool was_armed = std::exchange(timer_.armed, true);
    UnfileChanTimer(this);
    timer_.when = when;
    timer_.period = period;
    if (!recvq.Empty()) FileChanTimer(this);
    return was_armed;
  }

 private:
  static TimerChannel* Of(sched::TimerNode* node) {
    return static_cast<TimerChannel*>(reinterpret_cast<ChanTimer*>(node)->chan);
  }

  static void Fire(sched::TimerNode* node, std::int64_t now) {
    TimerChannel* c = Of(node);
    sched::G* wake = nullptr;
    c->lock.Lock();
    ChanTimer& t = c->timer_;
    sched::M* m = sched::CurrentM();
    // Stopped, reset, or taken by a receiver that looked at the clock itself: then there is nothing
    // to deliver.
    Waiter* w = t.armed && t.when <= now ? c->recvq.Pop() : nullptr;
    if (w != nullptr) {
      const std::int64_t due = TakeDueTimer(c, now);
      c->Deliver(w, Time(std::chrono::nanoseconds(due)));
      wake = w->g;
      ++m->tallies.timers_fired;
    } else {
      ++m->tallies.timer_zombies;
    }
    if (!c->recvq.Empty()) FileChanTimer(c);
    c->lock.Unlock();
    if (wake != nullptr) sched::Ready(wake);
    c->Unref();  // of hold
  }

  ChanTimer timer_;
};

RecvChan<Time> NewTimerChannel(std::int64_t when, std::int64_t period) {
  CountAdded();
  return RecvChan<Time>(ChanRef<Time>(new TimerChannel(when, period)));
}

// --- sleepers

struct Sleeper {
  sched::TimerNode node;
  std::int64_t when;
  sched::G* g;
};

}  // namespace

// The timer of an AfterFunc. Filed whenever it is armed; each filing holds a reference.
class FuncTimer {
 public:
  explicit FuncTimer(std::function<void()> f) : f_(std::move(f)) {
    self_.node.fire = &Fire;
    self_.node.hold = [](sched::TimerNode* node) { Of(node)->Ref(); };
    self_.node.drop = [](sched::TimerNode* node) { Of(node)->Unref(); };
    self_.timer = this;
  }

  void Ref() { refs_.fetch_add(1, std::memory_order_relaxed); }
  void Unref() {
    if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  bool Stop() {
    bool was_armed, unfiled;
    {
      std::lock_guard guard(lock_);
      was_armed = std::exchange(armed_, false);
      unfiled = sched::RemoveTimer(&self_.node);
    }
    if (unfiled) Unref();
    return was_armed;
  }

  bool Reset(std::int64_t when) {
    std::lock_guard guard(lock_);
    const bool was_armed = std::exchange(armed_, true);
    if (!sched::RemoveTimer(&self_.node)) Ref();
    when_ = when;
    sched::AddTimer(&self_.node, when);
    return was_armed;
  }

 private:
  struct Node {
    sched::TimerNode node;
    FuncTimer* timer;
  };
  static FuncTimer* Of(sched::TimerNode* node) { return reinterpret_cast<Node*>(node)->timer; }

  // Two references are ours to drop: the filing's, since we are out of the heap, and hold's.
  static void Fire(sched::TimerNode* node, std::int64_t now) {
    FuncTimer* t = Of(node);
    bool run = false;
    bool unfiled = false;
    {
      std::lock_guard guard(t->lock_);
      if (t->armed_ && t->when_ <= now) {
        run = true;
        t->armed_ = false;
        unfiled = sched::RemoveTimer(node);  // reset to an early deadline while we were on our way
      }
    }
    sched::M* m = sched::CurrentM();
    if (run) {
      ++m->tallies.timers_fired;
      go([ref = FuncTimerRef(t)]() mutable { ref.get()->f_(); });  // takes over hold's reference
    } else {
      ++m->tallies.timer_zombies;
      t->Unref();
    }
    if (unfiled) t->Unref();
    t->Unref();  // NOLINT(clang-analyzer-cplusplus.NewDelete): the second of ours
  }

  os::SpinLock lock_;
  Node self_;
  std::int64_t when_ = 0;  // guarded by lock_
  bool armed_ = false;     // guarded by lock_
  std::atomic<int> refs_{1};
  const std::function<void()> f_;
};

FuncTimerRef::FuncTimerRef(const FuncTimerRef& other) : t_(other.t_) {
  if (t_ != nullptr) t_->Ref();
}
FuncTimerRef::~FuncTimerRef() {
  if (t_ != nullptr) t_->Unref();
}

}  // namespace internal

using internal::TimerChannel;

void internal::SleepFor(Duration d) {
  sched::RequireGoroutine("Sleep");
  explore::Operation("Sleep");
  internal::CountAdded();
  internal::Sleeper sleeper{{}, internal::Deadline(d), sched::CurrentG()};
  sleeper.node.fire = [](sched::TimerNode* node, std::int64_t) {
    ++sched::CurrentM()->tallies.timers_fired;
    sched::Ready(reinterpret_cast<internal::Sleeper*>(node)->g);
  };
  sched::Park(
      sched::WaitReason::kSleep,
      [](void* arg) {
        auto* s = static_cast<internal::Sleeper*>(arg);
        sched::AddTimer(&s->node, s->when);
      },
      &sleeper);
}

Timer::Timer(Duration d) : chan_(internal::NewTimerChannel(internal::Deadline(d), 0)) {}

bool Timer::Stop() const {
  explore::Operation("Timer.Stop");
  if (!chan_ && func_.get() == nullptr) Panic("time: Stop called on uninitialized Timer");
  const bool stopped = chan_ ? TimerChannel::Of(chan_)->Stop() : func_.get()->Stop();
  sched::M* m = sched::CurrentM();
  if (stopped && m != nullptr) ++m->tallies.timers_stopped;
  return stopped;
}

bool Timer::Reset(Duration d) const {
  explore::Operation("Timer.Reset");
  if (!chan_ && func_.get() == nullptr) Panic("time: Reset called on uninitialized Timer");
  if (sched::M* m = sched::CurrentM()) ++m->tallies.timers_reset;
  const std::int64_t when = internal::Deadline(d);
  return chan_ ? TimerChannel::Of(chan_)->Reset(when, 0) : func_.get()->Reset(when);
}

RecvChan<Time> After(Duration d) { return internal::NewTimerChannel(internal::Deadline(d), 0); }

Timer AfterFunc(Duration d, std::function<void()> f) {
  sched::RequireGoroutine("AfterFunc");
  explore::Operation("AfterFunc");
  internal::CountAdded();
  Timer timer(internal::FuncTimerRef(new internal::FuncTimer(std::move(f))));
  timer.func_.get()->Reset(internal::Deadline(d));
  return timer;
}

Ticker::Ticker(Duration d) {
  if (d.count() <= 0) Panic("non-positive interval for NewTicker");
  chan_ = internal::NewTimerChannel(internal::Deadline(d), d.count());
}

void Ticker::Stop() const {
  explore::Operation("Ticker.Stop");
  TimerChannel::Of(chan_)->Stop();
}

void Ticker::Reset(Duration d) const {
  if (d.count() <= 0) Panic("non-positive interval for Ticker.Reset");
  explore::Operation("Ticker.Reset");
  TimerChannel::Of(chan_)->Reset(internal::Deadline(d), d.count());
}

}  // namespace unpark
