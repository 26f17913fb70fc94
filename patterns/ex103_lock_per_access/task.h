// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of scenario 103: look icons up in a table that is loaded when the first of them is needed.

#ifndef UNPARK_PATTERNS_EX103_LOCK_PER_ACCESS_TASK_H_
#define UNPARK_PATTERNS_EX103_LOCK_PER_ACCESS_TASK_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "patterns/work.h"
#include "runtime/sync/mutex.h"
#include "runtime/sync/waitgroup.h"
#include "runtime/time/time.h"

namespace unpark::patterns::lock_per_access {

struct IconWorkload {
  int readers = 8;
  int lookups = 20'000;  // of each reader

  std::int64_t Operations() const { return std::int64_t{readers} * lookups; }
};

using Icons = std::array<std::uint64_t, 64>;

inline Icons DrawIcons() {
  Icons icons;
  for (std::size_t i = 0; i < icons.size(); ++i) icons[i] = Work(i, 10);
  return icons;
}

// Where the icons come from: slow, as a disk is, and it counts how often it was asked.
class IconFile {
 public:
  // Valid as long as this file.
  const Icons* Load() {
    Sleep(std::chrono::microseconds(20));
    std::lock_guard guard(mutex_);
    loaded_.push_back(std::make_unique<const Icons>(DrawIcons()));
    return loaded_.back().get();
  }
  int loads() const { return static_cast<int>(loaded_.size()); }

 private:
  Mutex mutex_;
  std::vector<std::unique_ptr<const Icons>> loaded_;
};

struct Lookups {
  std::uint64_t sum = 0;
  int loads = 0;

  bool operator==(const Lookups&) const = default;
  std::string DifferenceFrom(const Lookups& want) const {
    return "got sum " + std::to_string(sum) + " after " + std::to_string(loads) +
           " loads of the table, want " + std::to_string(want.sum) + " after " +
           std::to_string(want.loads);
  }
};

inline Lookups LookUpSequentially(const IconWorkload& w) {
  const Icons icons = DrawIcons();
  Lookups lookups{.loads = 1};
  for (int reader = 0; reader < w.readers; ++reader) {
    for (int i = 0; i < w.lookups; ++i) lookups.sum += icons[(reader + i) % icons.size()];
  }
  return lookups;
}

// All readers at one table. Table(file) has Get(), which loads the icons when it must.
template <typename Table>
Lookups LookUp(const IconWorkload& w) {
  IconFile file;
  Table table(&file);
  std::vector<std::uint64_t> sums(w.readers);
  WaitGroup wg;
  for (int reader = 0; reader < w.readers; ++reader) {
    wg.Go([&, reader] {
      std::uint64_t sum = 0;
      for (int i = 0; i < w.lookups; ++i) sum += table.Get((reader + i) % Icons().size());
      sums[reader] = sum;
    });
  }
  wg.Wait();
  Lookups lookups{.loads = file.loads()};
  for (std::uint64_t sum : sums) lookups.sum += sum;
  return lookups;
}

}  // namespace unpark::patterns::lock_per_access

#endif  // UNPARK_PATTERNS_EX103_LOCK_PER_ACCESS_TASK_H_
