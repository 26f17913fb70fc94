// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Map: a hash map for many goroutines at once, with the operations of Go's sync.Map.
//
//   Map<std::string, int> hits;
//   hits.Store("/", 1);
//   if (std::optional<int> n = hits.Load("/")) ...
//   auto [value, loaded] = hits.LoadOrStore("/", 7);   // 1, true
//
// Every operation on one key is atomic, and a write to a key happens before a read that returns it.
// Keys are spread over shards, each a table under its own RWMutex: readers do not wait for readers,
// and writers only for users of their shard. A plain map under one Mutex is faster for one
// goroutine.
//
// Rejected: Go's lock-free trie, which needs a collector (or hazard pointers) to free nodes that
// readers may still hold.
#ifndef UNPARK_RUNTIME_SYNC_MAP_H_
#define UNPARK_RUNTIME_SYNC_MAP_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runtime/sync/rwmutex.h"

namespace unpark {

// K and V are copied out under the lock; their copy constructors, hash and comparison must not use
// the same map.
template <typename K, typename V, typename Hash = std::hash<K>, typename Equal = std::equal_to<K>>
class Map {
 public:
  Map() = default;
  Map(const Map&) = delete;
  Map& operator=(const Map&) = delete;

  std::optional<V> Load(const K& key) const {
    const Shard& shard = ShardOf(key);
    std::shared_lock<RWMutex> lock(shard.mu);
    auto it = shard.table.find(key);
    if (it == shard.table.end()) return std::nullopt;
    return it->second;
  }

  void Store(const K& key, V value) {
    Shard& shard = ShardOf(key);
    std::lock_guard<RWMutex> lock(shard.mu);
    shard.table.insert_or_assign(key, std::move(value));
  }

  // The value that is there, and true; else stores `value` and returns it, and false.
  std::pair<V, bool> LoadOrStore(const K& key, V value) {
    if (std::optional<V> found = Load(key)) return {*std::move(found), true};
    Shard& shard = ShardOf(key);
    std::lock_guard<RWMutex> lock(shard.mu);
    auto [it, stored] = shard.table.try_emplace(key, std::move(value));
    return {it->second, !stored};
  }

  // Removes the key and returns its value; nullopt: it was not there.
  std::optional<V> LoadAndDelete(const K& key) {
    Shard& shard = ShardOf(key);
    std::lock_guard<RWMutex> lock(shard.mu);
    auto it = shard.table.find(key);
    if (it == shard.table.end()) return std::nullopt;
    std::optional<V> value(std::move(it->second));
    shard.table.erase(it);
    return value;
  }

  void Delete(const K& key) { LoadAndDelete(key); }

  // Stores and returns the value that was there before; nullopt: none.
  std::optional<V> Swap(const K& key, V value) {
    Shard& shard = ShardOf(key);
    std::lock_guard<RWMutex> lock(shard.mu);
    auto it = shard.table.find(key);
    if (it != shard.table.end()) return std::exchange(it->second, std::move(value));
    shard.table.emplace(key, std::move(value));
    return std::nullopt;
  }

  // Replaces the value if the key is there with `old_value`.
  bool CompareAndSwap(const K& key, const V& old_value, V new_value) {
    Shard& shard = ShardOf(key);
    std::lock_guard<RWMutex> lock(shard.mu);
    auto it = shard.table.find(key);
    if (it == shard.table.end() || !(it->second == old_value)) return false;
    it->second = std::move(new_value);
    return true;
  }

  // Removes the key if it is there with `old_value`.
  bool CompareAndDelete(const K& key, const V& old_value) {
    Shard& shard = ShardOf(key);
    std::lock_guard<RWMutex> lock(shard.mu);
    auto it = shard.table.find(key);
    if (it == shard.table.end() || !(it->second == old_value)) return false;
    shard.table.erase(it);
    return true;
  }

  // Calls f(key, value) for each entry until it returns false. No lock is held meanwhile, so f may
  // use the map. Not a snapshot of the whole: no key comes twice, and one that is there all the
  // time comes once.
  template <typename F>
  void Range(F f) const {
    std::vector<std::pair<K, V>> entries;
    for (const Shard& shard : shards_) {
      entries.clear();
      {
        std::shared_lock<RWMutex> lock(shard.mu);
        entries.assign(shard.table.begin(), shard.table.end());
      }
      for (const auto& [key, value] : entries) {
        if (!f(key, value)) return;
      }
    }
  }

  void Clear() {
    for (Shard& shard : shards_) {
      std::lock_guard<RWMutex> lock(shard.mu);
      shard.table.clear();
    }
  }

 private:
  static constexpr std::size_t kShards = 32;
  struct alignas(64) Shard {
    mutable RWMutex mu;
    std::unordered_map<K, V, Hash, Equal> table;  // guarded by mu
  };

  // Multiplied, since std::hash of an integer is the integer, and the table uses the low bits.
  static std::size_t Index(const K& key) {
    return (static_cast<std::uint64_t>(Hash()(key)) * 0x9E3779B97F4A7C15u) >> 59;
  }
  Shard& ShardOf(const K& key) { return shards_[Index(key)]; }
  const Shard& ShardOf(const K& key) const { return shards_[Index(key)]; }

  std::array<Shard, kShards> shards_;
};

}  // namespace unpark

#endif  // UNPARK_RUNTIME_SYNC_MAP_H_
