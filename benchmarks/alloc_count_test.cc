// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Tests of AllocCount: what is counted, over which threads.

#include "benchmarks/alloc_count.h"

#include <memory>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace unpark::benchmarks {
namespace {

// Keeps the compiler from leaving a new-and-delete pair out.
void Keep(void* p) { asm volatile("" : : "g"(p) : "memory"); }

TEST(AllocCount, CountsEveryFormOfNew) {
  struct alignas(128) Wide {
    char bytes[128];
  };
  AllocCount before = ReadAllocCount();
  auto one = std::make_unique<char>();
  auto many = std::make_unique<char[]>(100);
  auto wide = std::make_unique<Wide>();
  std::unique_ptr<char> quiet(new (std::nothrow) char);
  for (void* p : {static_cast<void*>(one.get()), static_cast<void*>(many.get()),
                  static_cast<void*>(wide.get()), static_cast<void*>(quiet.get())}) {
    Keep(p);
  }
  AllocCount after = ReadAllocCount();
  EXPECT_EQ(after.allocations - before.allocations, 4u);
  EXPECT_EQ(after.bytes - before.bytes, 1u + 100u + 128u + 1u);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(wide.get()) % 128, 0u);
}

TEST(AllocCount, KeepsTheCountsOfThreadsThatEnded) {
  constexpr int kThreads = 8;
  constexpr int kEach = 1000;
  AllocCount before = ReadAllocCount();
  for (int round = 0; round < 3; ++round) {
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([] {
        for (int j = 0; j < kEach; ++j) Keep(std::make_unique<int>(j).get());
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  AllocCount after = ReadAllocCount();
  EXPECT_GE(after.allocations - before.allocations, 3u * kThreads * kEach);
  // Beyond the loop: a thread's own state and the vectors.
  EXPECT_LE(after.allocations - before.allocations, 3u * (kThreads * kEach + 4u * kThreads + 8u));
}

}  // namespace
}  // namespace unpark::benchmarks
