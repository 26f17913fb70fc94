// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers exercise 6.

#include "patterns/pair.h"

#include "patterns/ex06_channel_as_lock/after.h"
#include "patterns/ex06_channel_as_lock/before.h"
#include "patterns/ex06_channel_as_lock/snapshot.h"

namespace unpark::patterns::channel_as_lock {

const bool kRegistered = Register(Pair<WriteWorkload, Settings>{
    .name = "channel_as_lock",
    .exercise = 6,
    .tier = "profile",
    .lesson = "Guard a field with a Mutex; do not make a goroutine its lock.",
    .claim = ArticleClaim(
        40, "about 600 ns of scheduling a write around 30 ns of work: 40 times, 0 allocations"),
    .signature = {{"parks", 0.5, 0.1}, {"allocs_per_op", 0.99, 0.1}},
    .premature_below = "10,000 writes a second",
    .premature_rate = 10'000,
    .reference = SetSequentially,
    .before = SetByOwner,
    .after = SetByMutex,
    .variants = {{"snapshot",
                  {SetBySnapshots,
                   {.wrong_why = "a batch undoes what others wrote since its copy was taken",
                    .only = "writers:8"}}}},
    .smoke = {.writers = 8, .writes = 800},
    .workloads = {{"writers:1", {.writers = 1}},
                  {"writers:8", {.writers = 8}},
                  {"writers:1,writes:1000000", {.writes = 1'000'000}, {.full_only = true}}},
    .sweep = {.parameter = "work_rounds",
              .values = {0, 90, 900, 9'000, 90'000},
              .set =
                  [](WriteWorkload* w, std::int64_t rounds) {
                    w->work_rounds = static_cast<int>(rounds);
                    w->writes = static_cast<int>(4'000'000 / (rounds + 500));
                  }},
});

}  // namespace unpark::patterns::channel_as_lock
