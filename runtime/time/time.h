// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Timers, tickers and sleep, as Go has them since 1.23.
#ifndef UNPARK_RUNTIME_TIME_TIME_H_
#define UNPARK_RUNTIME_TIME_TIME_H_

#include <chrono>
#include <functional>
#include <utility>

#include "runtime/chan/chan.h"
#include "runtime/os/clock.h"

namespace unpark {

using Duration = std::chrono::nanoseconds;

inline Time Now() { return Time(std::chrono::nanoseconds(os::NowNs())); }

namespace internal {
void SleepFor(Duration d);
class FuncTimer;

// A counted reference to an AfterFunc's timer, or none.
class FuncTimerRef {
 public:
  FuncTimerRef() = default;
  explicit FuncTimerRef(FuncTimer* t) : t_(t) {}
  FuncTimerRef(const FuncTimerRef& other);
  FuncTimerRef(FuncTimerRef&& other) noexcept : t_(std::exchange(other.t_, nullptr)) {}
  FuncTimerRef& operator=(FuncTimerRef other) noexcept {
    std::swap(t_, other.t_);
    return *this;
  }
  ~FuncTimerRef();
  FuncTimer* get() const { return t_; }

 private:
  FuncTimer* t_ = nullptr;
};

}  // namespace internal

// Parks the goroutine for at least d; returns at once if d <= 0, as Go's does.
inline void Sleep(Duration d) {
  if (d.count() > 0) internal::SleepFor(d);
}

// Fires once: C() yields the deadline, or the function of AfterFunc runs in a goroutine of its own.
// A shared handle.
//
//   unpark::Timer timeout(5s);
//   Select(Recv(jobs, &job), Recv(timeout.C()));
//   timeout.Reset(5s);
//
// After Stop or Reset no value of the earlier setting is received, whatever the timing: no draining
// is needed. The channel looks unbuffered (Cap() is 0). A timer that nobody waits for costs nothing
// and need not be stopped.
class Timer {
 public:
  // Nil-like: C() is nil, Stop and Reset panic.
  Timer() = default;
  explicit Timer(Duration d);

  RecvChan<Time> C() const { return chan_; }  // nil for an AfterFunc
  // True if this call kept the timer from firing (its value from being received).
  bool Stop() const;
  // Sets it to fire d from now; true if it had been about to fire.
  bool Reset(Duration d) const;

 private:
  friend Timer AfterFunc(Duration d, std::function<void()> f);
  explicit Timer(internal::FuncTimerRef func) : func_(std::move(func)) {}

  RecvChan<Time> chan_;
  internal::FuncTimerRef func_;
};

// A timer's channel without the timer: Go's time.After.
RecvChan<Time> After(Duration d);

// Runs f in a new goroutine after d. Stop does not wait for an f that has begun.
Timer AfterFunc(Duration d, std::function<void()> f);

// Fires every d; ticks that nobody takes are dropped. A shared handle. Panics: "non-positive
// interval for NewTicker".
class Ticker {
 public:
  explicit Ticker(Duration d);
  RecvChan<Time> C() const { return chan_; }
  // No tick comes after it; C() is not closed.
  void Stop() const;
  void Reset(Duration d) const;

 private:
  RecvChan<Time> chan_;
};

}  // namespace unpark

#endif  // UNPARK_RUNTIME_TIME_TIME_H_
