// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of scenario 103, wrong on purpose: who finds no table loads it, without asking who else
// does.

#ifndef UNPARK_PATTERNS_EX103_LOCK_PER_ACCESS_UNGUARDED_H_
#define UNPARK_PATTERNS_EX103_LOCK_PER_ACCESS_UNGUARDED_H_

#include <atomic>
#include <cstddef>

#include "patterns/ex103_lock_per_access/task.h"

namespace unpark::patterns::lock_per_access {

// The pointer is an atomic, so that this is a race of events and no data race.
class UnguardedTable {
 public:
  explicit UnguardedTable(IconFile* file) : file_(file) {}

  std::uint64_t Get(std::size_t icon) {
    const Icons* icons = icons_.load(std::memory_order_acquire);
    if (icons == nullptr) {
      icons = file_->Load();  // BUG: so do all that come before it is there
      icons_.store(icons, std::memory_order_release);
    }
    return (*icons)[icon];
  }

 private:
  IconFile* const file_;
  std::atomic<const Icons*> icons_ = nullptr;
};

}  // namespace unpark::patterns::lock_per_access

#endif  // UNPARK_PATTERNS_EX103_LOCK_PER_ACCESS_UNGUARDED_H_
