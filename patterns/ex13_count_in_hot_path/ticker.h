// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of exercise 13: a goroutine beside the requests sets the gauge at every tick.

#ifndef UNPARK_PATTERNS_EX13_COUNT_IN_HOT_PATH_TICKER_H_
#define UNPARK_PATTERNS_EX13_COUNT_IN_HOT_PATH_TICKER_H_

#include <chrono>

#include "patterns/ex13_count_in_hot_path/task.h"
#include "runtime/chan/chan.h"
#include "runtime/chan/select.h"
#include "runtime/time/time.h"

namespace unpark::patterns::count_in_hot_path {

class TickerGauge {
 public:
  explicit TickerGauge(const HandlerWorkload& w) : w_(w), goroutines_(NumGoroutine()) {
    pushing_.Go([this] { Push(); });
  }
  ~TickerGauge() {
    stop_.Close();
    pushing_.Wait();
  }

  Observed Run() {
    const std::uint64_t responses = AnswerAll(w_, [] {});
    return {.responses = responses, .gauge_was_set = goroutines_.load() > 0};
  }

 private:
  void Push() {
    Ticker ticker(std::chrono::milliseconds(10));
    while (Select(Recv(ticker.C()), Recv(stop_)) == 0) {
      goroutines_.store(NumGoroutine(), std::memory_order_relaxed);
    }
    ticker.Stop();
  }

  const HandlerWorkload& w_;
  Gauge goroutines_;
  Chan<Unit> stop_{0};
  WaitGroup pushing_;
};

}  // namespace unpark::patterns::count_in_hot_path

#endif  // UNPARK_PATTERNS_EX13_COUNT_IN_HOT_PATH_TICKER_H_
