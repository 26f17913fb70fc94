// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers scenario 101.

#include "patterns/pair.h"

#include "patterns/ex101_polled_turn/after.h"
#include "patterns/ex101_polled_turn/before.h"
#include "patterns/ex101_polled_turn/broadcast.h"
#include "patterns/ex101_polled_turn/sleep_poll.h"

namespace unpark::patterns::polled_turn {

const bool kRegistered = Register(Pair<TurnWorkload, std::uint64_t>{
    .name = "polled_turn",
    .exercise = 101,
    .tier = "always",
    .on_request = true,
    .lesson = "Park until the condition is signalled; do not look again and again.",
    .claim = {.text = "a Cond in place of a spin or a sleep loop; no ratio",
              .source = "notes on the book Concurrency in Go, chapter 3: Cond"},
    .signature = {{"yields", 0.5, 0.01}},
    .premature_below = "a wait so short that the next look finds it over",
    .reference = TakeTurnsSequentially,
    .before = TakeTurns<YieldingTurnstile>,
    .after = TakeTurns<SignalledTurnstile>,
    .variants = {{"broadcast", TakeTurns<BroadcastTurnstile>},
                 {"sleep_poll", TakeTurns<SleepingTurnstile>}},
    .smoke = {.turns = 160},
    .workloads = {{"goroutines:16", {}},
                  {"goroutines:128", {.goroutines = 128}},
                  {"goroutines:128,turns:10000",
                   {.goroutines = 128, .turns = 10'000},
                   {.full_only = true}}},
});

}  // namespace unpark::patterns::polled_turn
