// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Properties of Go's tests of the locks: Mutex, RWMutex, WaitGroup, Cond.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <utility>
#include <vector>

#include "runtime/chan/chan.h"
#include "runtime/chan/select.h"
#include "runtime/conformance/run_go.h"
#include "runtime/sync/cond.h"
#include "runtime/sync/mutex.h"
#include "runtime/sync/once.h"
#include "runtime/sync/rwmutex.h"
#include "runtime/sync/semaphore.h"
#include "runtime/sync/waitgroup.h"
#include "runtime/time/time.h"

namespace unpark {
namespace {

using conformance::PanicText;
using conformance::ParkWatch;
using conformance::RunGo;
using conformance::Scaled;
using std::chrono::microseconds;
using testing::ExitedWithCode;

// ---- mutex_test.go ----

TEST(SyncMutexTest, TestSemaphore) {
  RunGo([] {
    Semaphore semaphore(1);
    int holders = 0;
    WaitGroup wg;
    for (int i = 0; i < 10; ++i) {
      wg.Go([&] {
        for (int k = 0; k < Scaled(1000); ++k) {
          EXPECT_FALSE(semaphore.Acquire(Background(), 1));
          EXPECT_EQ(++holders, 1);
          --holders;
          semaphore.Release(1);
        }
      });
    }
    wg.Wait();
  });
}

TEST(SyncMutexTest, TestMutex) {
  RunGo([] {
    Mutex mu;
    mu.Lock();
    EXPECT_FALSE(mu.TryLock());
    mu.Unlock();
    EXPECT_TRUE(mu.TryLock());
    mu.Unlock();

    const int loops = Scaled(1000);
    int counter = 0;
    int taken = 0;
    WaitGroup wg;
    for (int i = 0; i < 10; ++i) {
      wg.Go([&] {
        for (int k = 0; k < loops; ++k) {
          if (k % 3 == 0) {
            if (!mu.TryLock()) continue;
            ++taken;
          } else {
            mu.Lock();
          }
          ++counter;
          mu.Unlock();
        }
      });
    }
    wg.Wait();
    const int locked = 10 * (loops - (loops + 2) / 3);
    EXPECT_EQ(counter, locked + taken);
  });
}

// Each of Go's eight misuses ends the program, and catching everything does not help.
struct Misuse {
  const char* name;
  const char* text;
  void (*f)();
};

class SyncMisuseDeathTest : public testing::TestWithParam<Misuse> {};

TEST_P(SyncMisuseDeathTest, TestMutexMisuse) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  auto run = [] {
    RunGo([] {
      try {
        GetParam().f();
      } catch (...) {
      }
    });
  };
  EXPECT_EXIT(run(), ExitedWithCode(2), std::string("fatal error: ") + GetParam().text);
}

constexpr char kUnlock[] = "sync: unlock of unlocked mutex";
constexpr char kRWUnlock[] = "sync: Unlock of unlocked RWMutex";
constexpr char kRUnlock[] = "sync: RUnlock of unlocked RWMutex";

INSTANTIATE_TEST_SUITE_P(All, SyncMisuseDeathTest,
                         testing::Values(Misuse{"MutexUnlock", kUnlock,
                                                [] {
                                                  Mutex mu;
                                                  mu.Unlock();
                                                }},
                                         Misuse{"MutexUnlock2", kUnlock,
                                                [] {
                                                  Mutex mu;
                                                  mu.Lock();
                                                  mu.Unlock();
                                                  mu.Unlock();
                                                }},
                                         Misuse{"RWMutexUnlock", kRWUnlock,
                                                [] {
                                                  RWMutex mu;
                                                  mu.Unlock();
                                                }},
                                         Misuse{"RWMutexUnlock2", kRWUnlock,
                                                [] {
                                                  RWMutex mu;
                                                  mu.RLock();
                                                  mu.Unlock();
                                                }},
                                         Misuse{"RWMutexUnlock3", kRWUnlock,
                                                [] {
                                                  RWMutex mu;
                                                  mu.Lock();
                                                  mu.Unlock();
                                                  mu.Unlock();
                                                }},
                                         Misuse{"RWMutexRUnlock", kRUnlock,
                                                [] {
                                                  RWMutex mu;
                                                  mu.RUnlock();
                                                }},
                                         Misuse{"RWMutexRUnlock2", kRUnlock,
                                                [] {
                                                  RWMutex mu;
                                                  mu.Lock();
                                                  mu.RUnlock();
                                                }},
                                         Misuse{"RWMutexRUnlock3", kRUnlock,
                                                [] {
                                                  RWMutex mu;
                                                  mu.RLock();
                                                  mu.RUnlock();
                                                  mu.RUnlock();
                                                }}),
                         [](const testing::TestParamInfo<Misuse>& info) {
                           return info.param.name;
                         });

// A goroutine that holds the lock nearly always does not keep out one that wants it seldom:
// starvation mode.
TEST(SyncMutexTest, TestMutexFairness) {
  RunGo([] {
    Mutex mu;
    Chan<Unit> stop(0);
    Chan<Unit> done(1);
    WaitGroup wg;
    wg.Go([&] {
      do {
        mu.Lock();
        Sleep(microseconds(100));
        mu.Unlock();
      } while (Select(Recv(stop), kDefault) == 1);
    });
    go([&] {
      for (int i = 0; i < 10; ++i) {
        Sleep(microseconds(100));
        mu.Lock();
        mu.Unlock();
      }
      done.Send({});
    });
    EXPECT_EQ(Select(Recv(done), Recv(After(std::chrono::seconds(10)))), 0u);
    stop.Close();
    wg.Wait();
  });
}

TEST(SyncMutexTest, ServesStdLockGuard) {
  RunGo([] {
    Mutex mu;
    {
      std::lock_guard<Mutex> lock(mu);
      EXPECT_FALSE(mu.TryLock());
    }
    std::unique_lock<Mutex> lock(mu, std::try_to_lock);
    EXPECT_TRUE(lock.owns_lock());
  });
}

TEST(SyncMutexTest, AnotherGoroutineMayUnlock) {
  RunGo([] {
    Mutex mu;
    WaitGroup wg;
    mu.Lock();
    wg.Go([&] { mu.Unlock(); });
    mu.Lock();
    mu.Unlock();
    wg.Wait();
  });
}

// ---- rwmutex_test.go, runtime/rwmutex_test.go ----

TEST(SyncRWMutexTest, TestParallelReaders) {
  for (auto [readers, procs] : {std::pair{1, 4}, {3, 4}, {4, 2}}) {
    RunGo(
        [readers = readers] {
          RWMutex mu;
          Chan<Unit> locked(0);
          Chan<Unit> unlock(0);
          WaitGroup wg;
          for (int i = 0; i < readers; ++i) {
            wg.Go([&] {
              mu.RLock();
              locked.Send({});
              unlock.Recv();
              mu.RUnlock();
            });
          }
          for (int i = 0; i < readers; ++i) locked.Recv();  // all hold it at once
          EXPECT_FALSE(mu.TryLock());
          for (int i = 0; i < readers; ++i) unlock.Send({});
          wg.Wait();
          EXPECT_TRUE(mu.TryLock());
          mu.Unlock();
        },
        {.procs = procs});
  }
}

void HammerRWMutex(int procs, int readers, int loops) {
  RunGo(
      [=] {
        RWMutex mu;
        std::atomic<int> activity{0};  // readers inside + 10000 for each writer inside
        std::atomic<int> intruders{0};
        WaitGroup wg;
        auto read = [&] {
          for (int i = 0; i < loops; ++i) {
            mu.RLock();
            const int n = ++activity;
            if (n < 1 || n >= 10000) ++intruders;
            --activity;
            mu.RUnlock();
          }
        };
        auto write = [&] {
          for (int i = 0; i < loops; ++i) {
            mu.Lock();
            if ((activity += 10000) != 10000) ++intruders;
            activity -= 10000;
            mu.Unlock();
          }
        };
        wg.Go(write);
        for (int i = 0; i < readers / 2; ++i) wg.Go(read);
        wg.Go(write);
        for (int i = readers / 2; i < readers; ++i) wg.Go(read);
        wg.Wait();
        EXPECT_EQ(intruders, 0);
      },
      {.procs = procs});
}

TEST(SyncRWMutexTest, TestRWMutex) {
  RunGo([] {
    RWMutex mu;
    mu.Lock();
    EXPECT_FALSE(mu.TryLock());
    EXPECT_FALSE(mu.TryRLock());
    mu.Unlock();
    EXPECT_TRUE(mu.TryLock());
    mu.Unlock();
    EXPECT_TRUE(mu.TryRLock());
    EXPECT_TRUE(mu.TryRLock());
    EXPECT_FALSE(mu.TryLock());
    mu.RUnlock();
    mu.RUnlock();
  });
  for (int procs : {1, 4, 10}) {
    for (int readers : {1, 3, 10}) HammerRWMutex(procs, readers, Scaled(1000));
  }
  HammerRWMutex(10, 5, Scaled(1000));
}

// Go's RLocker turns the read half into a Locker; in C++ that is std::shared_lock.
TEST(SyncRWMutexTest, TestRLocker) {
  RunGo([] {
    RWMutex mu;
    Chan<Unit> read_locked(1);
    constexpr int kRounds = 10;
    WaitGroup wg;
    Chan<Unit> release(0);
    Chan<Unit> released(0);
    Chan<Unit> next_round(0);
    wg.Go([&] {
      for (int i = 0; i < kRounds; ++i) {
        {
          std::shared_lock<RWMutex> first(mu);
          std::shared_lock<RWMutex> second(mu);
          read_locked.Send({});
          release.Recv();
        }
        released.Send({});
        next_round.Recv();
      }
    });
    for (int i = 0; i < kRounds; ++i) {
      read_locked.Recv();
      EXPECT_FALSE(mu.TryLock()) << "a shared_lock did not read-lock";
      release.Send({});
      released.Recv();
      EXPECT_TRUE(mu.TryLock()) << "a shared_lock did not unlock";
      mu.Unlock();
      next_round.Send({});
    }
    wg.Wait();
  });
}

// A writer that waits keeps out readers that come later, so that it is not starved.
TEST(SyncRWMutexTest, WaitingWriterBlocksNewReaders) {
  RunGo([] {
    RWMutex mu;
    mu.RLock();
    std::vector<int> order;
    WaitGroup wg;
    ParkWatch parks(&Counters::parks_sema);
    wg.Go([&] {
      mu.Lock();
      order.push_back(1);
      mu.Unlock();
    });
    parks.Await(1);
    EXPECT_FALSE(mu.TryRLock());
    wg.Go([&] {
      mu.RLock();
      order.push_back(2);
      mu.RUnlock();
    });
    parks.Await(2);
    mu.RUnlock();
    wg.Wait();
    EXPECT_EQ(order, (std::vector<int>{1, 2}));
  });
}

// ---- waitgroup_test.go ----

TEST(SyncWaitGroupTest, TestWaitGroup) {
  RunGo([] {
    WaitGroup first;
    WaitGroup second;
    for (int round = 0; round < 8; ++round) {
      constexpr int kCount = 16;
      first.Add(kCount);
      second.Add(kCount);
      std::atomic<int> exited{0};
      WaitGroup ended;
      for (int i = 0; i < kCount; ++i) {
        ended.Go([&] {
          first.Done();
          second.Wait();
          ++exited;
        });
      }
      first.Wait();
      for (int i = 0; i < kCount; ++i) {
        EXPECT_EQ(exited, 0) << "released too soon";
        second.Done();
      }
      ended.Wait();
      EXPECT_EQ(exited, kCount);
    }
  });
}

TEST(SyncWaitGroupTest, TestWaitGroupMisuse) {
  RunGo([] {
    WaitGroup wg;
    wg.Add(1);
    wg.Done();
    EXPECT_EQ(PanicText([&] { wg.Done(); }), "sync: negative WaitGroup counter");
  });
}

TEST(SyncWaitGroupTest, TestWaitGroupRace) {
  RunGo([] {
    for (int i = 0; i < Scaled(1000); ++i) {
      WaitGroup wg;
      int n[2] = {0, 0};  // not atomic: Wait orders it
      for (int k = 0; k < 2; ++k) {
        wg.Add(1);
        go([&, k] {
          n[k] = 1;
          wg.Done();
        });
      }
      wg.Wait();
      ASSERT_EQ(n[0] + n[1], 2) << "woken too soon";
    }
  });
}

TEST(SyncWaitGroupTest, TestWaitGroupAlign) {
  RunGo([] {
    struct Packed {
      char c;
      WaitGroup wg;
    };
    Packed packed{};
    packed.wg.Add(1);
    go([&] { packed.wg.Done(); });
    packed.wg.Wait();
  });
}

TEST(SyncWaitGroupTest, TestWaitGroupGo) {
  RunGo([] {
    WaitGroup wg;
    int i = 0;
    wg.Go([&] { ++i; });
    wg.Wait();
    EXPECT_EQ(i, 1);
  });
}

TEST(SyncWaitGroupDeathTest, TestIssue76126) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(RunGo([] {
                WaitGroup wg;
                wg.Go([] { Panic("test"); });
                wg.Wait();
                std::_Exit(0);  // Wait must not return before the program has ended
              }),
              ExitedWithCode(2), "panic: test");
}

