// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers exercise 11.

#include "patterns/pair.h"

#include "patterns/ex11_foreign_call_per_item/after.h"
#include "patterns/ex11_foreign_call_per_item/before.h"
#include "patterns/ex11_foreign_call_per_item/direct.h"

namespace unpark::patterns::foreign_call_per_item {

const bool kRegistered = Register(Pair<BlockWorkload, Hashes>{
    .name = "foreign_call_per_item",
    .exercise = 11,
    .tier = "profile",
    .lesson = "Cross into foreign code once for a batch, not once for each item.",
    .claim = ArticleClaim(0, "150 to 200 ns a transition, 10,000 blocks; no ratio is given"),
    .signature = {{"foreign_calls", 0.99, 0.01}},
    .premature_below = "batches of 100 items",
    .reference = HashWithoutTheLibrary,
    .before = HashOneByOne,
    .after = HashInOneBatch,
    .variants = {{"direct", HashOnGoroutineStack}},
    .smoke = {.count = 500},
    .workloads = {{"bytes:64", {.block_bytes = 64}},
                  {"bytes:1024", {.block_bytes = 1'024}, {.full_only = true}}},
    .sweep = {.parameter = "count",
              .values = {1, 2, 5, 10, 100, 10'000},
              .set = [](BlockWorkload* w,
                        std::int64_t count) { w->count = static_cast<int>(count); }},
});

}  // namespace unpark::patterns::foreign_call_per_item
