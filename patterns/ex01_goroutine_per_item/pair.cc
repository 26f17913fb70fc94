// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers exercise 1.

#include "patterns/pair.h"

#include "patterns/ex01_goroutine_per_item/after.h"
#include "patterns/ex01_goroutine_per_item/before.h"

namespace unpark::patterns::goroutine_per_item {

const bool kRegistered = Register(Pair<TransformWorkload, Outputs>{
    .name = "goroutine_per_item",
    .exercise = 1,
    .tier = "always",
    .lesson = "Give a few workers a chunk each; do not start a goroutine for each cheap item.",
    .claim = ArticleClaim(2, "100,000 items of about 200 ns: twice the wall time is spawning"),
    .signature = {{"spawns", 0.99, 0.01}},
    .premature_below = "1,000 goroutines a second",
    .premature_rate = 1'000,
    .reference = TransformSequentially,
    .before = TransformByGoroutinePerItem,
    .after = TransformByChunks,
    .smoke = {.items = 500},
    .workloads = {{"items:20000", {.items = 20'000}},
                  {"items:100000", {.items = 100'000}, {.full_only = true}}},
    .sweep = {.parameter = "work_rounds",
              .values = {0, 180, 1'000, 5'000, 20'000, 100'000},
              .set =
                  [](TransformWorkload* w, std::int64_t rounds) {
                    w->work_rounds = static_cast<int>(rounds);
                    w->items = static_cast<int>(4'000'000 / (rounds + 200));
                  }},
});

}  // namespace unpark::patterns::goroutine_per_item
