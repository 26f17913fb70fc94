// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of exercise 9: read a file of 8-byte records.

#ifndef UNPARK_PATTERNS_EX09_UNBUFFERED_READS_TASK_H_
#define UNPARK_PATTERNS_EX09_UNBUFFERED_READS_TASK_H_

#include <cstdint>
#include <vector>

#include "patterns/work.h"

namespace unpark::patterns::unbuffered_reads {

using Records = std::vector<std::uint64_t>;

struct ReadWorkload {
  int records = 10'000;

  std::int64_t Operations() const { return records; }

  // What stands in the file.
  Records Written() const {
    Records written;
    for (int i = 0; i < records; ++i) written.push_back(Work(i, 2));
    return written;
  }
};

inline Records RecordsAsWritten(const ReadWorkload& w) { return w.Written(); }

}  // namespace unpark::patterns::unbuffered_reads

#endif  // UNPARK_PATTERNS_EX09_UNBUFFERED_READS_TASK_H_
