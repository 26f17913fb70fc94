// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of scenario 106: the writer goroutine takes all that is queued, and writes it at once.

#ifndef UNPARK_PATTERNS_EX106_UNBATCHED_WRITES_AFTER_H_
#define UNPARK_PATTERNS_EX106_UNBATCHED_WRITES_AFTER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "patterns/ex106_unbatched_writes/log_file.h"
#include "patterns/ex106_unbatched_writes/task.h"
#include "runtime/chan/select.h"

namespace unpark::patterns::unbatched_writes {

// Waits for a record, then takes those that wait behind it, up to `most`. False: closed and
// drained.
inline bool TakeQueued(const Chan<std::uint64_t>& queue, std::size_t most,
                       std::vector<std::uint64_t>* batch) {
  batch->clear();
  std::optional<std::uint64_t> record = queue.Recv();
  while (record) {
    batch->push_back(*record);
    if (batch->size() == most || Select(Recv(queue, &record), kDefault) == 1) break;
  }
  return !batch->empty();
}

inline Logged WriteQueued(const LogWorkload& w) {
  constexpr std::size_t kMost = 512;
  LogFile file;
  Chan<std::uint64_t> queue(w.queued);
  WaitGroup writer;
  writer.Go([&] {
    std::vector<std::uint64_t> batch;
    batch.reserve(kMost);
    while (TakeQueued(queue, kMost, &batch)) file.Write(batch.data(), batch.size());
  });
  ProduceAll(w, queue);
  writer.Wait();
  return file.Read();
}

}  // namespace unpark::patterns::unbatched_writes

#endif  // UNPARK_PATTERNS_EX106_UNBATCHED_WRITES_AFTER_H_
