// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers scenario 109.

#include "patterns/pair.h"

#include "patterns/ex109_buffer_per_request/after.h"
#include "patterns/ex109_buffer_per_request/before.h"
#include "patterns/ex109_buffer_per_request/free_list.h"

namespace unpark::patterns::buffer_per_request {

const bool kRegistered = Register(Pair<ScratchWorkload, Distinct>{
    .name = "buffer_per_request",
    .exercise = 109,
    .tier = "profile",
    .on_request = true,
    .lesson = "Keep large scratch objects in a Pool; give them back as you found them.",
    .claim = {.text = "sync.Pool for objects that are dear to make; no ratio",
              .source = "notes on the book Concurrency in Go, chapter 3: Pool"},
    .premature_below = "objects of a few hundred bytes",
    .reference = HandleSequentially,
    .before = HandleWithNewTables,
    .after = Prepared<PooledTables<PutBack::kReset>>,
    .variants = {{"free_list", Prepared<ListedTables>},
                 {"unreset",
                  {Prepared<PooledTables<PutBack::kAsItIs>>,
                   {.wrong_why = "a table goes back with the counts of the request before"}}}},
    .smoke = {.requests = 100},
    .workloads = {{"handlers:8", {}},
                  {"handlers:8,requests:100000", {.requests = 100'000}, {.full_only = true}}},
});

}  // namespace unpark::patterns::buffer_per_request
