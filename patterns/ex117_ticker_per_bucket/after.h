// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of scenario 117: a bucket is a number and a time; what has come in since is worked out
// when somebody asks.

#ifndef UNPARK_PATTERNS_EX117_TICKER_PER_BUCKET_AFTER_H_
#define UNPARK_PATTERNS_EX117_TICKER_PER_BUCKET_AFTER_H_

#include <algorithm>
#include <cstdint>
#include <deque>
#include <mutex>

#include "patterns/ex117_ticker_per_bucket/task.h"
#include "runtime/sync/mutex.h"

namespace unpark::patterns::ticker_per_bucket {

// Whether tokens that do not fit into the bucket are lost.
enum class Overflow { kIsLost, kIsKept };

template <Overflow kOverflow>
class LazyBucket {
 public:
  explicit LazyBucket(const LimitWorkload& w) : w_(w), tokens_(w.burst) {}

  bool Allow() {
    std::lock_guard guard(mutex_);
    const std::int64_t came_in = (Now() - filled_) / w_.refill;
    filled_ += came_in * w_.refill;  // what is left of a refill counts for the next
    tokens_ += came_in;
    // BUG in uncapped: who was quiet for an hour may then ask for an hour's worth at once.
    if (kOverflow == Overflow::kIsLost) tokens_ = std::min<std::int64_t>(tokens_, w_.burst);
    if (tokens_ == 0) return false;
    --tokens_;
    return true;
  }

 private:
  const LimitWorkload& w_;
  Mutex mutex_;
  std::int64_t tokens_;  // guarded by mutex_
  Time filled_ = Now();  // guarded by mutex_
};

template <Overflow kOverflow>
class LazyBuckets {
 public:
  explicit LazyBuckets(const LimitWorkload& w) : w_(w) {
    for (int client = 0; client < w.clients; ++client) buckets_.emplace_back(w);
  }

  Grants Run() {
    return AskAll(w_, [this](int client) { return buckets_[client].Allow(); });
  }

 private:
  const LimitWorkload& w_;
  std::deque<LazyBucket<kOverflow>> buckets_;  // by client
};

}  // namespace unpark::patterns::ticker_per_bucket

#endif  // UNPARK_PATTERNS_EX117_TICKER_PER_BUCKET_AFTER_H_
