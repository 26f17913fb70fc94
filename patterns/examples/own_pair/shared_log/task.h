// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of the example: several workers write the lines of one log.

#ifndef OWN_PAIR_SHARED_LOG_TASK_H_
#define OWN_PAIR_SHARED_LOG_TASK_H_

#include <cstdint>
#include <set>
#include <string>

namespace shared_log {

struct LogWorkload {
  int workers = 4;
  int lines = 2'000;  // of each worker

  std::int64_t Operations() const { return std::int64_t{workers} * lines; }
  std::string Line(int worker, int i) const {
    return "worker " + std::to_string(worker) + ", line " + std::to_string(i);
  }
};

// The order of the workers is open, so the lines are compared as a set.
using Lines = std::multiset<std::string>;

inline Lines WriteSequentially(const LogWorkload& w) {
  Lines lines;
  for (int worker = w.workers - 1; worker >= 0; --worker) {
    for (int i = 0; i < w.lines; ++i) lines.insert(w.Line(worker, i));
  }
  return lines;
}

}  // namespace shared_log

#endif  // OWN_PAIR_SHARED_LOG_TASK_H_
