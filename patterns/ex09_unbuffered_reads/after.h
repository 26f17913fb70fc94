// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of exercise 9: a reader with a buffer of 64 KiB between the file and the loop.

#ifndef UNPARK_PATTERNS_EX09_UNBUFFERED_READS_AFTER_H_
#define UNPARK_PATTERNS_EX09_UNBUFFERED_READS_AFTER_H_

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "patterns/ex09_unbuffered_reads/record_file.h"
#include "patterns/ex09_unbuffered_reads/task.h"

namespace unpark::patterns::unbuffered_reads {

class BufferedReader {
 public:
  explicit BufferedReader(RecordFile* file) : file_(*file), buffer_(64 << 10) {}

  // Fills all of `into`; false: the file ended first.
  bool ReadFull(void* into, std::size_t bytes) {
    char* out = static_cast<char*>(into);
    while (bytes > 0) {
      if (next_ == end_ && !Refill()) return false;
      const std::size_t count = std::min(bytes, end_ - next_);
      std::memcpy(out, buffer_.data() + next_, count);
      next_ += count;
      out += count;
      bytes -= count;
    }
    return true;
  }

 private:
  bool Refill() {
    next_ = 0;
    end_ = file_.Read(buffer_.data(), buffer_.size());
    return end_ > 0;
  }

  RecordFile& file_;
  std::vector<char> buffer_;
  std::size_t next_ = 0, end_ = 0;  // what of the buffer is not handed out yet
};

class ReadThroughBuffer {
 public:
  explicit ReadThroughBuffer(const ReadWorkload& w) : file_(w.Written()), expected_(w.records) {}

  Records Run() {
    Records records;
    records.reserve(expected_);
    file_.Rewind();
    BufferedReader reader(&file_);
    std::uint64_t record;
    while (reader.ReadFull(&record, sizeof record)) records.push_back(record);
    return records;
  }

 private:
  RecordFile file_;
  std::size_t expected_;
};

}  // namespace unpark::patterns::unbuffered_reads

#endif  // UNPARK_PATTERNS_EX09_UNBUFFERED_READS_AFTER_H_
