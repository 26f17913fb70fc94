// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of exercise 7: a small cache for each P above the shards, for keys that everybody reads.

#ifndef UNPARK_PATTERNS_EX07_SINGLE_LOCK_CACHE_READ_CACHE_H_
#define UNPARK_PATTERNS_EX07_SINGLE_LOCK_CACHE_READ_CACHE_H_

#include <array>
#include <atomic>
#include <functional>
#include <memory>

#include "patterns/ex07_single_lock_cache/after.h"
#include "runtime/sync/pool.h"

namespace unpark::patterns::single_lock_cache {

// Shards do not help with a hot key: its readers all write the one lock of its shard. Here a read
// of such a key writes nothing that another P reads. A Pool keeps the tables by P.
//
// An entry holds the value for as long as its slot's version stands still. Update changes the
// value first and the version then; Get reads the version first and the value then. So an entry is
// never older than its version says, and every Get that starts after an Update has returned sees
// it.
class HotReadCache {
 public:
  std::optional<std::uint64_t> Get(std::string_view key) {
    const std::size_t slot = SlotOf(key);
    // acquire: pairs with Update's release; the value read below is no older than this version.
    const std::uint64_t version = versions_[slot].value.load(std::memory_order_acquire);
    std::unique_ptr<Table> table = tables_.Get();
    Entry& entry = (*table)[slot];
    if (entry.key != key || entry.version != version) {
      entry = {key, version, shards_.Get(key)};
    }
    const std::optional<std::uint64_t> value = entry.value;
    tables_.Put(std::move(table));
    return value;
  }
  template <typename Value>
  void Update(std::string_view key, const Value& value) {
    shards_.Update(key, value);
    versions_[SlotOf(key)].value.fetch_add(1, std::memory_order_release);
  }

 private:
  static constexpr std::size_t kSlots = 64;

  struct Entry {
    std::string_view key = {};
    std::uint64_t version = 0;
    std::optional<std::uint64_t> value = {};
  };
  using Table = std::array<Entry, kSlots>;
  struct alignas(64) Version {
    std::atomic<std::uint64_t> value = 0;
  };

  static std::size_t SlotOf(std::string_view key) {
    return std::hash<std::string_view>()(key) % kSlots;
  }

  ShardedCache shards_;
  std::array<Version, kSlots> versions_;
  Pool<Table> tables_{[] { return std::make_unique<Table>(); }};
};

}  // namespace unpark::patterns::single_lock_cache

#endif  // UNPARK_PATTERNS_EX07_SINGLE_LOCK_CACHE_READ_CACHE_H_
