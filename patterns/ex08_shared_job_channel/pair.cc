// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers exercise 8.

#include "patterns/pair.h"

#include "patterns/ex08_shared_job_channel/after.h"
#include "patterns/ex08_shared_job_channel/before.h"
#include "patterns/ex08_shared_job_channel/rings.h"

namespace unpark::patterns::shared_job_channel {

const bool kRegistered = Register(Pair<JobWorkload, Outputs>{
    .name = "shared_job_channel",
    .exercise = 8,
    .tier = "profile",
    .lesson = "When one job channel's lock is the bottleneck, give each worker its own queue.",
    .claim = ArticleClaim(
        0, "64 workers, 500,000 jobs a second: one channel caps the rate; no number is given"),
    .premature_below = "50,000 jobs a second",
    .premature_rate = 50'000,
    .reference = ProcessSequentially,
    .before = DispatchOverOneChannel,
    .after = DispatchOverOwnChannels,
    .variants = {{"deep", DispatchOverDeepChannels}, {"rings", DispatchOverRings}},
    .smoke = {.jobs = 1'000},
    .workloads = {{"workers:64", {}},
                  {"workers:64,jobs:500000", {.jobs = 500'000}, {.full_only = true}}},
    .sweep = {.parameter = "work_rounds",
              .values = {0, 90, 900, 9'000, 45'000},
              .set =
                  [](JobWorkload* w, std::int64_t rounds) {
                    w->work_rounds = static_cast<int>(rounds);
                    w->jobs = static_cast<int>(8'000'000 / (rounds + 400));
                  }},
});

}  // namespace unpark::patterns::shared_job_channel
