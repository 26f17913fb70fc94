// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers scenario 118.

#include "patterns/pair.h"

#include "patterns/ex118_tight_loop/after.h"
#include "patterns/ex118_tight_loop/before.h"

namespace unpark::patterns::tight_loop {

const bool kRegistered = Register(Pair<LoopWorkload, std::int64_t>{
    .name = "tight_loop",
    .exercise = 118,
    .tier = "profile",
    .on_request = true,
    .lesson = "A long loop without calls holds its P: yield now and then where others must answer.",
    .claim = {.text =
                  "a loop of atomic additions starves the scheduler; a Gosched every 10,000,000 "
                  "turns lets others run; no ratio",
              .source = "Go: Goroutine and Preemption (Go 1.13), and a question on Gosched after "
                        "atomic.AddUint64"},
    .premature_below = "loops of less than 100 us",
    .reference = CountSequentially,
    .before = Prepared<Loops<AddOnly>>,
    .after = Prepared<Loops<AddAndYield>>,
    .smoke = {.additions = 40'000, .answers = 4},
    .workloads = {{"loops:4", {}},
                  {"loops:4,additions:100000000",
                   {.additions = 100'000'000, .answers = 1'000},
                   {.full_only = true}}},
});

}  // namespace unpark::patterns::tight_loop
