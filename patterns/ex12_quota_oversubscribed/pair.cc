// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers exercise 12.

#include "patterns/pair.h"

#include "patterns/ex12_quota_oversubscribed/after.h"
#include "patterns/ex12_quota_oversubscribed/before.h"
#include "patterns/ex12_quota_oversubscribed/rounded_up.h"

namespace unpark::patterns::quota_oversubscribed {

const bool kRegistered = Register(Pair<BurstWorkload, Responses>{
    .name = "quota_oversubscribed",
    .exercise = 12,
    .tier = "always",
    .lesson = "Run as many Ps as the CPU quota pays for, not as many as the host has CPUs.",
    .claim = ArticleClaim(20, "quota 2.5 on a host of 64 CPUs: p99 falls from 180 ms to 9 ms"),
    .premature_below = "no cgroup limit",
    .reference = ServeSequentially,
    .before = {Prepared<Service>, {.procs = ProcsOfHost}},
    .after = {Prepared<Service>, {.procs = ProcsOfQuota}},
    .variants = {{"rounded_up", {Prepared<Service>, {.procs = ProcsOfGo}}}},
    .smoke = {.bursts = 3, .request_rounds = 10'000, .mean_gap = std::chrono::milliseconds(2)},
    .workloads = {{"quota:0.5", {.quota = 0.5}, {.cpu_quota = 0.5}},
                  {"quota:1.25", {.quota = 1.25, .burst_requests = 60}, {.cpu_quota = 1.25}}},
});

}  // namespace unpark::patterns::quota_oversubscribed
