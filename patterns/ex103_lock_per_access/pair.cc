// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers scenario 103.

#include "patterns/pair.h"

#include "patterns/ex103_lock_per_access/after.h"
#include "patterns/ex103_lock_per_access/before.h"
#include "patterns/ex103_lock_per_access/rwmutex.h"
#include "patterns/ex103_lock_per_access/unguarded.h"

namespace unpark::patterns::lock_per_access {

const bool kRegistered = Register(Pair<IconWorkload, Lookups>{
    .name = "lock_per_access",
    .exercise = 103,
    .tier = "always",
    .on_request = true,
    .lesson = "Load lazily under a Once; do not pay for a lock at every access that follows.",
    .claim = {.text = "lazy initialization by a lock for each access, and by Once; no ratio",
              .source = "notes on the book The Go Programming Language, chapter 9: sync.Once"},
    .premature_below = "100,000 lookups a second",
    .reference = LookUpSequentially,
    .before = LookUp<LockedTable>,
    .after = LookUp<OnceTable>,
    .variants = {{"rwmutex", LookUp<ReadLockedTable>},
                 {"unguarded",
                  {LookUp<UnguardedTable>,
                   {.wrong_why = "the table is loaded by all who come before it is there"}}}},
    .smoke = {.lookups = 500},
    .workloads = {{"readers:8", {}},
                  {"readers:2", {.readers = 2, .lookups = 80'000}},
                  {"readers:8,lookups:500000", {.lookups = 500'000}, {.full_only = true}}},
});

}  // namespace unpark::patterns::lock_per_access
