// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of exercise 7: readers, and perhaps a writer, use one cache.

#ifndef UNPARK_PATTERNS_EX07_SINGLE_LOCK_CACHE_TASK_H_
#define UNPARK_PATTERNS_EX07_SINGLE_LOCK_CACHE_TASK_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::single_lock_cache {

struct CacheWorkload {
  int readers = 32;
  int reads = 64'000;        // of all readers together
  int writes = 0;            // of one writer beside them
  bool slow_writes = false;  // the writer gives way while it makes a value
  int keys = 1'024;
  int hot = 0;                          // so many keys get three reads in four; 0: all keys alike
  std::vector<std::string> names = {};  // of the keys

  void Prepare() {
    for (int key = 0; key < keys; ++key) names.push_back("session:" + std::to_string(key * 7919));
  }
  std::int64_t Operations() const { return ReadsOfEach() * readers + writes; }
  std::int64_t ReadsOfEach() const { return reads / readers; }

  // The number of the key that a reader reads at its i-th read, or the writer writes.
  int KeyOf(int goroutine, int i) const {
    const int key = (goroutine * 131 + i * 17) % keys;
    return hot > 0 && i % 4 != 0 ? key % hot : key;
  }
  // The writer's i-th value: tells its key, whichever write of that key a reader finds.
  std::uint64_t Value(int key, int write) const { return std::uint64_t(write) * keys + key; }
};

struct CacheResult {
  std::int64_t hits = 0;
  std::int64_t key_sum = 0;     // of the keys that the values read belong to
  std::uint64_t final_sum = 0;  // of all values in the end

  bool operator==(const CacheResult&) const = default;
  std::string DifferenceFrom(const CacheResult& want) const {
    return "got " + Text() + ", want " + want.Text();
  }
  std::string Text() const {
    return std::to_string(hits) + " hits with key sum " + std::to_string(key_sum) +
           ", values sum " + std::to_string(final_sum);
  }
};

inline CacheResult ReadSequentially(const CacheWorkload& w) {
  CacheResult result;
  for (int reader = 0; reader < w.readers; ++reader) {
    for (int i = 0; i < w.ReadsOfEach(); ++i) {
      ++result.hits;
      result.key_sum += w.KeyOf(reader, i);
    }
  }
  std::vector<std::uint64_t> values;
  for (int key = 0; key < w.keys; ++key) values.push_back(w.Value(key, 0));
  for (int i = 0; i < w.writes; ++i) {
    values[w.KeyOf(w.readers, i)] = w.Value(w.KeyOf(w.readers, i), i + 1);
  }
  for (std::uint64_t value : values) result.final_sum += value;
  return result;
}

// Runs the workload on a Cache with `std::optional<std::uint64_t> Get(std::string_view)` and
// `void Update(std::string_view, make)`, which sets the value that make() returns.
template <typename Cache>
class CacheUse {
 public:
  explicit CacheUse(const CacheWorkload& w) : w_(w) {
    for (int key = 0; key < w.keys; ++key) {
      cache_.Update(w.names[key], [&] { return w.Value(key, 0); });
    }
  }

  CacheResult Run() {
    std::vector<CacheResult> results(w_.readers);
    WaitGroup wg;
    wg.Add(w_.readers);
    for (int reader = 0; reader < w_.readers; ++reader) {
      go([&, reader] {
        results[reader] = Read(reader);
        wg.Done();
      });
    }
    if (w_.writes > 0) wg.Go([&] { Write(); });
    wg.Wait();
    return Sum(results);
  }

 private:
  CacheResult Read(int reader) {
    CacheResult result;
    for (int i = 0; i < w_.ReadsOfEach(); ++i) {
      const std::optional<std::uint64_t> value = cache_.Get(w_.names[w_.KeyOf(reader, i)]);
      if (!value) continue;
      ++result.hits;
      result.key_sum += *value % w_.keys;
    }
    return result;
  }

  void Write() {
    for (int i = 0; i < w_.writes; ++i) {
      const int key = w_.KeyOf(w_.readers, i);
      cache_.Update(w_.names[key], [&] {
        if (w_.slow_writes) Gosched();
        return w_.Value(key, i + 1);
      });
    }
  }

  CacheResult Sum(const std::vector<CacheResult>& results) {
    CacheResult sum;
    for (const CacheResult& result : results) {
      sum.hits += result.hits;
      sum.key_sum += result.key_sum;
    }
    for (const std::string& name : w_.names) sum.final_sum += cache_.Get(name).value_or(0);
    return sum;
  }

  const CacheWorkload& w_;
  Cache cache_;
};

}  // namespace unpark::patterns::single_lock_cache

#endif  // UNPARK_PATTERNS_EX07_SINGLE_LOCK_CACHE_TASK_H_
