// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of exercise 7: 32 shards, each with its own RWMutex and map; a key's hash picks the shard.

#ifndef UNPARK_PATTERNS_EX07_SINGLE_LOCK_CACHE_AFTER_H_
#define UNPARK_PATTERNS_EX07_SINGLE_LOCK_CACHE_AFTER_H_

#include <array>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include "patterns/ex07_single_lock_cache/task.h"
#include "runtime/sync/rwmutex.h"

namespace unpark::patterns::single_lock_cache {

class ShardedCache {
 public:
  std::optional<std::uint64_t> Get(std::string_view key) {
    Shard& shard = ShardOf(key);
    std::shared_lock lock(shard.mu);
    const auto found = shard.values.find(key);
    if (found == shard.values.end()) return std::nullopt;
    return found->second;
  }
  // Readers of the same shard wait while value() makes the value.
  template <typename Value>
  void Update(std::string_view key, const Value& value) {
    Shard& shard = ShardOf(key);
    std::unique_lock lock(shard.mu);
    shard.values[key] = value();
  }

 private:
  // Aligned: a lock that shared its cache line with a neighbour's would still bounce with it.
  struct alignas(64) Shard {
    RWMutex mu;
    std::unordered_map<std::string_view, std::uint64_t> values;  // guarded by mu
  };

  Shard& ShardOf(std::string_view key) {
    std::uint32_t hash = 2166136261u;  // FNV-1a
    for (unsigned char byte : key) hash = (hash ^ byte) * 16777619u;
    return shards_[hash % shards_.size()];
  }

  std::array<Shard, 32> shards_;
};

}  // namespace unpark::patterns::single_lock_cache

#endif  // UNPARK_PATTERNS_EX07_SINGLE_LOCK_CACHE_AFTER_H_
