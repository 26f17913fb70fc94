// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers exercise 16.

#include "patterns/pair.h"

#include "patterns/ex16_add_inside_goroutine/after.h"
#include "patterns/ex16_add_inside_goroutine/before.h"
#include "patterns/ex16_add_inside_goroutine/wg_go.h"

namespace unpark::patterns::add_inside_goroutine {

const bool kRegistered = Register(Pair<MapWorkload, Outputs>{
    .name = "add_inside_goroutine",
    .exercise = 16,
    .tier = "always",
    .lesson = "Call Add before go; inside the goroutine it races with Wait.",
    .claim = ArticleClaim(2.4, "one Add(n) before the spawns: correct, and about 2.4 times faster"),
    .premature_below = "never right, at any rate",
    .reference = MapSequentially,
    .before = {Prepared<Mapping<MapWithAddInside>>,
               {.wrong_why = "Wait returns while items are missing: Add runs too late"}},
    .after = Prepared<Mapping<MapWithAddBefore>>,
    .variants = {{"wg_go", Prepared<Mapping<MapWithGo>>}},
    .smoke = {.items = 200},
    .workloads = {{"items:1000", {.items = 1'000}},
                  {"items:10000", {.items = 10'000}, {.full_only = true}}},
});

}  // namespace unpark::patterns::add_inside_goroutine
