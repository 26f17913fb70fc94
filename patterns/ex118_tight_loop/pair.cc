// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers scenario 118.

#include "patterns/pair.h"

#include "patterns/ex118_tight_loop/after.h"
#include "patterns/ex118_tight_loop/before.h"
#include "patterns/ex118_tight_loop/calls.h"
#include "patterns/ex118_tight_loop/checkpoints.h"
#include "patterns/ex118_tight_loop/task.h"

namespace unpark::patterns::tight_loop {

// Before and after have the runtime's default, which is asynchronous preemption; the variants have
// the other modes.
const bool kRegistered = Register(Pair<LoopWorkload, std::int64_t>{
    .name = "tight_loop",
    .exercise = 118,
    .tier = "profile",
    .on_request = true,
    .lesson = "A long loop without calls holds its P: yield now and then where others must answer.",
    .claim = {.text =
                  "a loop without calls starves the scheduler; a Gosched every 10,000,000 turns "
                  "lets others run; checks in loops took 2.18 s to 2.05 s; no ratio",
              .source = "Go: Goroutine and Preemption (Go 1.13), and a question on Gosched after "
                        "atomic.AddUint64"},
    .premature_below = "loops of less than 100 us",
    .reference = CountSequentially,
    .before = Prepared<Loops<GoesOn>>,
    .after = Prepared<Loops<Yields>>,
    .variants = {{"off", {Prepared<Loops<GoesOn>>, {.preemption = Preemption::kOff}}},
                 {"calls", {Prepared<Loops<GoesOn>>, {.preemption = Preemption::kCalls}}},
                 {"calls_made", {Prepared<Loops<Calls>>, {.preemption = Preemption::kCalls}}},
                 {"checkpoints",
                  {Prepared<Loops<Checks>>, {.preemption = Preemption::kCheckpoints}}}},
    .smoke = {.turns = 40'000, .answers = 4},
    .workloads = {{"loops:4", {}},
                  {"loops:2,answers:0", {.loops = 2, .answers = 0}},
                  {"loops:2,answers:0,plain:1", {.loops = 2, .plain = true, .answers = 0}},
                  {"loops:4,turns:100000000",
                   {.turns = 100'000'000, .answers = 1'000},
                   {.full_only = true}}},
});

}  // namespace unpark::patterns::tight_loop
