// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers scenario 107.

#include "patterns/pair.h"

#include "patterns/ex107_value_per_message/after.h"
#include "patterns/ex107_value_per_message/before.h"
#include "patterns/ex107_value_per_message/combined.h"
#include "patterns/ex107_value_per_message/one_loop.h"

namespace unpark::patterns::value_per_message {

const bool kRegistered = Register(Pair<StreamWorkload, std::uint64_t>{
    .name = "value_per_message",
    .exercise = 107,
    .tier = "profile",
    .on_request = true,
    .lesson =
        "Pass batches through a pipeline whose stages are short; each message costs a switch.",
    .claim = {.text = "pipelines, fan-in, or-done, tee and bridge; no ratio",
              .source = "notes on the book Concurrency in Go, chapter 4"},
    .signature = {{"parks", 1, 0.2}},
    .premature_below = "stages of 10 us a value, or 10,000 values a second",
    .reference = SumSequentially,
    .before = SumByValues<0>,
    .after = SumByBatches,
    .variants = {{"buffered", SumByValues<64>},
                 {"one_loop", SumInOneLoop},
                 {"or_done", SumOrDone},
                 {"tee", SumOfTee},
                 {"bridge", SumOfBridge},
                 {"fan_in", SumOfFanIn}},
    .smoke = {.values = 500},
    .workloads = {{"stages:3", {}},
                  {"stages:3,rounds:1000", {.values = 2'000, .work_rounds = 1'000}},
                  {"stages:3,values:1000000", {.values = 1'000'000}, {.full_only = true}}},
});

}  // namespace unpark::patterns::value_per_message
