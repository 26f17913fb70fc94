// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Wrong variant of exercise 6: a mutex in place of an owner that applied whole batches.

#ifndef UNPARK_PATTERNS_EX06_CHANNEL_AS_LOCK_SNAPSHOT_H_
#define UNPARK_PATTERNS_EX06_CHANNEL_AS_LOCK_SNAPSHOT_H_

#include <algorithm>
#include <mutex>
#include <utility>

#include "patterns/ex06_channel_as_lock/task.h"
#include "runtime/go.h"
#include "runtime/sync/mutex.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::channel_as_lock {

// A writer takes a copy, puts its batch into it, and puts the copy back; the mutex guards each of
// the two steps, so that nobody waits while a batch is made. An owner goroutine would have done the
// batch as one message.
inline Settings SetBySnapshots(const WriteWorkload& w) {
  constexpr int kBatch = 16;
  Mutex mu;
  Settings settings;  // guarded by mu
  WaitGroup wg;
  wg.Add(w.writers);
  for (int writer = 0; writer < w.writers; ++writer) {
    go([&, writer] {
      const int writes = static_cast<int>(w.WritesOfEach());
      for (int first = 0; first < writes; first += kBatch) {
        std::unique_lock lock(mu);
        Settings copy = settings;
        lock.unlock();
        for (int i = first; i < std::min(first + kBatch, writes); ++i) {
          w.Think(i);
          copy[w.Key(writer, i)] = w.Value(writer, i);
        }
        Gosched();  // what makes a batch takes its time
        lock.lock();
        settings = std::move(copy);  // BUG: undoes the batches of others since the copy
      }
      wg.Done();
    });
  }
  wg.Wait();
  return settings;
}

}  // namespace unpark::patterns::channel_as_lock

#endif  // UNPARK_PATTERNS_EX06_CHANNEL_AS_LOCK_SNAPSHOT_H_
