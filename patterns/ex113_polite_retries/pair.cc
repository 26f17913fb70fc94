// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers scenario 113.

#include "patterns/pair.h"

#include "patterns/ex113_polite_retries/after.h"
#include "patterns/ex113_polite_retries/before.h"
#include "patterns/ex113_polite_retries/in_step.h"

namespace unpark::patterns::polite_retries {

const bool kRegistered = Register(Pair<TransferWorkload, Moved>{
    .name = "polite_retries",
    .exercise = 113,
    .tier = "always",
    .on_request = true,
    .lesson = "Take locks in one order; do not try, let go and try again.",
    .claim = {.text = "livelock: two that give way to each other make no progress; no ratio",
              .source = "notes on the book Concurrency in Go, chapter 1: Livelock"},
    .premature_below = "never: an order costs nothing",
    .reference = MoveSequentially,
    .before = MoveByRetries,
    .after = MoveInOrder,
    .variants = {{"in_step",
                  {MoveInStep,
                   {.wrong_why =
                        "both movers let go and try again in step, and none ever gets through",
                    .procs = OneProc}}}},
    .smoke = {.transfers = 100},
    .workloads = {{"movers:2", {}},
                  {"movers:2,transfers:250000", {.transfers = 250'000}, {.full_only = true}}},
});

}  // namespace unpark::patterns::polite_retries
