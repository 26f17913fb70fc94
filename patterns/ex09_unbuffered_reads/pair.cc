// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers exercise 9.

#include "patterns/pair.h"

#include "patterns/ex09_unbuffered_reads/after.h"
#include "patterns/ex09_unbuffered_reads/before.h"

namespace unpark::patterns::unbuffered_reads {

const bool kRegistered = Register(Pair<ReadWorkload, Records>{
    .name = "unbuffered_reads",
    .exercise = 9,
    .tier = "always",
    .lesson = "Put a buffer between a file and a loop over its small records.",
    .claim = ArticleClaim(
        30, "1,000,000 records of 8 bytes, 300 to 500 ns a call: about 30 times faster"),
    .signature = {{"blocking_calls", 0.99, 0.01}},
    .premature_below = "one record a file",
    .reference = RecordsAsWritten,
    .before = Prepared<ReadOneByOne>,
    .after = Prepared<ReadThroughBuffer>,
    .smoke = {.records = 1'000},
    .workloads = {{"records:10000", {.records = 10'000}},
                  {"records:1000000", {.records = 1'000'000}, {.full_only = true}}},
    .sweep = {.parameter = "records",
              .values = {1, 2, 4, 16, 256, 8'192},
              .set = [](ReadWorkload* w,
                        std::int64_t records) { w->records = static_cast<int>(records); }},
});

}  // namespace unpark::patterns::unbuffered_reads
