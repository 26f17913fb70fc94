// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of scenario 102, wrong on purpose: looks at the balance and withdraws in two steps.

#ifndef UNPARK_PATTERNS_EX102_BANK_ACCOUNT_CHECK_THEN_ACT_H_
#define UNPARK_PATTERNS_EX102_BANK_ACCOUNT_CHECK_THEN_ACT_H_

#include <cstdint>

#include "patterns/ex102_bank_account/monitor.h"

namespace unpark::patterns::bank_account {

// Each step alone is safe, and there is no data race for a detector to find.
class TwoStepAccount {
 public:
  explicit TwoStepAccount(std::int64_t funds) : account_(funds) {}

  std::int64_t Balance() { return account_.Balance(); }
  bool Withdraw(std::int64_t amount) {
    if (account_.Balance() < amount) return false;
    account_.Deposit(-amount);  // BUG: others have looked at the same balance meanwhile
    return true;
  }

 private:
  MonitoredAccount account_;
};

}  // namespace unpark::patterns::bank_account

#endif  // UNPARK_PATTERNS_EX102_BANK_ACCOUNT_CHECK_THEN_ACT_H_
