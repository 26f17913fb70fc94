// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers exercise 14.

#include "patterns/pair.h"

#include "patterns/ex14_sleep_zero_pacing/after.h"
#include "patterns/ex14_sleep_zero_pacing/before.h"
#include "patterns/ex14_sleep_zero_pacing/gosched.h"

namespace unpark::patterns::sleep_zero_pacing {

const bool kRegistered = Register(Pair<EventWorkload, Digest>{
    .name = "sleep_zero_pacing",
    .exercise = 14,
    .tier = "always",
    .lesson = "Let the channel pace the producer; sleeping for no time adds nothing.",
    .claim = ArticleClaim(18, "Sleep(0) after each event is a yield: about 18 times slower"),
    .signature = {},  // Sleep(0) returns at once, here as in Go: only the gosched variant yields
    .premature_below = "nothing: leave it out from the start",
    .reference = TakeSequentially,
    .before = StreamWithSleepZero,
    .after = StreamWithBackpressure,
    .variants = {{"gosched", StreamWithGosched}},
    .smoke = {.events = 2'500},
    .workloads = {{"events:40000", {.events = 40'000}},
                  {"events:1000000", {.events = 1'000'000}, {.full_only = true}}},
});

}  // namespace unpark::patterns::sleep_zero_pacing
