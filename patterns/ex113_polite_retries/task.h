// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of scenario 113: two movers carry money between two accounts, in opposite directions.

#ifndef UNPARK_PATTERNS_EX113_POLITE_RETRIES_TASK_H_
#define UNPARK_PATTERNS_EX113_POLITE_RETRIES_TASK_H_

#include <cstdint>
#include <string>

#include "runtime/go.h"
#include "runtime/sync/mutex.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::polite_retries {

struct TransferWorkload {
  int transfers = 5'000;  // of each mover, one unit at a time

  std::int64_t Operations() const { return 2 * std::int64_t{transfers}; }
};

struct Moved {
  std::int64_t done[2] = {0, 0};     // by mover
  std::int64_t balance[2] = {0, 0};  // by account

  bool operator==(const Moved&) const = default;
  std::string DifferenceFrom(const Moved& want) const {
    return "the movers made " + std::to_string(done[0]) + " and " + std::to_string(done[1]) +
           " transfers of " + std::to_string(want.done[0]) + " each; balances " +
           std::to_string(balance[0]) + " and " + std::to_string(balance[1]);
  }
};

// What the one takes the other brings back.
inline Moved MoveSequentially(const TransferWorkload& w) {
  return {.done = {w.transfers, w.transfers}};
}

struct Account {
  Mutex mutex;
  std::int64_t balance = 0;  // guarded by mutex
};

// Mover 0 carries from account 0 to 1, mover 1 back. Both(from, to, mover) locks the two, or gives
// up; between the locks it must look something up, and others run.
template <bool (*Both)(Account* from, Account* to, int mover)>
Moved Move(const TransferWorkload& w) {
  Account accounts[2];
  Moved moved;
  WaitGroup wg;
  for (int mover : {0, 1}) {
    wg.Go([&, mover] {
      Account& from = accounts[mover];
      Account& to = accounts[1 - mover];
      for (int i = 0; i < w.transfers; ++i) {
        if (!Both(&from, &to, mover)) continue;
        --from.balance;
        ++to.balance;
        ++moved.done[mover];
        to.mutex.Unlock();
        from.mutex.Unlock();
        Gosched();  // on to the next customer
      }
    });
  }
  wg.Wait();
  for (int account : {0, 1}) moved.balance[account] = accounts[account].balance;
  return moved;
}

inline void LookSomethingUp() { Gosched(); }

}  // namespace unpark::patterns::polite_retries

#endif  // UNPARK_PATTERNS_EX113_POLITE_RETRIES_TASK_H_
