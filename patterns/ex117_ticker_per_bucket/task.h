// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of scenario 117: each client may ask so many times a second, and some at once.

#ifndef UNPARK_PATTERNS_EX117_TICKER_PER_BUCKET_TASK_H_
#define UNPARK_PATTERNS_EX117_TICKER_PER_BUCKET_TASK_H_

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"
#include "runtime/time/time.h"

namespace unpark::patterns::ticker_per_bucket {

struct LimitWorkload {
  int clients = 500;
  int asks = 40;                          // of each client, one right after the other
  int burst = 20;                         // tokens that a bucket holds
  std::chrono::microseconds refill{500};  // one token for each client
  std::chrono::milliseconds quiet{20};    // before the clients ask; long enough to fill a bucket

  std::int64_t Operations() const { return std::int64_t{clients} * asks; }
};

// Clients that were treated wrongly. How many of his asks are granted depends on the time that they
// take, so there are bounds for each.
struct Grants {
  int too_many = 0;  // more than a full bucket and what came in meanwhile
  int none = 0;

  bool operator==(const Grants&) const = default;
  std::string DifferenceFrom(const Grants&) const {
    return std::to_string(too_many) + " clients were granted more than their limit, " +
           std::to_string(none) + " nothing at all";
  }
};

inline Grants AllTreatedRight(const LimitWorkload&) { return {}; }

// After a quiet time each client asks his limiter: `allow(client)` says whether he may go on.
template <typename Allow>
Grants AskAll(const LimitWorkload& w, const Allow& allow) {
  Sleep(w.quiet);
  Gosched();  // whoever became ready at the same moment comes first
  Grants grants;
  constexpr int kSlack = 2;  // a token that was on its way, and one whose time was nearly there
  for (int client = 0; client < w.clients; ++client) {
    const Time start = Now();
    int granted = 0;
    for (int i = 0; i < w.asks; ++i) granted += allow(client);
    grants.too_many += granted > w.burst + kSlack + (Now() - start) / w.refill;
    grants.none += granted == 0;
  }
  return grants;
}

}  // namespace unpark::patterns::ticker_per_bucket

#endif  // UNPARK_PATTERNS_EX117_TICKER_PER_BUCKET_TASK_H_
