// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of scenario 113: everybody locks the accounts in one order.

#ifndef UNPARK_PATTERNS_EX113_POLITE_RETRIES_AFTER_H_
#define UNPARK_PATTERNS_EX113_POLITE_RETRIES_AFTER_H_

#include <functional>
#include <utility>

#include "patterns/ex113_polite_retries/task.h"

namespace unpark::patterns::polite_retries {

// By address: any order will do that is the same for all.
inline bool LockInOrder(Account* from, Account* to, int /*mover*/) {
  Account *first = from, *second = to;
  if (std::less<>()(second, first)) std::swap(first, second);
  first->mutex.Lock();
  LookSomethingUp();
  second->mutex.Lock();
  return true;
}

inline Moved MoveInOrder(const TransferWorkload& w) { return Move<LockInOrder>(w); }

}  // namespace unpark::patterns::polite_retries

#endif  // UNPARK_PATTERNS_EX113_POLITE_RETRIES_AFTER_H_
