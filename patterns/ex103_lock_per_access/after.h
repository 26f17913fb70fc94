// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of scenario 103: a Once loads the table; a lookup then is one load of its flag.

#ifndef UNPARK_PATTERNS_EX103_LOCK_PER_ACCESS_AFTER_H_
#define UNPARK_PATTERNS_EX103_LOCK_PER_ACCESS_AFTER_H_

#include <cstddef>

#include "patterns/ex103_lock_per_access/task.h"
#include "runtime/sync/once.h"

namespace unpark::patterns::lock_per_access {

class OnceTable {
 public:
  explicit OnceTable(IconFile* file) : file_(file) {}

  std::uint64_t Get(std::size_t icon) {
    once_.Do([this] { icons_ = file_->Load(); });
    return (*icons_)[icon];
  }

 private:
  IconFile* const file_;
  Once once_;
  const Icons* icons_ = nullptr;  // written inside once_, never after
};

}  // namespace unpark::patterns::lock_per_access

#endif  // UNPARK_PATTERNS_EX103_LOCK_PER_ACCESS_AFTER_H_
