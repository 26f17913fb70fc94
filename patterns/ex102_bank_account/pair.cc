// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Registers scenario 102.

#include "patterns/pair.h"

#include "patterns/ex102_bank_account/after.h"
#include "patterns/ex102_bank_account/before.h"
#include "patterns/ex102_bank_account/check_then_act.h"
#include "patterns/ex102_bank_account/rwmutex.h"
#include "patterns/ex102_bank_account/semaphore.h"

namespace unpark::patterns::bank_account {

const bool kRegistered = Register(Pair<BankWorkload, Statement>{
    .name = "bank_account",
    .exercise = 102,
    .tier = "profile",
    .on_request = true,
    .lesson =
        "Guard a balance with a Mutex; a monitor goroutine is for what needs a life of its own.",
    .claim = {.text =
                  "one account by a monitor goroutine, a channel of one, a Mutex, an RWMutex; no "
                  "ratio",
              .source = "notes on the book The Go Programming Language, chapter 9"},
    .signature = {{"parks", 0.5, 0.1}},
    .premature_below = "10,000 operations a second",
    .reference = WithdrawSequentially,
    .before = VisitMonitor,
    .after = VisitLocked,
    .variants = {{"semaphore", VisitBank<TokenAccount>},
                 {"rwmutex", VisitBank<ReadLockedAccount>},
                 {"check_then_act",
                  {VisitBank<TwoStepAccount>,
                   {.wrong_why = "grants more than there is: others act between look and act"}}}},
    .smoke = {.withdrawals = 100},
    .workloads = {{"reads:1", {}},
                  {"reads:9", {.withdrawals = 200, .reads = 9}},
                  {"reads:1,withdrawals:20000", {.withdrawals = 20'000}, {.full_only = true}}},
});

}  // namespace unpark::patterns::bank_account
