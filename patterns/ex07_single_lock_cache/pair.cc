// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers exercise 7.

#include "patterns/pair.h"

#include "patterns/ex07_single_lock_cache/after.h"
#include "patterns/ex07_single_lock_cache/before.h"
#include "patterns/ex07_single_lock_cache/read_cache.h"

namespace unpark::patterns::single_lock_cache {

const bool kRegistered = Register(Pair<CacheWorkload, CacheResult>{
    .name = "single_lock_cache",
    .exercise = 7,
    .tier = "profile",
    .lesson = "Shard a busy cache by key, each shard with its own lock on its own cache line.",
    .claim = ArticleClaim(
        0, "32 readers at 50,000 reads a second: contention falls by about the number of shards"),
    .signature = {{"parks_sema", 0.3, 0.1, "readers:32,slow_writes:100"}},
    .premature_below = "10,000 operations a second",
    .premature_rate = 10'000,
    .reference = ReadSequentially,
    .before = Prepared<CacheUse<SingleLockCache>>,
    .after = Prepared<CacheUse<ShardedCache>>,
    .variants = {{"read_cache", {Prepared<CacheUse<HotReadCache>>, {.only = "readers:32,hot:16"}}}},
    .smoke = {.reads = 3'200, .writes = 300},
    .workloads = {{"readers:32", {}},
                  {"readers:32,hot:16", {.hot = 16}},
                  {"readers:32,writes:4000", {.writes = 4'000}},
                  {"readers:32,slow_writes:100",
                   {.reads = 6'400, .writes = 100, .slow_writes = true}},
                  {"readers:32,reads:1600000", {.reads = 1'600'000}, {.full_only = true}}},
    .sweep = {.parameter = "readers",
              .values = {1, 2, 4, 8, 32},
              .set = [](CacheWorkload* w,
                        std::int64_t readers) { w->readers = static_cast<int>(readers); }},
});

}  // namespace unpark::patterns::single_lock_cache
