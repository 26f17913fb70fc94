// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// MonitoredAccount: an account that a goroutine of its own keeps; others ask it over channels.

#ifndef UNPARK_PATTERNS_EX102_BANK_ACCOUNT_MONITOR_H_
#define UNPARK_PATTERNS_EX102_BANK_ACCOUNT_MONITOR_H_

#include <cstdint>

#include "runtime/chan/chan.h"
#include "runtime/chan/select.h"
#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::bank_account {

class MonitoredAccount {
 public:
  explicit MonitoredAccount(std::int64_t funds) {
    teller_.Go([this, funds] { Serve(funds); });
  }
  ~MonitoredAccount() {
    closed_.Close();
    teller_.Wait();
  }

  std::int64_t Balance() { return *balances_.Recv(); }
  void Deposit(std::int64_t amount) { deposits_.Send(amount); }
  bool Withdraw(std::int64_t amount) {
    Withdrawal withdrawal{amount, Chan<bool>(1)};
    withdrawals_.Send(withdrawal);
    return *withdrawal.granted.Recv();
  }

 private:
  struct Withdrawal {
    std::int64_t amount = 0;
    Chan<bool> granted;
  };

  // The balance is this goroutine's own: nobody else can touch it.
  void Serve(std::int64_t balance) {
    for (;;) {
      std::int64_t amount = 0;
      Withdrawal withdrawal;
      switch (Select(Recv(deposits_, &amount), Recv(withdrawals_, &withdrawal),
                     Send(balances_, balance), Recv(closed_))) {
        case 0:
          balance += amount;
          break;
        case 1: {
          const bool enough = balance >= withdrawal.amount;
          if (enough) balance -= withdrawal.amount;
          withdrawal.granted.Send(enough);
          break;
        }
        case 2:
          break;
        case 3:
          return;
      }
    }
  }

  Chan<std::int64_t> deposits_{0}, balances_{0};
  Chan<Withdrawal> withdrawals_{0};
  Chan<Unit> closed_{0};
  WaitGroup teller_;
};

}  // namespace unpark::patterns::bank_account

#endif  // UNPARK_PATTERNS_EX102_BANK_ACCOUNT_MONITOR_H_
