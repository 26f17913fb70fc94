// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers scenario 111.

#include "patterns/pair.h"

#include "patterns/ex111_peterson_lock/after.h"
#include "patterns/ex111_peterson_lock/before.h"

namespace unpark::patterns::peterson_lock {

const bool kRegistered = Register(Pair<CounterWorkload, std::int64_t>{
    .name = "peterson_lock",
    .exercise = 111,
    .tier = "always",
    .on_request = true,
    .lesson = "Use a Mutex; a lock of one's own needs the strongest order and wastes its waits.",
    .claim = {.text = "needs sequentially consistent atomics, and hangs without; no ratio",
              .source = "a question: Peterson's algorithm and deadlock (Go)"},
    .premature_below = "never right in a program, at any rate",
    .reference = CountSequentially,
    .before = CountUnder<PetersonLock>,
    .after = CountUnder<PlainLock>,
    .smoke = {.additions = 500},
    .workloads = {{"additions:20000", {}},
                  {"additions:20000,yield_every:1", {.yield_every = 1}},
                  {"additions:1000000", {.additions = 1'000'000}, {.full_only = true}}},
});

}  // namespace unpark::patterns::peterson_lock
