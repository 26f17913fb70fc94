// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of scenario 115: a pool of four workers computes Fibonacci numbers, most of them in no
// time.

#ifndef UNPARK_PATTERNS_EX115_TINY_TASKS_TASK_H_
#define UNPARK_PATTERNS_EX115_TINY_TASKS_TASK_H_

#include <cstdint>
#include <vector>

#include "patterns/work.h"

namespace unpark::patterns::tiny_tasks {

struct FibWorkload {
  int tasks = 10'000;
  int largest = 1'000;  // a task takes 0 to so many additions, about 0.3 ns each
  int workers = 4;
  int procs = 4;  // of the before

  std::vector<int> numbers = {};  // which Fibonacci number each task wants
  void Prepare() {
    for (int task = 0; task < tasks; ++task) {
      numbers.push_back(static_cast<int>(Work(task, 4) % largest));
    }
  }
  std::int64_t Operations() const { return tasks; }
};

// Modulo 2^64.
inline std::uint64_t Fib(int n) {
  std::uint64_t a = 0, b = 1;
  for (int i = 0; i < n; ++i) {
    const std::uint64_t next = a + b;
    a = b;
    b = next;
  }
  return a;
}

inline std::uint64_t SumSequentially(const FibWorkload& w) {
  std::uint64_t sum = 0;
  for (int n : w.numbers) sum += Fib(n);
  return sum;
}

inline int ManyProcs(const FibWorkload& w) { return w.procs; }
inline int OneProc(const FibWorkload&) { return 1; }

}  // namespace unpark::patterns::tiny_tasks

#endif  // UNPARK_PATTERNS_EX115_TINY_TASKS_TASK_H_
