// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Properties of Go's tests of the scheduler's inside: run queues (proc_test.go) and the hand-off of
// semaphores (sema_test.go).
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "runtime/conformance/run_go.h"
#include "runtime/sched/run_queue.h"
#include "runtime/sync/sema.h"
#include "runtime/sync/waitgroup.h"

namespace unpark {
namespace {

using conformance::ParkWatch;
using conformance::RunGo;
using conformance::Scaled;
using sched::G;
using sched::RunQueue;

TEST(RunQueueTest, TestSchedLocalQueue) {
  auto queue = std::make_unique<RunQueue>();
  const auto gs = std::make_unique<G[]>(RunQueue::kSize);
  for (std::uint32_t n = 0; n <= RunQueue::kSize; ++n) {
    EXPECT_EQ(queue->Pop(), nullptr);
    for (std::uint32_t i = 0; i < n; ++i) EXPECT_TRUE(queue->Push(&gs[i]));
    EXPECT_EQ(queue->Size(), n);
    for (std::uint32_t i = 0; i < n; ++i) EXPECT_EQ(queue->Pop(), &gs[i]) << "oldest first";
    EXPECT_TRUE(queue->Empty());
  }
  for (std::uint32_t i = 0; i < RunQueue::kSize; ++i) EXPECT_TRUE(queue->Push(&gs[i]));
  EXPECT_FALSE(queue->Push(&gs[0])) << "full";
}

TEST(RunQueueTest, TestSchedLocalQueueSteal) {
  auto victim = std::make_unique<RunQueue>();
  auto thief = std::make_unique<RunQueue>();
  const auto gs = std::make_unique<G[]>(RunQueue::kSize);
  for (std::uint32_t n = 0; n <= RunQueue::kSize; ++n) {
    for (std::uint32_t i = 0; i < n; ++i) victim->Push(&gs[i]);
    const std::uint32_t stolen = victim->StealInto(thief.get());
    EXPECT_EQ(stolen, (n + 1) / 2);
    std::vector<int> seen(n);
    std::uint32_t had = 0;
    while (G* g = thief->Pop()) {
      ++seen.at(static_cast<std::size_t>(g - gs.get()));
      ++had;
    }
    EXPECT_EQ(had, stolen);
    while (G* g = victim->Pop()) ++seen.at(static_cast<std::size_t>(g - gs.get()));
    for (int times : seen) EXPECT_EQ(times, 1);
  }
}

// A thread that looks on never sees a queue empty that holds one G at each moment.
TEST(RunQueueTest, TestSchedLocalQueueEmpty) {
  auto queue = std::make_unique<RunQueue>();
  const auto gs = std::make_unique<G[]>(2);
  for (int i = 0; i < Scaled(200); ++i) {
    std::atomic<int> arrived{0};
    bool empty = true;
    queue->Push(&gs[0]);
    std::thread looker([&] {
      for (++arrived; arrived.load() != 2;) std::this_thread::yield();
      empty = queue->Empty();
    });
    for (++arrived; arrived.load() != 2;) std::this_thread::yield();
    queue->Push(&gs[1]);
    EXPECT_EQ(queue->Pop(), &gs[0]);
    looker.join();
    EXPECT_FALSE(empty);
    EXPECT_EQ(queue->Pop(), &gs[1]);
  }
}

// Owner and thieves at once: every G is taken by exactly one.
TEST(RunQueueTest, OwnerAndThievesShareNothing) {
  constexpr int kThieves = 2;
  const int rounds = Scaled(20000);
  auto queue = std::make_unique<RunQueue>();
  const auto gs = std::make_unique<G[]>(RunQueue::kSize);
  const auto taken = std::make_unique<std::atomic<int>[]>(RunQueue::kSize);
  std::atomic<bool> stop{false};
  std::atomic<int> doubles{0};
  auto take = [&](G* g) {
    if (taken[g - gs.get()].exchange(1) != 0) ++doubles;
  };
  std::vector<std::thread> thieves;
  for (int t = 0; t < kThieves; ++t) {
    thieves.emplace_back([&] {
      auto mine = std::make_unique<RunQueue>();
      while (!stop) {
        if (queue->StealInto(mine.get()) == 0) std::this_thread::yield();
        while (G* g = mine->Pop()) take(g);
      }
    });
  }
  for (int i = 0; i < rounds; ++i) {
    const std::size_t at = static_cast<std::size_t>(i) % RunQueue::kSize;
    if (i >= static_cast<int>(RunQueue::kSize)) {
      while (taken[at].load() == 0) {
        if (G* g = queue->Pop()) take(g);
      }
    }
    taken[at] = 0;
    while (!queue->Push(&gs[at])) {
      if (G* g = queue->Pop()) take(g);
    }
  }
  while (!queue->Empty()) {
    if (G* g = queue->Pop()) take(g);
  }
  stop = true;
  for (std::thread& t : thieves) t.join();
  EXPECT_EQ(doubles, 0);
}

// Release with hand-off runs the sleeper at once, before what else is ready on this P. All Ps are
// kept busy, so that no idle one takes the releaser and lets it go on beside the sleeper.
void SemaHandoff(int procs) {
  RunGo(
      [procs] {
        const int rounds = Scaled(500);
        int direct = 0;
        std::atomic<bool> stop{false};
        WaitGroup busy;
        for (int p = 0; p < procs; ++p) {
          busy.Go([&] {
            while (!stop) Gosched();
          });
        }
        for (int i = 0; i < rounds; ++i) {
          internal::Sema sema;
          std::atomic<int> order{0};
          int woken_at = 0;
          int went_on_at = 0;
          WaitGroup wg;
          ParkWatch parks(&Counters::parks_sema);
          wg.Go([&] {
            sema.Acquire(sched::WaitReason::kSemacquire);
            woken_at = ++order;
          });
          parks.Await(1);
          sema.Release(internal::Sema::Run::kNow);
          went_on_at = ++order;
          wg.Wait();
          if (woken_at < went_on_at) ++direct;
        }
        stop = true;
        busy.Wait();
        EXPECT_GE(direct, rounds * 2 / 3) << "of " << rounds;
      },
      {.procs = procs});
}

TEST(SemaTest, TestSemaHandoff) { SemaHandoff(4); }

TEST(SemaTest, TestSemaHandoff1) { SemaHandoff(1); }

TEST(SemaTest, TestSemaHandoff2) { SemaHandoff(2); }

}  // namespace
}  // namespace unpark
