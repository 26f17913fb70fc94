// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers scenario 105.

#include "patterns/pair.h"

#include "patterns/ex105_unhedged_request/after.h"
#include "patterns/ex105_unhedged_request/before.h"
#include "patterns/ex105_unhedged_request/both.h"

namespace unpark::patterns::unhedged_request {

const bool kRegistered = Register(Pair<RequestWorkload, Answers>{
    .name = "unhedged_request",
    .exercise = 105,
    .tier = "specialty",
    .on_request = true,
    .lesson = "Where p99 counts and replicas are slow by turns, ask a second one after a while.",
    .claim = {.text = "replicated requests, the fastest answer wins; no ratio",
              .source = "notes on the book Concurrency in Go, chapter 5: Replicated Requests"},
    .premature_below = "a p99 that nobody waits for",
    .reference = AnswerSequentially,
    .before = Prepared<UnhedgedClients>,
    .after = Prepared<ReplicatedClients<AskHedged>>,
    .variants = {{"both", Prepared<ReplicatedClients<AskBoth>>}},
    .smoke = {.requests = 60},
    .workloads = {{"clients:12", {}},
                  {"clients:12,requests:20000", {.requests = 20'000}, {.full_only = true}}},
});

}  // namespace unpark::patterns::unhedged_request
