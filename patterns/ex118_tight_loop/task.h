// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of scenario 118: loops that never wait, and beside them somebody who must answer in time.

#ifndef UNPARK_PATTERNS_EX118_TIGHT_LOOP_TASK_H_
#define UNPARK_PATTERNS_EX118_TIGHT_LOOP_TASK_H_

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <vector>

#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"
#include "runtime/time/time.h"

namespace unpark::patterns::tight_loop {

struct LoopWorkload {
  int loops = 4;
  int additions = 4'000'000;  // of each loop, some 5 ns each
  int answers = 20;
  std::chrono::microseconds every{200};  // an answer is due

  std::int64_t Operations() const { return answers; }
};

inline std::int64_t CountSequentially(const LoopWorkload& w) {
  std::int64_t total = 0;
  for (int loop = 0; loop < w.loops; ++loop) {
    for (int i = 0; i < w.additions; ++i) ++total;
  }
  return total;
}

// The loops beside the answers. An answer's latency is how long after its time it came.
// `add(i, &count)` is one turn of a loop.
template <void (*Add)(int, std::atomic<std::int64_t>*)>
class Loops {
 public:
  explicit Loops(const LoopWorkload& w) : w_(w), ns_(w.answers) {}

  std::int64_t Run() {
    struct alignas(64) Count {
      std::atomic<std::int64_t> value = 0;
    };
    std::vector<Count> counts(w_.loops);
    WaitGroup wg;
    for (Count& count : counts) {
      wg.Go([this, &count] {
        for (int i = 0; i < w_.additions; ++i) Add(i, &count.value);
      });
    }
    for (std::int64_t& ns : ns_) {
      const Time due = Now() + w_.every;
      Sleep(w_.every);
      ns = std::max<std::int64_t>(1, (Now() - due).count());
    }
    wg.Wait();
    std::int64_t total = 0;
    for (const Count& count : counts) total += count.value.load(std::memory_order_relaxed);
    return total;
  }
  void TakeLatencies(std::vector<std::int64_t>* ns) const {
    ns->insert(ns->end(), ns_.begin(), ns_.end());
  }

 private:
  const LoopWorkload& w_;
  std::vector<std::int64_t> ns_;
};

}  // namespace unpark::patterns::tight_loop

#endif  // UNPARK_PATTERNS_EX118_TIGHT_LOOP_TASK_H_
