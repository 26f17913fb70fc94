// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of scenario 115: a channel without a buffer, a message for each task, and more Ps than
// are of use.

#ifndef UNPARK_PATTERNS_EX115_TINY_TASKS_BEFORE_H_
#define UNPARK_PATTERNS_EX115_TINY_TASKS_BEFORE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "patterns/ex115_tiny_tasks/task.h"
#include "runtime/chan/chan.h"
#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::tiny_tasks {

// `room` is the channel's, for tasks that nobody has taken yet.
inline std::uint64_t SumByTasksOver(const FibWorkload& w, std::size_t room) {
  const Chan<int> numbers(room);
  std::vector<std::uint64_t> sums(w.workers);
  WaitGroup wg;
  for (std::uint64_t& sum : sums) {
    wg.Go([numbers, &sum] {
      std::uint64_t mine = 0;
      for (int n : numbers) mine += Fib(n);
      sum = mine;
    });
  }
  for (int n : w.numbers) numbers.Send(n);
  numbers.Close();
  wg.Wait();
  std::uint64_t total = 0;
  for (std::uint64_t sum : sums) total += sum;
  return total;
}

// The after is this code on one P.
inline std::uint64_t SumByTasks(const FibWorkload& w) { return SumByTasksOver(w, 0); }

}  // namespace unpark::patterns::tiny_tasks

#endif  // UNPARK_PATTERNS_EX115_TINY_TASKS_BEFORE_H_
