// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of scenario 103: every lookup takes the lock under which the table is loaded.

#ifndef UNPARK_PATTERNS_EX103_LOCK_PER_ACCESS_BEFORE_H_
#define UNPARK_PATTERNS_EX103_LOCK_PER_ACCESS_BEFORE_H_

#include <cstddef>
#include <mutex>

#include "patterns/ex103_lock_per_access/task.h"
#include "runtime/sync/mutex.h"

namespace unpark::patterns::lock_per_access {

class LockedTable {
 public:
  explicit LockedTable(IconFile* file) : file_(file) {}

  std::uint64_t Get(std::size_t icon) {
    std::lock_guard guard(mutex_);
    if (icons_ == nullptr) icons_ = file_->Load();
    return (*icons_)[icon];
  }

 private:
  IconFile* const file_;
  Mutex mutex_;
  const Icons* icons_ = nullptr;  // guarded by mutex_
};

}  // namespace unpark::patterns::lock_per_access

#endif  // UNPARK_PATTERNS_EX103_LOCK_PER_ACCESS_BEFORE_H_
