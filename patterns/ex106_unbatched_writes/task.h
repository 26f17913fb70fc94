// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of scenario 106: several goroutines log records into one file.

#ifndef UNPARK_PATTERNS_EX106_UNBATCHED_WRITES_TASK_H_
#define UNPARK_PATTERNS_EX106_UNBATCHED_WRITES_TASK_H_

#include <cstdint>
#include <string>

#include "patterns/work.h"
#include "runtime/chan/chan.h"
#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::unbatched_writes {

struct LogWorkload {
  int producers = 4;
  int records = 2'500;  // of each producer, 8 bytes each
  int queued = 64;      // records that may wait for the writer

  std::int64_t Operations() const { return std::int64_t{producers} * records; }
  std::uint64_t Record(int producer, int i) const {
    return Work(static_cast<std::uint64_t>(producer) * records + i, 2);
  }
};

// What the file holds in the end.
struct Logged {
  std::int64_t records = 0;
  std::uint64_t sum = 0;

  bool operator==(const Logged&) const = default;
  std::string DifferenceFrom(const Logged& want) const {
    return "the file holds " + std::to_string(records) + " records with sum " +
           std::to_string(sum) + ", want " + std::to_string(want.records) + " with " +
           std::to_string(want.sum);
  }
};

inline Logged LogSequentially(const LogWorkload& w) {
  Logged logged;
  for (int producer = 0; producer < w.producers; ++producer) {
    for (int i = 0; i < w.records; ++i, ++logged.records) logged.sum += w.Record(producer, i);
  }
  return logged;
}

// Sends all records of all producers, and closes the queue behind the last.
inline void ProduceAll(const LogWorkload& w, const Chan<std::uint64_t>& queue) {
  WaitGroup wg;
  for (int producer = 0; producer < w.producers; ++producer) {
    wg.Go([&, producer] {
      for (int i = 0; i < w.records; ++i) queue.Send(w.Record(producer, i));
    });
  }
  wg.Wait();
  queue.Close();
}

}  // namespace unpark::patterns::unbatched_writes

#endif  // UNPARK_PATTERNS_EX106_UNBATCHED_WRITES_TASK_H_
