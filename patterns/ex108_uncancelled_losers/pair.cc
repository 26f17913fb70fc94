// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers scenario 108.

#include "patterns/pair.h"

#include "patterns/ex108_uncancelled_losers/after.h"
#include "patterns/ex108_uncancelled_losers/before.h"
#include "patterns/ex108_uncancelled_losers/leaky.h"

namespace unpark::patterns::uncancelled_losers {

const bool kRegistered = Register(Pair<QueryWorkload, Found>{
    .name = "uncancelled_losers",
    .exercise = 108,
    .tier = "always",
    .on_request = true,
    .lesson = "Cancel what nobody waits for any more, and leave no goroutine at a send for ever.",
    .claim = {.text = "a context in place of goroutines that nobody stops; no ratio",
              .source = "notes on the book Concurrency in Go, chapter 4: goroutine leaks, context"},
    .signature = {{"yields", 200, 100}},
    .premature_below = "never: a leak adds up at any rate",
    .reference = QuerySequentially,
    .before = QueryToTheEnd,
    .after = QueryUntilCancelled,
    .variants = {{"leaky",
                  {QueryAndForget,
                   {.wrong_why = "every query leaves all goroutines but one at a send for ever"}}}},
    .smoke = {.queries = 8},
    .workloads = {{"backends:8", {}},
                  {"backends:8,queries:5000", {.queries = 5'000}, {.full_only = true}}},
});

}  // namespace unpark::patterns::uncancelled_losers
