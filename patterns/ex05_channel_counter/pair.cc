// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers exercise 5.

#include "patterns/pair.h"

#include "patterns/ex05_channel_counter/after.h"
#include "patterns/ex05_channel_counter/batched.h"
#include "patterns/ex05_channel_counter/before.h"
#include "patterns/ex05_channel_counter/load_store.h"
#include "patterns/ex05_channel_counter/sharded.h"

namespace unpark::patterns::channel_counter {

const bool kRegistered = Register(Pair<CounterWorkload, std::int64_t>{
    .name = "channel_counter",
    .exercise = 5,
    .tier = "profile",
    .lesson = "Add to an atomic; do not send each increment to an owner.",
    .claim = ArticleClaim(44, "8 producers, 1,000,000 increments a second: about 44 times faster"),
    .signature = {{"chan_fast", 0.5, 0.01}},
    .premature_below = "100,000 increments a second",
    .premature_rate = 100'000,
    .reference = CountSequentially,
    .before = CountByChannel,
    .after = CountByAtomic,
    .variants = {{"sharded", CountByShards},
                 {"batched", CountByBatches},
                 {"load_store",
                  {CountByLoadAndStore,
                   {.wrong_why = "increments between another's load and its store are lost"}}}},
    .smoke = {.increments = 2'500},
    .workloads = {{"producers:8", {.producers = 8}},
                  {"producers:8,increments:125000", {.increments = 125'000}, {.full_only = true}}},
    .sweep = {.parameter = "work_rounds",
              .values = {0, 90, 900, 9'000, 90'000},
              .set =
                  [](CounterWorkload* w, std::int64_t rounds) {
                    w->work_rounds = static_cast<int>(rounds);
                    w->increments = static_cast<int>(1'000'000 / (rounds + 200));
                  }},
});

}  // namespace unpark::patterns::channel_counter
