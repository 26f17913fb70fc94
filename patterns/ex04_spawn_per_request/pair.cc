// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers exercise 4.

#include "patterns/pair.h"

#include "patterns/ex04_spawn_per_request/after.h"
#include "patterns/ex04_spawn_per_request/before.h"
#include "patterns/ex04_spawn_per_request/in_line.h"
#include "patterns/ex04_spawn_per_request/reused.h"

namespace unpark::patterns::spawn_per_request {

const bool kRegistered = Register(Pair<RequestWorkload, Responses>{
    .name = "spawn_per_request",
    .exercise = 4,
    .tier = "profile",
    .lesson = "Keep goroutines for a request's subtasks, once spawning shows in a profile.",
    .claim = ArticleClaim(0, "a better p99 at 5,000 requests a second; no number is given"),
    .signature = {{"spawns", 3.99, 0.1}},
    .premature_below = "1,000 goroutines a second",
    .premature_rate = 250,
    .reference = AnswerSequentially,
    .before = Prepared<SpawningHandler>,
    .after = Prepared<PooledHandler>,
    .variants = {{"reused", Prepared<ReusingHandler>}, {"in_line", Prepared<InlineHandler>}},
    .smoke = {.requests = 100},
    .workloads = {{"clients:4", {.requests = 2'000}},
                  {"rate:5000", {.requests = 5'000, .rate = 5'000}, {.full_only = true}}},
    .sweep = {.parameter = "subtask_rounds",
              .values = {25, 250, 1'000, 5'000, 20'000},
              .set =
                  [](RequestWorkload* w, std::int64_t rounds) {
                    w->subtask_rounds = static_cast<int>(rounds);
                    w->requests = static_cast<int>(1'000'000 / (rounds + 500));
                  }},
});

}  // namespace unpark::patterns::spawn_per_request
