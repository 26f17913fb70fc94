// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Stacks, notes, spin locks, and the number of CPUs from made-up cgroup trees.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "runtime/os/clock.h"
#include "runtime/os/epoll.h"
#include "runtime/os/futex.h"
#include "runtime/os/procs.h"
#include "runtime/os/spin_lock.h"
#include "runtime/os/stack.h"

namespace unpark::os {
namespace {

// Never destroyed, as any pool: its stacks would be left without an owner.
StackPool& NewPool(std::size_t bytes) {
  static auto* const pools = new std::vector<StackPool*>;
  return *pools->emplace_back(new StackPool(bytes));
}

TEST(StackPool, StacksAreDistinctAndGuarded) {
  constexpr std::size_t kBytes = 16 << 10;
  StackPool& pool = NewPool(kBytes);
  bool fresh = false;
  FreeStack* batch = pool.TakeBatch(&fresh);
  ASSERT_NE(batch, nullptr);
  EXPECT_TRUE(fresh);
  std::set<char*> bottoms;
  int n = 0;
  for (FreeStack* s = batch; s != nullptr; s = s->next, ++n) {
    char* bottom = pool.Bottom(s);
    EXPECT_TRUE(bottoms.insert(bottom).second);
    EXPECT_TRUE(pool.IsGuard(bottom));
    EXPECT_FALSE(pool.IsGuard(bottom + 4096));
    EXPECT_TRUE(pool.Contains(pool.Top(s)));
    bottom[4096] = 1;  // the lowest usable byte is mapped
  }
  EXPECT_EQ(n, StackPool::kBatch);
  EXPECT_EQ(pool.guarded() + pool.unguarded(), static_cast<std::uint64_t>(n));
  int on_stack = 0;
  EXPECT_FALSE(pool.Contains(&on_stack));
  pool.GiveBatch(batch);
  EXPECT_EQ(pool.TakeBatch(&fresh), batch);
  EXPECT_FALSE(fresh);
}

// Of the stacks, all on one list, those whose topmost page is in memory.
int Resident(const StackPool& pool, const std::vector<FreeStack*>& stacks) {
  int n = 0;
  for (FreeStack* s : stacks) {
    const auto page = reinterpret_cast<std::uintptr_t>(pool.Top(s)) & ~std::uintptr_t{4095};
    unsigned char in_memory = 0;
    EXPECT_EQ(mincore(reinterpret_cast<void*>(page), 4096, &in_memory), 0);
    n += in_memory & 1;
  }
  return n;
}

TEST(StackPool, StacksThatLieUnusedGiveTheirMemoryBack) {
  constexpr int kBatches = 100, kUsed = 40, kKept = 8;
  constexpr int kStacks = kBatches * StackPool::kBatch;
  constexpr std::int64_t kStart = 1'000'000'000'000, kIdle = StackPool::kIdleNs;
  StackPool& pool = NewPool(16 << 10);
  bool fresh = false;
  std::vector<FreeStack*> batches, stacks;
  const auto take = [&](int n) {
    for (int i = 0; i < n; ++i) batches.push_back(pool.TakeBatch(&fresh));
  };
  const auto give_all = [&] {
    for (FreeStack* b : batches) pool.GiveBatch(b);
    batches.clear();
  };
  const auto scavenge = [&](std::int64_t now) {
    while (pool.Scavenge(now)) {
    }
  };
  take(kBatches);
  for (FreeStack* b : batches) {
    for (FreeStack* s = b; s != nullptr; s = s->next) stacks.push_back(s);
  }
  ASSERT_EQ(stacks.size(), static_cast<std::size_t>(kStacks));
  give_all();
  scavenge(kStart);  // a first look begins a period, it gives nothing back
  EXPECT_EQ(Resident(pool, stacks), kStacks);
  EXPECT_EQ(pool.NextScavenge(), kStart + kIdle);

  // Of what was needed in the period nothing goes.
  take(kUsed);
  give_all();
  scavenge(kStart + kIdle - 1);
  EXPECT_EQ(Resident(pool, stacks), kStacks);
  scavenge(kStart + kIdle);
  constexpr int kCold = kBatches - kUsed - kKept;
  EXPECT_EQ(Resident(pool, stacks), kStacks - kCold * (StackPool::kBatch - 1));

  scavenge(kStart + 2 * kIdle);
  EXPECT_EQ(Resident(pool, stacks), kStacks - (kBatches - kKept) * (StackPool::kBatch - 1));
  EXPECT_EQ(pool.NextScavenge(), 0);

  // Every stack comes back once, with its guard, and can be written to.
  take(kBatches);
  EXPECT_TRUE(fresh);
  std::set<FreeStack*> again;
  for (FreeStack* b : batches) {
    for (FreeStack* s = b; s != nullptr; s = s->next) {
      EXPECT_TRUE(again.insert(s).second);
      EXPECT_TRUE(pool.IsGuard(pool.Bottom(s)));
      pool.Bottom(s)[4096] = 1;
    }
  }
  EXPECT_EQ(again, std::set<FreeStack*>(stacks.begin(), stacks.end()));
}

TEST(StackPool, NothingGoesWhileABurstIsEnding) {
  constexpr int kBatches = 40, kKept = 8;
  constexpr std::int64_t kStart = 1'000'000'000'000, kIdle = StackPool::kIdleNs;
  StackPool& pool = NewPool(16 << 10);
  bool fresh = false;
  std::vector<FreeStack*> batches, stacks;
  for (int i = 0; i < kBatches; ++i) {
    batches.push_back(pool.TakeBatch(&fresh));
    for (FreeStack* s = batches.back(); s != nullptr; s = s->next) stacks.push_back(s);
  }
  const auto give = [&](int from, int to) {
    for (int i = from; i < to; ++i) pool.GiveBatch(batches[static_cast<std::size_t>(i)]);
  };
  give(0, kBatches / 2);
  EXPECT_FALSE(pool.Scavenge(kStart));
  give(kBatches / 2, kBatches);
  EXPECT_FALSE(pool.Scavenge(kStart + kIdle));
  EXPECT_EQ(Resident(pool, stacks), kBatches * StackPool::kBatch);
  while (pool.Scavenge(kStart + 2 * kIdle)) {
  }
  EXPECT_EQ(Resident(pool, stacks), kKept * StackPool::kBatch + (kBatches - kKept));
}

TEST(StackPoolDeathTest, TouchingTheGuardFaults) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        StackPool& pool = NewPool(16 << 10);
        bool fresh = false;
        FreeStack* s = pool.TakeBatch(&fresh);
        static_cast<volatile char*>(pool.Bottom(s))[100] = 1;
      },
      "");
}

