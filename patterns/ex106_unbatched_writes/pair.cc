// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers scenario 106.

#include "patterns/pair.h"

#include "patterns/ex106_unbatched_writes/after.h"
#include "patterns/ex106_unbatched_writes/before.h"
#include "patterns/ex106_unbatched_writes/full_buffer.h"

namespace unpark::patterns::unbatched_writes {

const bool kRegistered = Register(Pair<LogWorkload, Logged>{
    .name = "unbatched_writes",
    .exercise = 106,
    .tier = "always",
    .on_request = true,
    .lesson = "Let a queue's reader take all that waits, and pay the fixed cost once for it.",
    .claim = {.text = "queueing in batches where a write has a fixed cost; no ratio",
              .source = "notes on the book Concurrency in Go, chapter 4: Queuing"},
    .signature = {{"blocking_calls", 0.99, 0.3}},
    .premature_below = "1,000 records a second",
    .reference = LogSequentially,
    .before = WriteEach,
    .after = WriteQueued,
    .variants = {{"full_buffer", WriteFullBuffers<AtTheEnd::kFlush>},
                 {"unflushed",
                  {WriteFullBuffers<AtTheEnd::kForget>,
                   {.wrong_why = "the records that did not fill the last buffer are lost"}}}},
    .smoke = {.records = 250},
    .workloads = {{"producers:4", {}},
                  {"producers:4,records:250000", {.records = 250'000}, {.full_only = true}}},
});

}  // namespace unpark::patterns::unbatched_writes
