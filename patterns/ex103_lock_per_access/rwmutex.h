// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of scenario 103: lookups take a read lock; who finds no table takes the write lock and
// looks again.

#ifndef UNPARK_PATTERNS_EX103_LOCK_PER_ACCESS_RWMUTEX_H_
#define UNPARK_PATTERNS_EX103_LOCK_PER_ACCESS_RWMUTEX_H_

#include <cstddef>
#include <mutex>
#include <shared_mutex>

#include "patterns/ex103_lock_per_access/task.h"
#include "runtime/sync/rwmutex.h"

namespace unpark::patterns::lock_per_access {

class ReadLockedTable {
 public:
  explicit ReadLockedTable(IconFile* file) : file_(file) {}

  std::uint64_t Get(std::size_t icon) {
    {
      std::shared_lock read(lock_);
      if (icons_ != nullptr) return (*icons_)[icon];
    }
    std::lock_guard write(lock_);
    if (icons_ == nullptr) icons_ = file_->Load();  // another may have been here first
    return (*icons_)[icon];
  }

 private:
  IconFile* const file_;
  RWMutex lock_;
  const Icons* icons_ = nullptr;  // guarded by lock_
};

}  // namespace unpark::patterns::lock_per_access

#endif  // UNPARK_PATTERNS_EX103_LOCK_PER_ACCESS_RWMUTEX_H_
