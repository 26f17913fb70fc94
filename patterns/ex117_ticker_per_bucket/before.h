// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of scenario 117: each bucket is a channel, and a goroutine with a ticker puts tokens into
// it.

#ifndef UNPARK_PATTERNS_EX117_TICKER_PER_BUCKET_BEFORE_H_
#define UNPARK_PATTERNS_EX117_TICKER_PER_BUCKET_BEFORE_H_

#include <deque>

#include "patterns/ex117_ticker_per_bucket/task.h"
#include "runtime/chan/chan.h"
#include "runtime/chan/select.h"

namespace unpark::patterns::ticker_per_bucket {

class TickedBuckets {
 public:
  explicit TickedBuckets(const LimitWorkload& w) : w_(w) {
    for (int client = 0; client < w.clients; ++client) {
      buckets_.emplace_back(w.burst);
      for (int token = 0; token < w.burst; ++token) buckets_.back().Send(Unit{});
      refilling_.Go([this, bucket = buckets_.back()] { Refill(bucket); });
    }
  }
  ~TickedBuckets() {
    stop_.Close();
    refilling_.Wait();
  }

  Grants Run() {
    return AskAll(w_, [this](int client) { return Select(Recv(buckets_[client]), kDefault) == 0; });
  }

 private:
  void Refill(const Chan<Unit>& bucket) {
    Ticker ticker(w_.refill);
    while (Select(Recv(ticker.C()), Recv(stop_)) == 0) Select(Send(bucket, Unit{}), kDefault);
    ticker.Stop();
  }

  const LimitWorkload& w_;
  std::deque<Chan<Unit>> buckets_;  // by client
  Chan<Unit> stop_{0};
  WaitGroup refilling_;
};

}  // namespace unpark::patterns::ticker_per_bucket

#endif  // UNPARK_PATTERNS_EX117_TICKER_PER_BUCKET_BEFORE_H_
