// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// SpscRing keeps order, loses nothing and wakes both sides.

#include "patterns/ex08_shared_job_channel/spsc_ring.h"

#include <gtest/gtest.h>

#include <vector>

#include "runtime/go.h"

namespace unpark::patterns::shared_job_channel {
namespace {

std::vector<int> PassThroughRing(std::size_t capacity, int count, int procs) {
  std::vector<int> received;
  Main(Options{.procs = procs}, [&] {
    SpscRing<int> ring(capacity);
    go([&ring, count] {
      for (int i = 0; i < count; ++i) ring.Push(i);
      ring.Close();
    });
    while (const std::optional<int> value = ring.Pop()) received.push_back(*value);
    while (NumGoroutine() > 1) Gosched();  // the producer still is inside Close, in the ring
  });
  return received;
}

class SpscRingTest : public testing::TestWithParam<int> {};

TEST_P(SpscRingTest, KeepsOrderAndLosesNothing) {
  constexpr int kCount = 20'000;
  for (std::size_t capacity : {1, 3, 64}) {
    const std::vector<int> received = PassThroughRing(capacity, kCount, GetParam());
    ASSERT_EQ(received.size(), kCount) << "capacity " << capacity;
    for (int i = 0; i < kCount; ++i) ASSERT_EQ(received[i], i) << "capacity " << capacity;
  }
}

TEST_P(SpscRingTest, CloseWakesAConsumerOfAnEmptyRing) {
  EXPECT_TRUE(PassThroughRing(4, 0, GetParam()).empty());
}

INSTANTIATE_TEST_SUITE_P(Procs, SpscRingTest, testing::Values(1, 2, 4));

}  // namespace
}  // namespace unpark::patterns::shared_job_channel
