// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of scenario 102: customers look at one account and withdraw from it until it is empty.

#ifndef UNPARK_PATTERNS_EX102_BANK_ACCOUNT_TASK_H_
#define UNPARK_PATTERNS_EX102_BANK_ACCOUNT_TASK_H_

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::bank_account {

struct BankWorkload {
  int customers = 8;
  int withdrawals = 1'000;  // tried by each customer, 1 at a time
  int reads = 1;            // of the balance, by each customer before each withdrawal

  std::int64_t Operations() const { return std::int64_t{customers} * withdrawals * (1 + reads); }
  // Half of what will be asked for, and one: from some point on every withdrawal must be refused,
  // and the customers do not reach it all together.
  std::int64_t Funds() const { return std::int64_t{customers} * withdrawals / 2 + 1; }
};

struct Statement {
  std::int64_t granted = 0;    // withdrawals
  std::int64_t balance = 0;    // at the end
  std::int64_t overdrawn = 0;  // reads that saw less than nothing

  bool operator==(const Statement&) const = default;
  std::string DifferenceFrom(const Statement& want) const {
    return "granted " + std::to_string(granted) + " of " + std::to_string(want.granted) +
           " with a balance of " + std::to_string(balance) + " in the end, seen below 0 " +
           std::to_string(overdrawn) + " times";
  }
};

inline Statement WithdrawSequentially(const BankWorkload& w) {
  Statement statement{.balance = w.Funds()};
  for (int i = 0; i < w.customers * w.withdrawals; ++i) {
    if (statement.balance == 0) continue;
    --statement.balance;
    ++statement.granted;
  }
  return statement;
}

// All customers at one account. Account(funds) has Balance() and Withdraw(amount), which says
// whether there was enough.
template <typename Account>
Statement VisitBank(const BankWorkload& w) {
  Account account(w.Funds());
  std::vector<Statement> seen(w.customers);
  WaitGroup wg;
  for (int customer = 0; customer < w.customers; ++customer) {
    wg.Go([&, customer] {
      Statement mine;
      for (int i = 0; i < w.withdrawals; ++i) {
        for (int read = 0; read < w.reads; ++read) mine.overdrawn += account.Balance() < 0;
        mine.granted += account.Withdraw(1);
      }
      seen[customer] = mine;
    });
  }
  wg.Wait();
  Statement statement{.balance = account.Balance()};
  for (const Statement& mine : seen) {
    statement.granted += mine.granted;
    statement.overdrawn += mine.overdrawn;
  }
  return statement;
}

}  // namespace unpark::patterns::bank_account

#endif  // UNPARK_PATTERNS_EX102_BANK_ACCOUNT_TASK_H_
