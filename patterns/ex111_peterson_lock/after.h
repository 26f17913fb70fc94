// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of scenario 111: a Mutex.

#ifndef UNPARK_PATTERNS_EX111_PETERSON_LOCK_AFTER_H_
#define UNPARK_PATTERNS_EX111_PETERSON_LOCK_AFTER_H_

#include "patterns/ex111_peterson_lock/task.h"
#include "runtime/sync/mutex.h"

namespace unpark::patterns::peterson_lock {

class PlainLock {
 public:
  void Lock(int /*id*/) { mutex_.Lock(); }
  void Unlock(int /*id*/) { mutex_.Unlock(); }

 private:
  Mutex mutex_;
};

}  // namespace unpark::patterns::peterson_lock

#endif  // UNPARK_PATTERNS_EX111_PETERSON_LOCK_AFTER_H_
