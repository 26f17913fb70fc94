// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of exercise 9: a system call for each record.

#ifndef UNPARK_PATTERNS_EX09_UNBUFFERED_READS_BEFORE_H_
#define UNPARK_PATTERNS_EX09_UNBUFFERED_READS_BEFORE_H_

#include "patterns/ex09_unbuffered_reads/task.h"

namespace unpark::patterns::unbuffered_reads {

inline Records ReadOneByOne(const ReadWorkload& w) {
  Records records;
  records.reserve(w.records);
  w.file->Rewind();
  std::uint64_t record;
  while (w.file->Read(&record, sizeof record) == sizeof record) records.push_back(record);
  return records;
}

}  // namespace unpark::patterns::unbuffered_reads

#endif  // UNPARK_PATTERNS_EX09_UNBUFFERED_READS_BEFORE_H_
