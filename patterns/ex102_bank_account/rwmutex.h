// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of scenario 102: an RWMutex, so that reads of the balance do not exclude each other.

#ifndef UNPARK_PATTERNS_EX102_BANK_ACCOUNT_RWMUTEX_H_
#define UNPARK_PATTERNS_EX102_BANK_ACCOUNT_RWMUTEX_H_

#include <cstdint>
#include <mutex>
#include <shared_mutex>

#include "patterns/ex102_bank_account/task.h"
#include "runtime/sync/rwmutex.h"

namespace unpark::patterns::bank_account {

class ReadLockedAccount {
 public:
  explicit ReadLockedAccount(std::int64_t funds) : balance_(funds) {}

  std::int64_t Balance() {
    std::shared_lock read(lock_);
    return balance_;
  }
  bool Withdraw(std::int64_t amount) {
    std::lock_guard write(lock_);
    if (balance_ < amount) return false;
    balance_ -= amount;
    return true;
  }

 private:
  RWMutex lock_;
  std::int64_t balance_;  // guarded by lock_
};

}  // namespace unpark::patterns::bank_account

#endif  // UNPARK_PATTERNS_EX102_BANK_ACCOUNT_RWMUTEX_H_
