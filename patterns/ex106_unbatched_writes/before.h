// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of scenario 106: the writer goroutine makes a system call for each record.

#ifndef UNPARK_PATTERNS_EX106_UNBATCHED_WRITES_BEFORE_H_
#define UNPARK_PATTERNS_EX106_UNBATCHED_WRITES_BEFORE_H_

#include <cstdint>

#include "patterns/ex106_unbatched_writes/log_file.h"
#include "patterns/ex106_unbatched_writes/task.h"

namespace unpark::patterns::unbatched_writes {

inline Logged WriteEach(const LogWorkload& w) {
  LogFile file;
  Chan<std::uint64_t> queue(w.queued);
  WaitGroup writer;
  writer.Go([&] {
    for (std::uint64_t record : queue) file.Write(&record, 1);
  });
  ProduceAll(w, queue);
  writer.Wait();
  return file.Read();
}

}  // namespace unpark::patterns::unbatched_writes

#endif  // UNPARK_PATTERNS_EX106_UNBATCHED_WRITES_BEFORE_H_
