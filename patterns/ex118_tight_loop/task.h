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
  int turns = 4'000'000;  // of each loop
  bool plain = false;  // a turn is an addition in a register; else it is an atomic one, some 5 ns
  int answers = 20;    // 0: nobody waits, and an operation is a turn
  std::chrono::microseconds every{200};  // an answer is due

  std::int64_t Turns() const { return std::int64_t{loops} * turns; }
  std::int64_t Operations() const { return answers > 0 ? answers : Turns(); }
};

inline std::int64_t CountSequentially(const LoopWorkload& w) {
  std::int64_t total = 0;
  for (int loop = 0; loop < w.loops; ++loop) {
    for (int i = 0; i < w.turns; ++i) ++total;
  }
  return total;
}

// The loops beside the answers. An answer's latency is how long after its time it came. Each loop
// has a Between, which it calls with the number of the turn after each.
template <typename Between>
class Loops {
 public:
  explicit Loops(const LoopWorkload& w) : w_(w), ns_(w.answers) {}

  std::int64_t Run() {
    std::vector<Count> counts(w_.loops);
    WaitGroup wg;
    for (Count& count : counts) {
      wg.Go([this, &count] { w_.plain ? AddPlainly(&count) : AddAtomically(&count); });
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
  struct alignas(64) Count {
    std::atomic<std::int64_t> value = 0;
  };

  void AddAtomically(Count* count) const {
    const Between between{};
    for (int turn = 0; turn < w_.turns; ++turn) {
      count->value.fetch_add(1, std::memory_order_relaxed);
      between(turn);
    }
  }
  void AddPlainly(Count* count) const {
    const Between between{};
    std::int64_t sum = 0;
    for (int turn = 0; turn < w_.turns; ++turn) {
      asm volatile("" : "+r"(++sum));  // one addition a turn, not one for all
      between(turn);
    }
    count->value.store(sum, std::memory_order_relaxed);
  }

  const LoopWorkload& w_;
  std::vector<std::int64_t> ns_;
};

}  // namespace unpark::patterns::tight_loop

#endif  // UNPARK_PATTERNS_EX118_TIGHT_LOOP_TASK_H_
