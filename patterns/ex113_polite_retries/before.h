// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of scenario 113: each takes its own account first, and lets go politely when the other
// one is taken.

#ifndef UNPARK_PATTERNS_EX113_POLITE_RETRIES_BEFORE_H_
#define UNPARK_PATTERNS_EX113_POLITE_RETRIES_BEFORE_H_

#include <cstdint>

#include "patterns/ex113_polite_retries/task.h"
#include "patterns/work.h"

namespace unpark::patterns::polite_retries {

// How long a mover waits before it tries again, in yields.
using BackOff = int (*)(int mover, int attempt);

// No two movers wait alike for long.
inline int WaitByDice(int mover, int attempt) {
  return static_cast<int>(Work(static_cast<std::uint64_t>(2 * attempt + mover), 4) % 4);
}

// Locks both, by trying: true unless it failed `most` times.
template <BackOff kBackOff, int kMost>
bool TryBoth(Account* from, Account* to, int mover) {
  for (int attempt = 0; attempt < kMost; ++attempt) {
    from->mutex.Lock();
    LookSomethingUp();
    const bool both = to->mutex.TryLock();
    if (both) return true;
    LookSomethingUp();  // whom to let go first
    from->mutex.Unlock();
    for (int i = 0; i < kBackOff(mover, attempt); ++i) Gosched();
  }
  return false;
}

inline Moved MoveByRetries(const TransferWorkload& w) {
  return Move<TryBoth<WaitByDice, 1'000'000>>(w);
}

}  // namespace unpark::patterns::polite_retries

#endif  // UNPARK_PATTERNS_EX113_POLITE_RETRIES_BEFORE_H_
