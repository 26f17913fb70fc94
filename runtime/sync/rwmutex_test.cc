// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// RWMutex while its readers are counted by thread. Go's properties are tested in
// runtime/conformance.
#include "runtime/sync/rwmutex.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>

#include "runtime/conformance/run_go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark {
namespace {

using conformance::RunGo;
using conformance::Scaled;
using testing::ExitedWithCode;

// Reads until the readers are counted by thread.
void OpenLanes(RWMutex* mu) {
  const std::uint64_t before = ReadCounters().lanes_opened;
  for (int i = 0; i < 1'000'000 && ReadCounters().lanes_opened == before; ++i) {
    mu->RLock();
    mu->RUnlock();
  }
  ASSERT_GT(ReadCounters().lanes_opened, before);
}

TEST(RWMutexLanes, OpenWhileNobodyWritesAndCloseForAWriter) {
  RunGo([] {
    RWMutex mu;
    OpenLanes(&mu);
    mu.RLock();
    EXPECT_FALSE(mu.TryLock()) << "a reader is inside";
    EXPECT_EQ(ReadCounters().lanes_closed, 1u);
    EXPECT_TRUE(mu.TryRLock());
    mu.RUnlock();
    mu.RUnlock();
    EXPECT_TRUE(mu.TryLock());
    EXPECT_FALSE(mu.TryRLock());
    mu.Unlock();
    OpenLanes(&mu);
    EXPECT_TRUE(mu.TryLock());
    mu.Unlock();
    OpenLanes(&mu);
    mu.Lock();
    mu.Unlock();
    EXPECT_EQ(ReadCounters().lanes_closed, 3u);
  });
}

TEST(RWMutexLanes, AWriteNowAndThenKeepsThemClosed) {
  RunGo([] {
    RWMutex mu;
    for (int i = 0; i < 20'000; ++i) {
      mu.RLock();
      mu.RUnlock();
      if (i % 1000 == 0) {
        mu.Lock();
        mu.Unlock();
      }
    }
    EXPECT_EQ(ReadCounters().lanes_opened, 0u);
  });
}

// Readers enter before, while and after the lanes open, and leave on other threads.
TEST(RWMutexLanes, AWriterWaitsForReadersWhereverTheyWereCounted) {
  RunGo([] {
    for (int round = 0; round < Scaled(200); ++round) {
      RWMutex mu;
      std::atomic<int> inside{0};
      std::atomic<bool> leave{false}, written{false};
      WaitGroup wg;
      const auto reader = [&] {
        mu.RLock();
        ++inside;
        while (!leave) Gosched();
        EXPECT_FALSE(written);
        mu.RUnlock();
      };
      for (int i = 0; i < 3; ++i) wg.Go(reader);
      while (inside < 3) Gosched();
      OpenLanes(&mu);
      for (int i = 0; i < 3; ++i) wg.Go(reader);
      while (inside < 6) Gosched();
      wg.Go([&] {
        mu.Lock();
        written = true;
        mu.Unlock();
      });
      for (int i = 0; i < round % 20; ++i) Gosched();
      leave = true;
      wg.Wait();
      EXPECT_TRUE(written);
    }
  });
}

TEST(RWMutexLanes, OutliveTheirRuntime) {
  static RWMutex& mu = *new RWMutex;
  for (int i = 0; i < 3; ++i) {
    RunGo([] {
      OpenLanes(&mu);
      mu.RLock();
    });
    mu.RUnlock();  // on a thread that is no goroutine's
    RunGo([] {
      mu.Lock();
      mu.Unlock();
    });
  }
}

TEST(RWMutexLanesDeathTest, AnRUnlockTooManyIsReportedByTheNextWriter) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(RunGo([] {
                RWMutex mu;
                OpenLanes(&mu);
                mu.RUnlock();
                mu.Lock();
              }),
              ExitedWithCode(2), "fatal error: sync: RUnlock of unlocked RWMutex");
}

// A writer that came straight in passes the lock on to the one that queues behind it, readers that
// came before first.
TEST(RWMutexTest, ReadersThatWaitGoBeforeTheNextWriter) {
  RunGo(
      [] {
        RWMutex mu;
        std::atomic<int> read{0};
        int read_before = 0;
        WaitGroup wg;
        mu.Lock();
        for (char name : {'r', 'w', 's'}) {
          conformance::ParkWatch parks(&Counters::parks_sema);
          wg.Go([&, name] {
            if (name == 'w') {
              mu.Lock();
              read_before = read;
              mu.Unlock();
            } else {
              mu.RLock();
              ++read;
              mu.RUnlock();
            }
          });
          parks.Await(1);
        }
        mu.Unlock();
        wg.Wait();
        EXPECT_EQ(read_before, 2);
      },
      {.procs = 1});
}

}  // namespace
}  // namespace unpark