// Longer than it takes to learn the counter's rate, and on threads with anchors of their own.
TEST(Clock, RoundedUpIsNeverEarlyAndHardlyLate) {
  std::atomic<int> early{0}, late{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      const std::int64_t until = NowNs() + 50'000'000;
      for (std::int64_t before = NowNs(); before < until; before = NowNs()) {
        const std::int64_t rounded_up = NowNsRoundedUp();
        const std::int64_t after = NowNs();
        if (rounded_up < before) ++early;
        if (rounded_up > after + 5'000) ++late;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(early, 0);
  EXPECT_EQ(late, 0);
}

TEST(Note, AWakeBeforeTheWaitIsKept) {
  Note note;
  EXPECT_FALSE(note.Wake()) << "nobody slept";
  EXPECT_TRUE(note.Signaled());
  EXPECT_TRUE(note.Wait());
  EXPECT_FALSE(note.Signaled());
}

TEST(Note, ADeadlineEndsTheWait) {
  Note note;
  const std::int64_t deadline = NowNs() + 1'000'000;
  EXPECT_FALSE(note.Wait(deadline));
  EXPECT_GE(NowNs(), deadline);
}

TEST(Note, EveryWakeReachesTheSleeper) {
  Note ping, pong;
  constexpr int kRounds = 2000;
  std::thread other([&] {
    for (int i = 0; i < kRounds; ++i) {
      ping.Wait();
      pong.Wake();
    }
  });
  for (int i = 0; i < kRounds; ++i) {
    ping.Wake();
    pong.Wait();
  }
  other.join();
}

TEST(SpinLock, ExcludesThreads) {
  SpinLock lock;
  long count = 0;
  const auto add = [&] {
    for (int i = 0; i < 100'000; ++i) {
      lock.Lock();
      ++count;
      lock.Unlock();
    }
  };
  std::thread one(add), two(add), three(add);
  one.join();
  two.join();
  three.join();
  EXPECT_EQ(count, 300'000);
}

// A directory that looks like the root of a machine to CgroupCpuQuota.
class FakeRoot {
 public:
  FakeRoot() : path_(std::filesystem::path(testing::TempDir()) / "fake_root") {
    std::filesystem::remove_all(path_);
  }
  ~FakeRoot() { std::filesystem::remove_all(path_); }
  void Write(const std::string& file, const std::string& text) {
    const auto full = path_ / file;
    std::filesystem::create_directories(full.parent_path());
    std::ofstream(full) << text;
  }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

constexpr char kV2Mount[] =
    "30 23 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
constexpr char kV1Mount[] = "30 23 0:26 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n";

TEST(CgroupCpuQuota, V2TakesTheTightestOfTheParents) {
  FakeRoot root;
  root.Write("proc/self/mountinfo", kV2Mount);
  root.Write("proc/self/cgroup", "0::/outer/inner\n");
  root.Write("sys/fs/cgroup/outer/cpu.max", "150000 100000\n");
  root.Write("sys/fs/cgroup/outer/inner/cpu.max", "400000 100000\n");
  EXPECT_EQ(CgroupCpuQuota(root.path()), 1.5);
}

TEST(CgroupCpuQuota, V2WithoutLimitHasNone) {
  FakeRoot root;
  root.Write("proc/self/mountinfo", kV2Mount);
  root.Write("proc/self/cgroup", "0::/\n");
  root.Write("sys/fs/cgroup/cpu.max", "max 100000\n");
  EXPECT_EQ(CgroupCpuQuota(root.path()), std::nullopt);
}

TEST(CgroupCpuQuota, V1ReadsQuotaAndPeriod) {
  FakeRoot root;
  root.Write("proc/self/mountinfo", kV1Mount);
  root.Write("proc/self/cgroup", "5:memory:/x\n4:cpu,cpuacct:/jobs\n");
  root.Write("sys/fs/cgroup/cpu/jobs/cpu.cfs_quota_us", "250000\n");
  root.Write("sys/fs/cgroup/cpu/jobs/cpu.cfs_period_us", "100000\n");
  root.Write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
  root.Write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(CgroupCpuQuota(root.path()), 2.5);
}

TEST(CgroupCpuQuota, NoCgroupsNoQuota) {
  FakeRoot root;
  root.Write("proc/self/mountinfo", "");
  EXPECT_EQ(CgroupCpuQuota(root.path()), std::nullopt);
}

TEST(ProcsByRule, GoRoundsUpAndNeverBelowTwo) {
  EXPECT_EQ(ProcsByRule(ProcsRule::kGo, 64, std::nullopt), 64);
  EXPECT_EQ(ProcsByRule(ProcsRule::kGo, 64, 2.5), 3);
  EXPECT_EQ(ProcsByRule(ProcsRule::kGo, 64, 0.5), 2);
  EXPECT_EQ(ProcsByRule(ProcsRule::kGo, 1, 0.5), 1);
  EXPECT_EQ(ProcsByRule(ProcsRule::kGo, 2, 8.0), 2);
  EXPECT_EQ(ProcsByRule(ProcsRule::kHostCpus, 64, 2.5), 64);
  EXPECT_EQ(ProcsByRule(ProcsRule::kQuotaFloor, 64, 2.5), 2);
  EXPECT_EQ(ProcsByRule(ProcsRule::kQuotaFloor, 64, 0.5), 1);
}

class EpollClock : public testing::TestWithParam<Epoll::Clock> {
 protected:
  void SetUp() override { ASSERT_EQ(epoll_.Open(GetParam()), 0); }

  Epoll epoll_;
  std::array<Epoll::Event, Epoll::kMaxEvents> events_;
};

TEST_P(EpollClock, ReportsAnEdgeOnce) {
  std::array<int, 2> fds;
  ASSERT_EQ(pipe(fds.data()), 0);
  ASSERT_EQ(epoll_.Add(fds[0], 77), 0);
  EXPECT_EQ(epoll_.Poll(events_), 0u);
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(write(fds[1], "x", 1), 1);
    ASSERT_EQ(epoll_.Wait(events_, 0), 1u);
    EXPECT_EQ(events_[0].tag, 77u);
    EXPECT_TRUE(events_[0].readable);
    EXPECT_FALSE(events_[0].writable);
    EXPECT_EQ(epoll_.Poll(events_), 0u);
  }
  close(fds[1]);
  ASSERT_EQ(epoll_.Poll(events_), 1u);  // a hang-up wakes both
  EXPECT_TRUE(events_[0].readable && events_[0].writable);
  epoll_.Remove(fds[0]);
  close(fds[0]);
}

TEST_P(EpollClock, WaitsUntilItsDeadlineAndNotShorter) {
  for (const std::int64_t ns : {1'000, 150'000, 2'000'000}) {
    const std::int64_t deadline = NowNs() + ns;
    EXPECT_EQ(epoll_.Wait(events_, deadline), 0u);
    EXPECT_GE(NowNs(), deadline);
  }
  EXPECT_EQ(epoll_.Wait(events_, NowNs() - 1), 0u);
}

TEST_P(EpollClock, ABreakIsKeptForTheNextWait) {
  const std::int64_t far = NowNs() + 3'600'000'000'000;
  epoll_.Break();
  epoll_.Break();
  EXPECT_EQ(epoll_.Poll(events_), 0u);  // takes it from nobody
  EXPECT_EQ(epoll_.Wait(events_, far), 0u);
  for (int i = 0; i < 100; ++i) {
    std::thread other([&] { epoll_.Break(); });
    EXPECT_EQ(epoll_.Wait(events_, 0), 0u);
    other.join();
  }
  // Both were for waits that have ended.
  const std::int64_t deadline = NowNs() + 1'000'000;
  epoll_.Wait(events_, deadline);
  EXPECT_GE(NowNs(), deadline);
}

INSTANTIATE_TEST_SUITE_P(Clocks, EpollClock,
                         testing::Values(Epoll::Clock::kAuto, Epoll::Clock::kTimerFd));

}  // namespace
}  // namespace unpark::os
