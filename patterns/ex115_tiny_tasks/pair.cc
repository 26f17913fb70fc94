// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers scenario 115.

#include "patterns/pair.h"

#include "patterns/ex115_tiny_tasks/after.h"
#include "patterns/ex115_tiny_tasks/before.h"
#include "patterns/ex115_tiny_tasks/buffered.h"
#include "patterns/ex115_tiny_tasks/chunked.h"

namespace unpark::patterns::tiny_tasks {

const bool kRegistered = Register(Pair<FibWorkload, std::uint64_t>{
    .name = "tiny_tasks",
    .exercise = 115,
    .tier = "profile",
    .on_request = true,
    .lesson =
        "More procs do not help tasks that are shorter than their hand-over: make them larger.",
    .claim = {.ratio = 5.55,
              .text = "GOMAXPROCS=1 takes 1.78 s, GOMAXPROCS=4 9.88 s, for 500,000 tasks",
              .source = "a question: Why does this program run faster when it's allocated fewer "
                        "threads? (Go)"},
    .premature_below = "tasks of 10 us",
    .reference = SumSequentially,
    .before = {SumByTasks, {.procs = ManyProcs}},
    .after = {SumByTasksOnOneProc, {.procs = OneProc}},
    .variants = {{"buffered", {SumByBufferedTasks, {.procs = ManyProcs}}},
                 {"chunked", {SumByChunks, {.procs = ManyProcs}}}},
    .smoke = {.tasks = 500},
    .workloads = {{"largest:1000", {}},
                  {"largest:100000", {.tasks = 500, .largest = 100'000}},
                  {"largest:1000,tasks:500000", {.tasks = 500'000}, {.full_only = true}}},
    .sweep = {.parameter = "largest",
              .values = {10, 100, 1'000, 10'000, 100'000},
              .set =
                  [](FibWorkload* w, std::int64_t largest) {
                    w->largest = static_cast<int>(largest);
                    w->tasks = static_cast<int>(5'000'000 / (largest / 2 + 500));
                  }},
});

}  // namespace unpark::patterns::tiny_tasks
