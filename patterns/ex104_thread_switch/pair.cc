// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers scenario 104.

#include "patterns/pair.h"

#include "patterns/ex104_thread_switch/after.h"
#include "patterns/ex104_thread_switch/before.h"
#include "patterns/ex104_thread_switch/futex.h"
#include "patterns/ex104_thread_switch/locked.h"

namespace unpark::patterns::thread_switch {

const bool kRegistered = Register(Pair<HandOverWorkload, std::int64_t>{
    .name = "thread_switch",
    .exercise = 104,
    .tier = "specialty",
    .on_request = true,
    .lesson = "Hand over between goroutines, not between threads: the kernel need not switch.",
    .claim =
        {.ratio = 16,
         .text = "two threads on one CPU about 3 us a switch, two goroutines 191 ns",
         .source =
             "notes on the book Concurrency in Go, chapter 3 (perf bench sched pipe, Go 1.13)"},
    .premature_below = "1,000 hand-overs a second",
    .reference = CountHandOvers,
    .before = Prepared<Counted<HandOverByPipe>>,
    .after = Prepared<Counted<HandOverByChannel>>,
    .variants = {{"futex", Prepared<Counted<HandOverByFutex>>},
                 {"locked", Prepared<Counted<HandOverBetweenLocked>>}},
    .smoke = {.round_trips = 50},
    .workloads = {{"one_cpu", {}},
                  {"any_cpu", {.one_cpu = false}},
                  {"one_cpu,round_trips:100000", {.round_trips = 100'000}, {.full_only = true}}},
});

}  // namespace unpark::patterns::thread_switch
