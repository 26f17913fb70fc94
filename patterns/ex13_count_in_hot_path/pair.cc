// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers exercise 13.

#include "patterns/pair.h"

#include "patterns/ex13_count_in_hot_path/after.h"
#include "patterns/ex13_count_in_hot_path/before.h"
#include "patterns/ex13_count_in_hot_path/ticker.h"

namespace unpark::patterns::count_in_hot_path {

const bool kRegistered = Register(Pair<HandlerWorkload, Observed>{
    .name = "count_in_hot_path",
    .exercise = 13,
    .tier = "profile",
    .lesson = "Sample a process-wide figure, or push it from a ticker.",
    .claim = ArticleClaim(0, "200,000 requests a second move the count's cache line; no ratio"),
    .signature = {{"goroutine_count_reads", 0.99, 0.01}},
    .premature_below = "100,000 requests a second",
    .premature_rate = 100'000,
    .reference = AnswerSequentially,
    .before = CountInEveryRequest,
    .after = CountInSampledRequests,
    .variants = {{"ticker", Prepared<TickerGauge>}},
    .smoke = {.requests = 2'000},
    .workloads = {{"handlers:8", {}},
                  {"handlers:8,requests:1000000", {.requests = 1'000'000}, {.full_only = true}}},
    .sweep = {.parameter = "work_rounds",
              .values = {0, 25, 250, 2'500, 25'000},
              .set =
                  [](HandlerWorkload* w, std::int64_t rounds) {
                    w->work_rounds = static_cast<int>(rounds);
                    w->requests = static_cast<int>(4'000'000 / (rounds + 100));
                  }},
});

}  // namespace unpark::patterns::count_in_hot_path
