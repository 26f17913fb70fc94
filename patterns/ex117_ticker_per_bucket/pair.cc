// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers scenario 117.

#include "patterns/pair.h"

#include "patterns/ex117_ticker_per_bucket/after.h"
#include "patterns/ex117_ticker_per_bucket/before.h"

namespace unpark::patterns::ticker_per_bucket {

const bool kRegistered = Register(Pair<LimitWorkload, Grants>{
    .name = "ticker_per_bucket",
    .exercise = 117,
    .tier = "always",
    .on_request = true,
    .lesson = "Work out a token bucket when it is asked; do not keep a ticker for each.",
    .claim = {.text = "the token bucket algorithm: simple; no ratio",
              .source = "notes on the book Concurrency in Go, chapter 5: Rate Limiting"},
    .signature = {{"timers_fired", 0.05, 0.001}},
    .premature_below = "ten limiters",
    .reference = AllTreatedRight,
    .before = Prepared<TickedBuckets>,
    .after = Prepared<LazyBuckets<Overflow::kIsLost>>,
    .variants = {{"uncapped",
                  {Prepared<LazyBuckets<Overflow::kIsKept>>,
                   {.wrong_why = "a quiet client saves tokens beyond his burst"}}}},
    .smoke = {.clients = 10},
    .workloads = {{"clients:500", {}}, {"clients:5000", {.clients = 5'000}, {.full_only = true}}},
});

}  // namespace unpark::patterns::ticker_per_bucket
