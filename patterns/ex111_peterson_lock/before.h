// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of scenario 111: Peterson's lock for two, which waits by yielding.

#ifndef UNPARK_PATTERNS_EX111_PETERSON_LOCK_BEFORE_H_
#define UNPARK_PATTERNS_EX111_PETERSON_LOCK_BEFORE_H_

#include <atomic>

#include "patterns/ex111_peterson_lock/task.h"
#include "runtime/go.h"

namespace unpark::patterns::peterson_lock {

// A party says that it is interested, lets the other go first, and waits while both holds: the
// other is interested, and nobody has let it go first since.
//
// Each store must be seen by the other party before the loads that follow it look: hence seq_cst.
// With release and acquire a store may still lie in the store buffer of its core when the loads
// have been done; both parties then find the other one not interested (see how_often.cc).
class PetersonLock {
 public:
  void Lock(int id) {
    interested_[id].store(true, std::memory_order_seq_cst);
    victim_.store(id, std::memory_order_seq_cst);
    while (interested_[1 - id].load(std::memory_order_seq_cst) &&
           victim_.load(std::memory_order_seq_cst) == id) {
      Gosched();  // without it, on one P, the other would never leave
    }
  }
  // Release pairs with the load of interested_ above: who enters sees what was done inside.
  void Unlock(int id) { interested_[id].store(false, std::memory_order_release); }

 private:
  std::atomic<bool> interested_[2] = {false, false};
  std::atomic<int> victim_ = 0;
};

}  // namespace unpark::patterns::peterson_lock

#endif  // UNPARK_PATTERNS_EX111_PETERSON_LOCK_BEFORE_H_
