// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers exercise 10.

#include "patterns/pair.h"

#include "patterns/ex10_after_in_select/after.h"
#include "patterns/ex10_after_in_select/before.h"
#include "patterns/ex10_after_in_select/wheel.h"

namespace unpark::patterns::after_in_select {

const bool kRegistered = Register(Pair<MessageWorkload, Digest>{
    .name = "after_in_select",
    .exercise = 10,
    .tier = "always",
    .lesson = "Make one Timer before the loop and Reset it; do not call After in every turn.",
    .claim = ArticleClaim(
        10, "10,000 messages a second, 50,000 pending timers: 10 times, 0 allocations"),
    .signature = {{"timers_added", 0.99, 0.01}, {"allocs_per_op", 0.99, 0.01}},
    .premature_below = "the timer nearly always fires",
    .reference = HandleSequentially,
    .before = ReadWithAfter,
    .after = ReadWithOneTimer,
    .variants = {{"wheel", Prepared<WheelReader>}},
    .smoke = {.messages = 500},
    .workloads = {{"messages:10000", {.messages = 10'000}},
                  {"messages:50000", {.messages = 50'000}, {.full_only = true}}},
    .sweep = {.parameter = "messages",
              .values = {1, 10, 100, 1'000, 10'000, 50'000},
              .set = [](MessageWorkload* w,
                        std::int64_t messages) { w->messages = static_cast<int>(messages); }},
});

}  // namespace unpark::patterns::after_in_select
