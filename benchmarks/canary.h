// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Canary: a benchmark of the machine alone, so that a slower machine is not taken for slower code.

#ifndef BENCHMARKS_CANARY_H_
#define BENCHMARKS_CANARY_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace unpark::benchmarks {

// What a canary holds while it is timed: its buffer, its threads.
class CanaryInstance {
 public:
  virtual ~CanaryInstance() = default;
  // Does `operations` operations.
  virtual void Run() = 0;
};

// Canaries use threads and no goroutines: nothing of the runtime can make them slower.
struct Canary {
  std::string name;  // canary/integer_spin
  std::int64_t operations;
  std::function<std::unique_ptr<CanaryInstance>()> prepare;
};

// integer_spin:      one dependent 64-bit multiply and add
// memory:            one load that depends on the one before, at random in 64 MiB
// contended_atomic:  one atomic add, by two threads on one cache line
// futex_round_trip:  one hand-over to another thread and back, both sleeping
// syscall:           one empty system call
const std::vector<Canary>& AllCanaries();

}  // namespace unpark::benchmarks

#endif  // BENCHMARKS_CANARY_H_
