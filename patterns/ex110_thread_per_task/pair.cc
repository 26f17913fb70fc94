// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers scenario 110.

#include "patterns/pair.h"

#include "patterns/ex110_thread_per_task/after.h"
#include "patterns/ex110_thread_per_task/before.h"

namespace unpark::patterns::thread_per_task {

const bool kRegistered = Register(Pair<WaitingWorkload, std::uint64_t>{
    .name = "thread_per_task",
    .exercise = 110,
    .tier = "always",
    .on_request = true,
    .lesson =
        "Give each waiting task a goroutine, not a thread: it costs a page and a microsecond.",
    .claim =
        {.text =
             "2.8 kB for a goroutine, often 2 MB of addresses for a thread's stack; no ratio of "
             "times",
         .source = "notes on the book Concurrency in Go, chapter 3: the size of a goroutine"},
    .premature_below = "some tens of tasks",
    .reference = AddSequentially,
    .before = AddByThreads,
    .after = AddByGoroutines,
    .smoke = {.tasks = 40},
    .workloads = {{"tasks:1000", {}}, {"tasks:4000", {.tasks = 4'000}, {.full_only = true}}},
});

}  // namespace unpark::patterns::thread_per_task
