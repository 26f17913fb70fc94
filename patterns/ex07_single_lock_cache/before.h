// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of exercise 7: one RWMutex around one map.

#ifndef UNPARK_PATTERNS_EX07_SINGLE_LOCK_CACHE_BEFORE_H_
#define UNPARK_PATTERNS_EX07_SINGLE_LOCK_CACHE_BEFORE_H_

#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include "patterns/ex07_single_lock_cache/task.h"
#include "runtime/sync/rwmutex.h"

namespace unpark::patterns::single_lock_cache {

class SingleLockCache {
 public:
  std::optional<std::uint64_t> Get(std::string_view key) {
    std::shared_lock lock(mu_);
    const auto found = values_.find(key);
    if (found == values_.end()) return std::nullopt;
    return found->second;
  }
  // Readers wait while value() makes the value.
  template <typename Value>
  void Update(std::string_view key, const Value& value) {
    std::unique_lock lock(mu_);
    values_[key] = value();
  }

 private:
  RWMutex mu_;
  std::unordered_map<std::string_view, std::uint64_t> values_;  // guarded by mu_
};

}  // namespace unpark::patterns::single_lock_cache

#endif  // UNPARK_PATTERNS_EX07_SINGLE_LOCK_CACHE_BEFORE_H_
