// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// RecordFile: a file in memory that real `read` calls read, and that is gone with its owner.

#ifndef UNPARK_PATTERNS_EX09_UNBUFFERED_READS_RECORD_FILE_H_
#define UNPARK_PATTERNS_EX09_UNBUFFERED_READS_RECORD_FILE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace unpark::patterns::unbuffered_reads {

class RecordFile {
 public:
  // Panics when the system refuses the file.
  explicit RecordFile(const std::vector<std::uint64_t>& records);
  RecordFile(const RecordFile&) = delete;
  RecordFile& operator=(const RecordFile&) = delete;
  ~RecordFile();

  // To the first record again.
  void Rewind();

  // One `read` system call inside Blocking, so that the P is free for others meanwhile. Returns the
  // bytes read, 0 at the end; panics on an error. REQUIRES: called from a goroutine.
  std::size_t Read(void* into, std::size_t bytes);

 private:
  int fd_;
};

}  // namespace unpark::patterns::unbuffered_reads

#endif  // UNPARK_PATTERNS_EX09_UNBUFFERED_READS_RECORD_FILE_H_
