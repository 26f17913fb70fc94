// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers scenario 116.

#include "patterns/pair.h"

#include "patterns/ex116_blocking_heartbeat/after.h"
#include "patterns/ex116_blocking_heartbeat/before.h"
#include "patterns/ex116_blocking_heartbeat/no_room.h"

namespace unpark::patterns::blocking_heartbeat {

const bool kRegistered = Register(Pair<BeatWorkload, Watched>{
    .name = "blocking_heartbeat",
    .exercise = 116,
    .tier = "always",
    .on_request = true,
    .lesson = "A heartbeat has room for one beat and drops the rest; it never holds up the work.",
    .claim = {.text = "heartbeats at the beginning of each unit of work; no ratio",
              .source = "notes on the book Concurrency in Go, chapter 5: Heartbeats"},
    .signature = {{"parks_chan_send", 0.01, 0.001}},
    .premature_below = "one unit of work a millisecond",
    .reference = WorkSequentially,
    .before = BeatAndWait,
    .after = BeatIfThereIsRoom,
    .variants = {{"no_room",
                  {BeatIfSomebodyListens,
                   {.wrong_why = "the monitor hears nothing of a worker that is alive",
                    .procs = OneProc}}}},
    .smoke = {.units = 200},
    .workloads = {{"units:2000", {}},
                  {"units:2000,report_every:8", {.report_every = 8}},
                  {"units:100000", {.units = 100'000}, {.full_only = true}}},
});

}  // namespace unpark::patterns::blocking_heartbeat
