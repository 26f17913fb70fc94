// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of scenario 102: a monitor goroutine keeps the account, and every read and withdrawal
// asks it.

#ifndef UNPARK_PATTERNS_EX102_BANK_ACCOUNT_BEFORE_H_
#define UNPARK_PATTERNS_EX102_BANK_ACCOUNT_BEFORE_H_

#include "patterns/ex102_bank_account/monitor.h"
#include "patterns/ex102_bank_account/task.h"

namespace unpark::patterns::bank_account {

inline Statement VisitMonitor(const BankWorkload& w) { return VisitBank<MonitoredAccount>(w); }

}  // namespace unpark::patterns::bank_account

#endif  // UNPARK_PATTERNS_EX102_BANK_ACCOUNT_BEFORE_H_
