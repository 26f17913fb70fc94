// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers the example.

#include "patterns/pair.h"

#include "shared_log/after.h"
#include "shared_log/before.h"

const bool kRegistered =
    unpark::patterns::Register(unpark::patterns::Pair<shared_log::LogWorkload, shared_log::Lines>{
        .name = "shared_log",
        .exercise = 1001,
        .tier = "profile",
        .lesson = "Hand over many lines at once; do not lock the log for each.",
        .claim = {.ratio = 0, .text = "nobody claims a figure", .source = "our team"},
        .premature_below = "100,000 lines a second",
        .reference = shared_log::WriteSequentially,
        .before = shared_log::WriteLineByLine,
        .after = shared_log::WriteByWorker,
        .smoke = {.lines = 10},
        .workloads = {{"workers:4", {}}},
    });
