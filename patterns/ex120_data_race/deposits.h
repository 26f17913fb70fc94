// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Deposit: two goroutines add to one balance, with a mutex and without.

#ifndef UNPARK_PATTERNS_EX120_DATA_RACE_DEPOSITS_H_
#define UNPARK_PATTERNS_EX120_DATA_RACE_DEPOSITS_H_

#include <atomic>

#include "runtime/go.h"
#include "runtime/sync/mutex.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::data_race {

// In place of the mutex, where somebody has forgotten it.
struct NoLock {
  void Lock() {}
  void Unlock() {}
};

// The balance after both. With NoLock this is undefined behaviour, for a race detector to find: run
// it under ThreadSanitizer alone.
// REQUIRES: the runtime has two procs or more.
template <typename Lock>
int DepositTwice() {
  int balance = 0;
  Lock lock;
  std::atomic<int> here = 0;
  WaitGroup wg;
  for (int amount : {100, 1}) {
    wg.Go([&, amount] {
      // Both on a P of their own: what one thread does after the other is no race. Relaxed, so that
      // nothing but the lock orders the two.
      here.fetch_add(1, std::memory_order_relaxed);
      while (here.load(std::memory_order_relaxed) < 2) continue;
      lock.Lock();
      balance = balance + amount;
      lock.Unlock();
    });
  }
  wg.Wait();
  return balance;
}

}  // namespace unpark::patterns::data_race

#endif  // UNPARK_PATTERNS_EX120_DATA_RACE_DEPOSITS_H_
