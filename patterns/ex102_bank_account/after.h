// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of scenario 102: a Mutex beside the balance.

#ifndef UNPARK_PATTERNS_EX102_BANK_ACCOUNT_AFTER_H_
#define UNPARK_PATTERNS_EX102_BANK_ACCOUNT_AFTER_H_

#include <cstdint>
#include <mutex>

#include "patterns/ex102_bank_account/task.h"
#include "runtime/sync/mutex.h"

namespace unpark::patterns::bank_account {

class LockedAccount {
 public:
  explicit LockedAccount(std::int64_t funds) : balance_(funds) {}

  std::int64_t Balance() {
    std::lock_guard guard(mutex_);
    return balance_;
  }
  bool Withdraw(std::int64_t amount) {
    std::lock_guard guard(mutex_);
    if (balance_ < amount) return false;
    balance_ -= amount;
    return true;
  }

 private:
  Mutex mutex_;
  std::int64_t balance_;  // guarded by mutex_
};

inline Statement VisitLocked(const BankWorkload& w) { return VisitBank<LockedAccount>(w); }

}  // namespace unpark::patterns::bank_account

#endif  // UNPARK_PATTERNS_EX102_BANK_ACCOUNT_AFTER_H_
