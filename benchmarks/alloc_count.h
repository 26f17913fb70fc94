// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// AllocCount: how many times the process called operator new, and for how many bytes.

#ifndef BENCHMARKS_ALLOC_COUNT_H_
#define BENCHMARKS_ALLOC_COUNT_H_

#include <cstdint>

namespace unpark::benchmarks {

// Linking this target replaces the global operator new and delete. Google Benchmark's own
// MemoryManager is not used: it measures an extra, untimed run of a few iterations.
//
// Not counted: malloc called directly (C libraries) and mmap (the goroutines' stacks, which have a
// counter of their own in the runtime).
struct AllocCount {
  std::uint64_t allocations = 0;
  std::uint64_t bytes = 0;
};

// Sums over all threads, those that have ended included. Callable anywhere. Allocations that are
// under way in other threads may or may not be in the sum.
AllocCount ReadAllocCount();

}  // namespace unpark::benchmarks

#endif  // BENCHMARKS_ALLOC_COUNT_H_
