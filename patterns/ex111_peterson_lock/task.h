// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of scenario 111: two goroutines add to one counter that is not atomic.

#ifndef UNPARK_PATTERNS_EX111_PETERSON_LOCK_TASK_H_
#define UNPARK_PATTERNS_EX111_PETERSON_LOCK_TASK_H_

#include <cstdint>

#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::peterson_lock {

struct CounterWorkload {
  int additions = 20'000;  // of each goroutine
  int yield_every = 64;    // each so many-th addition lets others run while it holds the lock

  std::int64_t Operations() const { return 2 * std::int64_t{additions}; }
};

inline std::int64_t CountSequentially(const CounterWorkload& w) {
  std::int64_t count = 0;
  for (std::int64_t i = 0; i < w.Operations(); ++i) ++count;
  return count;
}

// Lock has Lock(id) and Unlock(id); id is 0 or 1.
template <typename Lock>
std::int64_t CountUnder(const CounterWorkload& w) {
  Lock lock;
  std::int64_t count = 0;  // guarded by lock
  WaitGroup wg;
  for (int id : {0, 1}) {
    wg.Go([&, id] {
      for (int i = 0; i < w.additions; ++i) {
        lock.Lock(id);
        const std::int64_t seen = count;
        if (i % w.yield_every == 0) Gosched();
        count = seen + 1;
        lock.Unlock(id);
      }
    });
  }
  wg.Wait();
  return count;
}

}  // namespace unpark::patterns::peterson_lock

#endif  // UNPARK_PATTERNS_EX111_PETERSON_LOCK_TASK_H_
