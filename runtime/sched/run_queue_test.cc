// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// RunQueue, GlobalQueue, Magazine and TimerHeap against their invariants, with real thieves.
#include "runtime/sched/run_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "runtime/os/sanitizer.h"
#include "runtime/sched/global_queue.h"
#include "runtime/sched/magazine.h"
#include "runtime/sched/timer_heap.h"

namespace unpark::sched {
namespace {

TEST(RunQueue, FirstInFirstOutUntilFull) {
  auto gs = std::make_unique<G[]>(RunQueue::kSize + 1);
  RunQueue q;
  for (std::uint32_t i = 0; i < RunQueue::kSize; ++i) ASSERT_TRUE(q.Push(&gs[i]));
  EXPECT_FALSE(q.Push(&gs[RunQueue::kSize]));
  EXPECT_EQ(q.Size(), RunQueue::kSize);
  for (std::uint32_t i = 0; i < RunQueue::kSize; ++i) ASSERT_EQ(q.Pop(), &gs[i]);
  EXPECT_EQ(q.Pop(), nullptr);
}

TEST(RunQueue, TakeHalfTakesTheOldest) {
  auto gs = std::make_unique<G[]>(RunQueue::kSize);
  RunQueue q;
  std::array<G*, RunQueue::kSize / 2> half;
  EXPECT_FALSE(q.TakeHalf(&half)) << "an empty ring has nothing to move";
  for (std::uint32_t i = 0; i < RunQueue::kSize; ++i) ASSERT_TRUE(q.Push(&gs[i]));
  ASSERT_TRUE(q.TakeHalf(&half));
  for (std::uint32_t i = 0; i < RunQueue::kSize / 2; ++i) ASSERT_EQ(half[i], &gs[i]);
  EXPECT_EQ(q.Pop(), &gs[RunQueue::kSize / 2]);
}

TEST(RunQueue, AThiefTakesHalfRoundedUp) {
  auto gs = std::make_unique<G[]>(5);
  RunQueue q, thief;
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(q.Push(&gs[i]));
  EXPECT_EQ(q.StealInto(&thief), 3u);
  EXPECT_EQ(q.Size(), 2u);
  EXPECT_EQ(thief.Pop(), &gs[0]);
  EXPECT_EQ(q.Pop(), &gs[3]);
}

TEST(RunQueue, RunnextIsSwappedNotLost) {
  G a, b;
  RunQueue q;
  EXPECT_EQ(q.SwapRunnext(&a), nullptr);
  EXPECT_EQ(q.SwapRunnext(&b), &a);
  EXPECT_EQ(q.TakeRunnext(), &b);
  EXPECT_EQ(q.TakeRunnext(), nullptr);
}

// Each G is popped or stolen exactly once while an owner pushes and pops and two thieves steal.
TEST(RunQueue, EveryGIsTakenExactlyOnce) {
  constexpr int kGs = UNPARK_SANITIZER ? 20'000 : 400'000;
  auto gs = std::make_unique<G[]>(kGs);
  auto taken = std::make_unique<std::atomic<int>[]>(kGs);
  RunQueue q;
  std::atomic<int> total{0};
  const auto take = [&](G* g) {
    taken[g - gs.get()].fetch_add(1);
    total.fetch_add(1);
  };
  const auto thief = [&] {
    RunQueue mine;
    while (total.load() < kGs) {
      q.StealInto(&mine);
      while (G* g = mine.Pop()) take(g);
      if (G* g = q.TakeRunnext()) take(g);
    }
  };
  std::thread one(thief), two(thief);
  std::mt19937 random(7);
  for (int i = 0; i < kGs; ++i) {
    if (random() % 4 == 0) {
      if (G* old = q.SwapRunnext(&gs[i])) {
        while (!q.Push(old)) {
          if (G* g = q.Pop()) take(g);
        }
      }
    } else {
      while (!q.Push(&gs[i])) {
        if (G* g = q.Pop()) take(g);
      }
    }
    if (random() % 3 == 0) {
      if (G* g = q.Pop()) take(g);
    }
  }
  one.join();
  two.join();
  for (int i = 0; i < kGs; ++i) ASSERT_EQ(taken[i].load(), 1) << "G " << i;
}

TEST(GlobalQueue, KeepsOrderAcrossSegments) {
  constexpr int kGs = 1000;
  auto gs = std::make_unique<G[]>(kGs);
  GlobalQueue q;
  for (int round = 0; round < 3; ++round) {
    std::vector<G*> all;
    for (int i = 0; i < kGs; ++i) all.push_back(&gs[i]);
    q.Push(std::span<G* const>(all).first(300));
    for (int i = 300; i < kGs; ++i) q.Push(&gs[i]);
    EXPECT_EQ(q.Size(), static_cast<std::size_t>(kGs));
    std::array<G*, 128> out;
    int next = 0;
    while (const std::size_t n = q.Take(out)) {
      for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(out[i], &gs[next++]);
    }
    EXPECT_EQ(next, kGs);
    EXPECT_EQ(q.Size(), 0u);
  }
}

struct Item {
  Item* next = nullptr;
  Item* next_batch = nullptr;
};

TEST(Magazine, SpillsWholeBatchesAndReloads) {
  std::array<Item, 40> items;
  Magazine<Item, 8> m;
  EXPECT_EQ(m.Pop(), nullptr);
  std::vector<Item*> spilled;
  for (Item& i : items) {
    if (Item* batch = m.Push(&i)) spilled.push_back(batch);
  }
  std::set<Item*> seen;
  const auto drain = [&] {
    while (Item* i = m.Pop()) EXPECT_TRUE(seen.insert(i).second) << "handed out twice";
  };
  drain();
  for (Item* batch : spilled) {
    m.Load(batch);
    drain();
  }
  EXPECT_EQ(seen.size(), items.size());
}

struct Deadline {
  TimerNode node;
  std::vector<std::int64_t>* fired = nullptr;
};

TEST(TimerHeap, FiresInOrderAndOnlyWhatIsDue) {
  std::mt19937 random(11);
  std::vector<Deadline> deadlines(2000);
  std::vector<std::int64_t> fired;
  TimerHeap heap;
  std::multiset<std::int64_t> expected;
  for (Deadline& d : deadlines) {
    d.fired = &fired;
    d.node.fire = [](TimerNode* node, std::int64_t) {
      reinterpret_cast<Deadline*>(node)->fired->push_back(node->when);
    };
    const std::int64_t when = 1 + static_cast<std::int64_t>(random() % 1000);
    heap.Add(&d.node, when);
    expected.insert(when);
  }
  for (std::size_t i = 0; i < deadlines.size(); i += 3) {
    ASSERT_TRUE(heap.Remove(&deadlines[i].node));
    EXPECT_FALSE(heap.Remove(&deadlines[i].node)) << "removed twice";
    expected.erase(expected.find(deadlines[i].node.when));
  }
  for (std::int64_t now = 0; now <= 1000; now += 50) {
    heap.FireDue(now);
    for (const std::int64_t when : fired) ASSERT_LE(when, now);
    const std::int64_t next = heap.Next();
    if (next != 0) {
      EXPECT_GT(next, now);
    }
  }
  EXPECT_EQ(heap.Size(), 0u);
  EXPECT_EQ(heap.Next(), 0);
  EXPECT_TRUE(std::is_sorted(fired.begin(), fired.end()));
  EXPECT_TRUE(std::equal(fired.begin(), fired.end(), expected.begin(), expected.end()));
}

TEST(TimerHeap, MovesKeepEveryDeadline) {
  std::vector<Deadline> deadlines(100);
  std::vector<std::int64_t> fired;
  TimerHeap from, to;
  for (std::size_t i = 0; i < deadlines.size(); ++i) {
    deadlines[i].fired = &fired;
    deadlines[i].node.fire = [](TimerNode* node, std::int64_t) {
      reinterpret_cast<Deadline*>(node)->fired->push_back(node->when);
    };
    from.Add(&deadlines[i].node, static_cast<std::int64_t>(100 - i));
  }
  from.MoveAllTo(&to);
  EXPECT_EQ(from.Next(), 0);
  EXPECT_EQ(to.Next(), 1);
  EXPECT_EQ(to.FireDue(1000), 100);
  EXPECT_TRUE(std::is_sorted(fired.begin(), fired.end()));
}

}  // namespace
}  // namespace unpark::sched