TEST(SyncWaitGroupTest, ManyWaitersAreAllWoken) {
  RunGo([] {
    WaitGroup wg;
    WaitGroup waiters;
    wg.Add(1);
    ParkWatch parks(&Counters::parks_sema);
    for (int i = 0; i < 50; ++i) waiters.Go([&] { wg.Wait(); });
    parks.Await(50);
    wg.Done();
    waiters.Wait();
  });
}

// ---- cond_test.go ----

TEST(SyncCondTest, TestCondSignal) {
  RunGo([] {
    Mutex mu;
    Cond cond(&mu);
    Chan<Unit> running(2);
    Chan<Unit> awake(2);
    WaitGroup wg;
    for (int i = 0; i < 2; ++i) {
      wg.Go([&] {
        mu.Lock();
        running.Send({});
        cond.Wait();
        awake.Send({});
        mu.Unlock();
      });
    }
    for (int i = 0; i < 2; ++i) running.Recv();
    for (int i = 0; i < 2; ++i) {
      EXPECT_EQ(awake.Len(), 0u) << "awake without a signal";
      mu.Lock();
      cond.Signal();
      mu.Unlock();
      awake.Recv();
      EXPECT_EQ(awake.Len(), 0u) << "one signal woke two";
    }
    wg.Wait();
    cond.Signal();  // nobody waits: no effect
  });
}

