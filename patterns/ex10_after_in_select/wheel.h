// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of exercise 10: the idle timeout is an entry of a timer wheel, as for millions of
// connections.

#ifndef UNPARK_PATTERNS_EX10_AFTER_IN_SELECT_WHEEL_H_
#define UNPARK_PATTERNS_EX10_AFTER_IN_SELECT_WHEEL_H_

#include "patterns/ex10_after_in_select/task.h"
#include "patterns/ex10_after_in_select/timer_wheel.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::after_in_select {

// The wheel and its ticker serve all connections of a process; here there is one.
class WheelReader {
 public:
  explicit WheelReader(const MessageWorkload& w) : w_(w) {
    turning_.Go([this] {
      Ticker ticker(kTick);
      while (Select(Recv(ticker.C()), Recv(stop_)) == 0) wheel_.Advance();
      ticker.Stop();
    });
  }
  ~WheelReader() {
    stop_.Close();
    turning_.Wait();
  }

  Digest Run() {
    TimerWheel::Timeout idle;
    wheel_.Add(&idle, kIdleTicks);
    const Digest digest = Read(&idle);
    wheel_.Remove(&idle);
    return digest;
  }

 private:
  static constexpr std::chrono::milliseconds kTick{10};
  static constexpr std::int64_t kIdleTicks = kIdleTimeout / kTick;

  Digest Read(TimerWheel::Timeout* idle) const {
    const Chan<Unit> cancelled(0);
    const RecvChan<std::uint64_t> messages = Connect(w_);
    Digest digest;
    for (;;) {
      std::uint64_t message;
      bool open;
      switch (Select(Recv(cancelled), Recv(messages, &message, &open), Recv(idle->Expired()))) {
        case 1:
          if (!open) return digest;
          digest.Handle(message);
          wheel_.PutOff(idle, kIdleTicks);
          break;
        default:  // cancelled or idle
          return digest;
      }
    }
  }

  const MessageWorkload& w_;
  TimerWheel wheel_{512};
  Chan<Unit> stop_{0};
  WaitGroup turning_;
};

}  // namespace unpark::patterns::after_in_select

#endif  // UNPARK_PATTERNS_EX10_AFTER_IN_SELECT_WHEEL_H_
