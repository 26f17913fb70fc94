// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// LogFile: a file in memory that real `write` calls fill.

#ifndef UNPARK_PATTERNS_EX106_UNBATCHED_WRITES_LOG_FILE_H_
#define UNPARK_PATTERNS_EX106_UNBATCHED_WRITES_LOG_FILE_H_

#include <cstddef>
#include <cstdint>

#include "patterns/ex106_unbatched_writes/task.h"

namespace unpark::patterns::unbatched_writes {

class LogFile {
 public:
  // Panics when the system refuses the file.
  LogFile();
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;
  ~LogFile();

  // One `write` system call inside Blocking, so that the P is free for others meanwhile; panics
  // when it fails. REQUIRES: called from a goroutine.
  void Write(const std::uint64_t* records, std::size_t count);

  Logged Read() const;

 private:
  int fd_;
};

}  // namespace unpark::patterns::unbatched_writes

#endif  // UNPARK_PATTERNS_EX106_UNBATCHED_WRITES_LOG_FILE_H_
