// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers exercise 2.

#include "patterns/pair.h"

#include "patterns/ex02_locked_worker/after.h"
#include "patterns/ex02_locked_worker/before.h"

namespace unpark::patterns::locked_worker {

const bool kRegistered = Register(Pair<UnevenWorkload, Outputs>{
    .name = "locked_worker",
    .exercise = 2,
    .tier = "always",
    .lesson = "Do not lock a worker to its thread unless C code keeps state in that thread.",
    .claim = ArticleClaim(3, "8 workers, uneven jobs: about 3 times faster without the lock"),
    .signature = {{"locked_handoffs", 0.1, 0, "buffer:0"}},
    .premature_below = "never useful without thread state",
    .reference = ProcessSequentially,
    .before = Prepared<LockedPool>,
    .after = Prepared<FreePool>,
    .smoke = {.jobs = 100},
    .workloads = {{"buffer:0", {.jobs = 400, .buffer = 0}},
                  {"buffer:128", {.jobs = 400, .buffer = 128}},
                  {"jobs:20000,buffer:0", {.jobs = 20'000}, {.full_only = true}}},
});

}  // namespace unpark::patterns::locked_worker