TEST(SyncCondTest, TestCondSignalGenerations) {
  RunGo([] {
    constexpr int kCount = 100;
    Mutex mu;
    Cond cond(&mu);
    Chan<Unit> running(kCount);
    Chan<int> awake(kCount);
    WaitGroup wg;
    for (int i = 0; i < kCount; ++i) {
      wg.Go([&, i] {
        mu.Lock();
        running.Send({});
        cond.Wait();
        awake.Send(i);
        mu.Unlock();
      });
      if (i > 0) {
        EXPECT_EQ(awake.Recv(), i - 1) << "the one who waited longest is woken first";
      }
      running.Recv();
      mu.Lock();
      cond.Signal();
      mu.Unlock();
    }
    wg.Wait();
  });
}

TEST(SyncCondTest, TestCondBroadcast) {
  RunGo([] {
    const int count = conformance::kThreadSanitizer ? 20 : 100;
    Mutex mu;
    Cond cond(&mu);
    Chan<int> running(count);
    Chan<int> awake(count);
    bool exit = false;
    WaitGroup wg;
    for (int g = 0; g < count; ++g) {
      wg.Go([&, g] {
        mu.Lock();
        while (!exit) {
          running.Send(g);
          cond.Wait();
          awake.Send(g);
        }
        mu.Unlock();
      });
    }
    for (int round = 0; round < count; ++round) {
      for (int i = 0; i < count; ++i) running.Recv();
      mu.Lock();
      if (round == count - 1) exit = true;
      EXPECT_EQ(awake.Len(), 0u);
      cond.Broadcast();
      mu.Unlock();
      std::vector<bool> seen(count);
      for (int i = 0; i < count; ++i) {
        const int g = *awake.Recv();
        EXPECT_FALSE(seen.at(g)) << "woken twice";
        seen[g] = true;
      }
    }
    wg.Wait();
    EXPECT_EQ(running.Len(), 0u);
    cond.Broadcast();
  });
}

