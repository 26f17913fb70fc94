// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of exercise 6: a mutex around the map.

#ifndef UNPARK_PATTERNS_EX06_CHANNEL_AS_LOCK_AFTER_H_
#define UNPARK_PATTERNS_EX06_CHANNEL_AS_LOCK_AFTER_H_

#include <mutex>

#include "patterns/ex06_channel_as_lock/task.h"
#include "runtime/go.h"
#include "runtime/sync/mutex.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::channel_as_lock {

class LockedSettings {
 public:
  void Set(std::string_view key, int value) {
    std::lock_guard lock(mu_);
    settings_[key] = value;
  }

  // REQUIRES: no writer is left.
  Settings Close() { return std::move(settings_); }

 private:
  Mutex mu_;
  Settings settings_;
};

inline Settings SetByMutex(const WriteWorkload& w) {
  LockedSettings settings;
  WaitGroup wg;
  wg.Add(w.writers);
  for (int writer = 0; writer < w.writers; ++writer) {
    go([&, writer] {
      for (int i = 0; i < w.WritesOfEach(); ++i) {
        w.Think(i);
        settings.Set(w.Key(writer, i), w.Value(writer, i));
      }
      wg.Done();
    });
  }
  wg.Wait();
  return settings.Close();
}

}  // namespace unpark::patterns::channel_as_lock

#endif  // UNPARK_PATTERNS_EX06_CHANNEL_AS_LOCK_AFTER_H_
