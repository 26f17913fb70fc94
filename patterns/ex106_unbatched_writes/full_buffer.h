// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variants of scenario 106: the writer goroutine writes whenever 4 KiB have come together.

#ifndef UNPARK_PATTERNS_EX106_UNBATCHED_WRITES_FULL_BUFFER_H_
#define UNPARK_PATTERNS_EX106_UNBATCHED_WRITES_FULL_BUFFER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "patterns/ex106_unbatched_writes/log_file.h"
#include "patterns/ex106_unbatched_writes/task.h"

namespace unpark::patterns::unbatched_writes {

enum class AtTheEnd { kFlush, kForget };

template <AtTheEnd kEnd>
Logged WriteFullBuffers(const LogWorkload& w) {
  constexpr std::size_t kRecords = 512;  // 4 KiB
  LogFile file;
  Chan<std::uint64_t> queue(w.queued);
  WaitGroup writer;
  writer.Go([&] {
    std::vector<std::uint64_t> buffer;
    buffer.reserve(kRecords);
    for (std::uint64_t record : queue) {
      buffer.push_back(record);
      if (buffer.size() < kRecords) continue;
      file.Write(buffer.data(), buffer.size());
      buffer.clear();
    }
    // BUG in unflushed: what has not filled the buffer is lost.
    if (kEnd == AtTheEnd::kFlush && !buffer.empty()) file.Write(buffer.data(), buffer.size());
  });
  ProduceAll(w, queue);
  writer.Wait();
  return file.Read();
}

}  // namespace unpark::patterns::unbatched_writes

#endif  // UNPARK_PATTERNS_EX106_UNBATCHED_WRITES_FULL_BUFFER_H_