TEST(SyncCondTest, TestRace) {
  RunGo([] {
    Mutex mu;
    Cond cond(&mu);
    int x = 0;
    WaitGroup wg;
    wg.Go([&] {
      mu.Lock();
      x = 1;
      cond.Wait();
      EXPECT_EQ(x, 2);
      x = 3;
      cond.Signal();
      mu.Unlock();
    });
    wg.Go([&] {
      mu.Lock();
      while (x != 1) {
        mu.Unlock();
        Gosched();
        mu.Lock();
      }
      x = 2;
      cond.Signal();
      mu.Unlock();
    });
    wg.Go([&] {
      mu.Lock();
      while (x != 2 && x != 3) {
        mu.Unlock();
        Gosched();
        mu.Lock();
      }
      if (x == 2) {
        cond.Wait();
        EXPECT_EQ(x, 3);
      }
      mu.Unlock();
    });
    wg.Wait();
  });
}

TEST(SyncCondTest, TestCondSignalStealing) {
  RunGo([] {
    for (int i = 0; i < Scaled(1000); ++i) {
      Mutex mu;
      Cond cond(&mu);
      Chan<Unit> ch(0);
      WaitGroup wg;
      wg.Go([&] {
        mu.Lock();
        ch.Send({});
        cond.Wait();
        mu.Unlock();
        ch.Send({});
      });
      ch.Recv();
      mu.Lock();  // got only once the waiter is inside Wait
      mu.Unlock();
      bool done = false;
      wg.Go([&] { cond.Broadcast(); });
      wg.Go([&] {
        mu.Lock();
        while (!done) cond.Wait();
        mu.Unlock();
      });
      ch.Recv();  // a newcomer must not take the broadcast from the one who waited
      mu.Lock();
      done = true;
      mu.Unlock();
      cond.Broadcast();
      wg.Wait();
    }
  });
}

TEST(SyncCondTest, TestCondCopy) {
  static_assert(!std::is_copy_constructible_v<Cond> && !std::is_copy_assignable_v<Cond>);
  static_assert(!std::is_copy_constructible_v<Mutex> && !std::is_copy_constructible_v<RWMutex>);
  static_assert(!std::is_copy_constructible_v<WaitGroup> && !std::is_copy_constructible_v<Once>);
}

}  // namespace
}  // namespace unpark
