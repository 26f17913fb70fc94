// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of scenario 102: a channel with room for one token as the lock, a binary semaphore.

#ifndef UNPARK_PATTERNS_EX102_BANK_ACCOUNT_SEMAPHORE_H_
#define UNPARK_PATTERNS_EX102_BANK_ACCOUNT_SEMAPHORE_H_

#include <cstdint>

#include "patterns/ex102_bank_account/task.h"
#include "runtime/chan/chan.h"

namespace unpark::patterns::bank_account {

class TokenAccount {
 public:
  explicit TokenAccount(std::int64_t funds) : balance_(funds) {}

  std::int64_t Balance() {
    token_.Send(Unit{});
    const std::int64_t balance = balance_;
    token_.Recv();
    return balance;
  }
  bool Withdraw(std::int64_t amount) {
    token_.Send(Unit{});
    const bool enough = balance_ >= amount;
    if (enough) balance_ -= amount;
    token_.Recv();
    return enough;
  }

 private:
  Chan<Unit> token_{1};   // full: somebody is inside
  std::int64_t balance_;  // guarded by token_
};

}  // namespace unpark::patterns::bank_account

#endif  // UNPARK_PATTERNS_EX102_BANK_ACCOUNT_SEMAPHORE_H_
