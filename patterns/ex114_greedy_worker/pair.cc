// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers scenario 114.

#include "patterns/pair.h"

#include "patterns/ex114_greedy_worker/after.h"
#include "patterns/ex114_greedy_worker/before.h"
#include "patterns/ex114_greedy_worker/each_step.h"

namespace unpark::patterns::greedy_worker {

const bool kRegistered = Register(Pair<SharedWorkload, std::uint64_t>{
    .name = "greedy_worker",
    .exercise = 114,
    .tier = "always",
    .on_request = true,
    .lesson = "Hold a lock for what is shared, not for the work that leads to it.",
    .claim = {.text = "starvation: a greedy worker beside a polite one; no ratio",
              .source = "notes on the book Concurrency in Go, chapter 1: Starvation"},
    .signature = {{"parks_sema", 0.05, 0.01}},
    .premature_below = "a lock that is held for less than a microsecond",
    .reference = AddSequentially,
    .before = Prepared<Shift<HoldThroughout>>,
    .after = Prepared<Shift<HoldAtTheEnd>>,
    .variants = {{"each_step", Prepared<Shift<HoldForEachStep>>}},
    .smoke = {.short_jobs = 5},
    .workloads = {{"steps:50", {}},
                  {"steps:50,jobs:3000", {.short_jobs = 3'000}, {.full_only = true}}},
});

}  // namespace unpark::patterns::greedy_worker
