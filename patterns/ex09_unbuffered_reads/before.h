// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of exercise 9: a system call for each record.

#ifndef UNPARK_PATTERNS_EX09_UNBUFFERED_READS_BEFORE_H_
#define UNPARK_PATTERNS_EX09_UNBUFFERED_READS_BEFORE_H_

#include <cstddef>

#include "patterns/ex09_unbuffered_reads/record_file.h"
#include "patterns/ex09_unbuffered_reads/task.h"

namespace unpark::patterns::unbuffered_reads {

class ReadOneByOne {
 public:
  explicit ReadOneByOne(const ReadWorkload& w) : file_(w.Written()), expected_(w.records) {}

  Records Run() {
    Records records;
    records.reserve(expected_);
    file_.Rewind();
    std::uint64_t record;
    while (file_.Read(&record, sizeof record) == sizeof record) records.push_back(record);
    return records;
  }

 private:
  RecordFile file_;
  std::size_t expected_;
};

}  // namespace unpark::patterns::unbuffered_reads

#endif  // UNPARK_PATTERNS_EX09_UNBUFFERED_READS_BEFORE_H_
