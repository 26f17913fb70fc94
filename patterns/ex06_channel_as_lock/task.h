// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of exercise 6: several writers set entries of one small map.

#ifndef UNPARK_PATTERNS_EX06_CHANNEL_AS_LOCK_TASK_H_
#define UNPARK_PATTERNS_EX06_CHANNEL_AS_LOCK_TASK_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "patterns/work.h"

namespace unpark::patterns::channel_as_lock {

struct WriteWorkload {
  int writers = 1;
  int writes = 8'000;                   // of all writers together
  int keys = 256;                       // writer n sets the keys whose number modulo `writers` is n
  int work_rounds = 0;                  // before each write
  std::vector<std::string> names = {};  // of the keys

  void Prepare() {
    for (int key = 0; key < keys; ++key) names.push_back("setting." + std::to_string(key));
  }
  std::int64_t Operations() const { return WritesOfEach() * writers; }
  std::int64_t WritesOfEach() const { return writes / writers; }

  // What leads to a write.
  void Think(int i) const {
    if (work_rounds > 0) Work(i, work_rounds);
  }
  // The key and the value of a writer's i-th write.
  std::string_view Key(int writer, int i) const { return names[(i * writers + writer) % keys]; }
  int Value(int writer, int i) const { return i * 31 + writer; }
};

using Settings = std::unordered_map<std::string_view, int>;

// REQUIRES: keys is a multiple of writers, so that no two writers set the same key.
inline Settings SetSequentially(const WriteWorkload& w) {
  Settings settings;
  for (int writer = w.writers - 1; writer >= 0; --writer) {
    for (int i = 0; i < w.WritesOfEach(); ++i) settings[w.Key(writer, i)] = w.Value(writer, i);
  }
  return settings;
}

}  // namespace unpark::patterns::channel_as_lock

#endif  // UNPARK_PATTERNS_EX06_CHANNEL_AS_LOCK_TASK_H_
