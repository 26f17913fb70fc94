// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers exercise 15.

#include "patterns/pair.h"

#include "patterns/ex15_child_goroutines/after.h"
#include "patterns/ex15_child_goroutines/before.h"
#include "patterns/ex15_child_goroutines/pipeline.h"
#include "patterns/ex15_child_goroutines/unawaited.h"

namespace unpark::patterns::child_goroutines {

const bool kRegistered = Register(Pair<StageWorkload, Jobs>{
    .name = "child_goroutines",
    .exercise = 15,
    .tier = "profile",
    .lesson = "Do the short stages of a job in its worker; do not start a goroutine for each.",
    .claim =
        ArticleClaim(7, "8 workers, 10,000 jobs a second, 3 children each: 7 times, 0 allocations"),
    .signature = {{"spawns", 2.99, 0.1}, {"parks", 0.9, 0.3, "workers:8"}},
    .premature_below = "1,000 goroutines a second",
    .premature_rate = 333,
    .reference = DoSequentially,
    .before = DoWithChildren,
    .after = DoFlattened,
    .variants = {{"pipeline", DoByPipeline},
                 {"unawaited",
                  {Prepared<UnawaitedPersist>,
                   {.wrong_why = "jobs count as done before they are persisted",
                    .only = "workers:8,wait_us:200"}}}},
    .smoke = {.jobs = 300},
    .workloads = {{"workers:8", {}},
                  {"workers:8,wait_us:200",
                   {.jobs = 80, .stage_wait = std::chrono::microseconds(200)}},
                  {"workers:8,jobs:100000", {.jobs = 100'000}, {.full_only = true}}},
    .sweep = {.parameter = "stage_rounds",
              .values = {0, 25, 250, 2'500, 25'000},
              .set =
                  [](StageWorkload* w, std::int64_t rounds) {
                    w->stage_rounds = static_cast<int>(rounds);
                    w->jobs = static_cast<int>(2'000'000 / (rounds + 400));
                  }},
});

}  // namespace unpark::patterns::child_goroutines
