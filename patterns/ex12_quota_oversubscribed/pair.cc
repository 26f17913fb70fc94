// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers exercise 12.

#include "patterns/pair.h"

#include "patterns/ex12_quota_oversubscribed/after.h"
#include "patterns/ex12_quota_oversubscribed/before.h"
#include "patterns/ex12_quota_oversubscribed/rounded_up.h"

namespace unpark::patterns::quota_oversubscribed {

const bool kRegistered = Register(Pair<ServiceWorkload, Results>{
    .name = "quota_oversubscribed",
    .exercise = 12,
    .tier = "always",
    .lesson = "Run as many Ps as the CPU quota pays for, not as many as the host has CPUs.",
    .claim = ArticleClaim(20, "quota 2.5 on a host of 64 CPUs: p99 falls from 180 ms to 9 ms"),
    .signature = {{"cgroup_throttled", 0.001, 0,
                   "quota:1.25"}},  // the kernel counts it, not the runtime
    .premature_below = "no cgroup limit",
    .reference = ServeSequentially,
    .before = {Prepared<Service>, {.procs = ProcsOfHost}},
    .after = {Prepared<Service>, {.procs = ProcsOfQuota}},
    .variants = {{"rounded_up", {Prepared<Service>, {.procs = ProcsOfGo}}}},
    .smoke = {.requests = 20, .shards = 20, .shard_rounds = 10'000},
    .workloads = {{"quota:1.25", {.quota = 1.25}, {.cpu_quota = 1.25}},
                  {"quota:0.5",
                   {.quota = 0.5, .shards = 100},
                   {.full_only = true, .cpu_quota = 0.5}}},
    .sweep = {.parameter = "quota_percent",
              .values = {125, 150, 175, 200},
              .set = [](ServiceWorkload* w,
                        std::int64_t percent) { w->quota = static_cast<double>(percent) / 100; },
              .cpu_quota = [](const ServiceWorkload& w) { return w.quota; }},
});

}  // namespace unpark::patterns::quota_oversubscribed
