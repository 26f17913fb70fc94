// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers exercise 17.

#include "patterns/pair.h"

#include "patterns/ex17_locked_foreign_call/after.h"
#include "patterns/ex17_locked_foreign_call/before.h"
#include "patterns/ex17_locked_foreign_call/keyed.h"
#include "patterns/ex17_locked_foreign_call/pinned_pool.h"

namespace unpark::patterns::locked_foreign_call {

const bool kRegistered = Register(Pair<CipherWorkload, Digests>{
    .name = "locked_foreign_call",
    .exercise = 17,
    .tier = "always",
    .lesson = "Do not lock the thread around a call into C that keeps no state in its thread.",
    .claim = ArticleClaim(3, "1,000 concurrent callers: about 3 times faster without the lock"),
    .signature = {{"locked_handoffs", 0.1, 0, "deliver:1"}},
    .premature_below = "never useful without thread state",
    .reference = EncipherSequentially,
    .before = EncipherLocked,
    .after = EncipherFreely,
    .variants = {{"keyed_locked", EncipherKeyedLocked},
                 {"keyed_pool", EncipherKeyedByPool},
                 {"keyed_unlocked",
                  {EncipherKeyedFreely, {.wrong_why = "another goroutine's key"}}}},
    .smoke = {.callers = 20, .calls = 5, .deliver = true},
    .workloads = {{"callers:200", {}},
                  {"deliver:1", {.callers = 8, .calls = 50, .deliver = true}},
                  {"callers:1000", {.callers = 1'000}, {.full_only = true}},
                  {"callers:1000,deliver:1",
                   {.callers = 1'000, .deliver = true},
                   {.full_only = true}}},
});

}  // namespace unpark::patterns::locked_foreign_call
