// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers exercise 3.

#include "patterns/pair.h"

#include "patterns/ex03_gosched_in_loop/after.h"
#include "patterns/ex03_gosched_in_loop/before.h"
#include "patterns/ex03_gosched_in_loop/every_1024.h"

namespace unpark::patterns::gosched_in_loop {

const bool kRegistered = Register(Pair<SumWorkload, std::int64_t>{
    .name = "gosched_in_loop",
    .exercise = 3,
    .tier = "always",
    .lesson =
        "Leave yielding to the runtime; a Gosched in a hot loop is a trip through the scheduler.",
    .claim = ArticleClaim(16, "1,000,000 additions: 80 to 150 ns a yield, about 16 times slower"),
    .signature = {{"yields", 0.99, 0}},
    .premature_below = "nothing: leave it out from the start",
    .reference = SumFromTheBack,
    .before = SumPolitely,
    .after = SumPlainly,
    .variants = {{"every_1024", SumWithRareYields}},
    .smoke = {.numbers = 2'000},
    .workloads = {{"numbers:1000000", {}}},
});

}  // namespace unpark::patterns::gosched_in_loop
