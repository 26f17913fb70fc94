// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Properties of Go's sync tests: Mutex, RWMutex, WaitGroup, Cond, Once and its functions, Pool,
// Map.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <shared_mutex>
#include <string>
#include <utility>
#include <vector>

#include "runtime/chan/chan.h"
#include "runtime/chan/select.h"
#include "runtime/conformance/run_go.h"
#include "runtime/sync/cond.h"
#include "runtime/sync/map.h"
#include "runtime/sync/mutex.h"
#include "runtime/sync/once.h"
#include "runtime/sync/pool.h"
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

// ---- once_test.go, oncefunc_test.go ----

TEST(SyncOnceTest, TestOnce) {
  RunGo([] {
    Once once;
    int n = 0;
    WaitGroup wg;
    for (int i = 0; i < 10; ++i) {
      wg.Go([&] {
        once.Do([&] { ++n; });
        EXPECT_EQ(n, 1);
      });
    }
    wg.Wait();
    EXPECT_EQ(n, 1);
  });
}

TEST(SyncOnceTest, TestOncePanic) {
  RunGo([] {
    Once once;
    EXPECT_EQ(PanicText([&] { once.Do([] { Panic("failed"); }); }), "failed");
    once.Do([] { FAIL() << "called twice"; });
  });
}

TEST(SyncOnceFuncTest, TestOnceFunc) {
  RunGo([] {
    int calls = 0;
    auto f = OnceFunc([&] { ++calls; });
    for (int i = 0; i < 10; ++i) f();
    auto copy = f;
    copy();
    EXPECT_EQ(calls, 1);
  });
}

TEST(SyncOnceFuncTest, TestOnceValue) {
  RunGo([] {
    int calls = 0;
    auto f = OnceValue([&] { return ++calls; });
    for (int i = 0; i < 10; ++i) EXPECT_EQ(f(), 1);
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(&f(), &f()) << "the value is shared, not copied";
  });
}

TEST(SyncOnceFuncTest, TestOnceValues) {
  RunGo([] {
    int calls = 0;
    auto f = OnceValue([&] {
      ++calls;
      return std::pair(calls, calls + 1);
    });
    for (int i = 0; i < 10; ++i) {
      auto [a, b] = f();
      EXPECT_EQ(a, 1);
      EXPECT_EQ(b, 2);
    }
    EXPECT_EQ(calls, 1);
  });
}

// Every call panics with the same value; the function runs once.
template <typename F>
void ExpectPanicsAlways(F f, const int& calls) {
  for (int i = 0; i < 2; ++i) EXPECT_EQ(PanicText(f), "x");
  EXPECT_EQ(calls, 1);
}

TEST(SyncOnceFuncTest, TestOnceFuncPanic) {
  RunGo([] {
    int calls = 0;
    ExpectPanicsAlways(OnceFunc([&] {
                         ++calls;
                         Panic("x");
                       }),
                       calls);
  });
}

TEST(SyncOnceFuncTest, TestOnceValuePanic) {
  RunGo([] {
    int calls = 0;
    ExpectPanicsAlways(OnceValue([&] {
                         ++calls;
                         if (calls > 0) Panic("x");
                         return 0;
                       }),
                       calls);
  });
}

TEST(SyncOnceFuncTest, TestOnceValuesPanic) {
  RunGo([] {
    int calls = 0;
    ExpectPanicsAlways(OnceValue([&] {
                         ++calls;
                         if (calls > 0) Panic("x");
                         return std::pair(0, 0);
                       }),
                       calls);
  });
}

TEST(SyncOnceFuncTest, TestOnceFuncGoexit) {
  RunGo([] {
    int calls = 0;
    auto f = OnceFunc([&] {
      ++calls;
      Goexit();
    });
    for (int i = 0; i < 2; ++i) {
      WaitGroup wg;
      wg.Go([&] {
        f();
        ADD_FAILURE() << "the function has not returned, so neither may its caller";
      });
      wg.Wait();
    }
    EXPECT_EQ(calls, 1);
  });
}

TEST(SyncOnceFuncDeathTest, TestOnceFuncPanicTraceback) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(RunGo([] { OnceFunc([] { Panic("deep"); })(); }), ExitedWithCode(2), "panic: deep");
}

// What the function holds is released once it has run, whether it returned or not.
TEST(SyncOnceFuncTest, TestOnceXGC) {
  RunGo([] {
    for (bool panics : {false, true}) {
      auto held = std::make_shared<int>(1);
      auto f = OnceFunc([held, panics] {
        if (panics) Panic("test panic");
      });
      EXPECT_EQ(held.use_count(), 2);
      for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(PanicText(f), panics ? "test panic" : "did not panic");
        EXPECT_EQ(held.use_count(), 1);
      }
    }
  });
}

// ---- pool_test.go ----

TEST(SyncPoolTest, TestPool) {
  RunGo(
      [] {
        Pool<std::string> pool;
        EXPECT_EQ(pool.Get(), nullptr);
        auto a = std::make_unique<std::string>("a");
        std::string* const address = a.get();
        pool.Put(std::move(a));
        pool.Put(std::make_unique<std::string>("b"));
        EXPECT_EQ(pool.Get().get() == address, true);
        EXPECT_EQ(*pool.Get(), "b");
        EXPECT_EQ(pool.Get(), nullptr);
        pool.Put(nullptr);
        EXPECT_EQ(pool.Get(), nullptr);
      },
      {.procs = 1});
}

TEST(SyncPoolTest, TestPoolNew) {
  RunGo(
      [] {
        int made = 0;
        Pool<int> pool([&] { return std::make_unique<int>(++made); });
        EXPECT_EQ(*pool.Get(), 1);
        EXPECT_EQ(*pool.Get(), 2);
        pool.Put(std::make_unique<int>(42));
        EXPECT_EQ(*pool.Get(), 42);
        EXPECT_EQ(*pool.Get(), 3);
      },
      {.procs = 1});
}

struct Tracked {
  explicit Tracked(std::atomic<int>* count) : live(count) { ++*live; }
  ~Tracked() { --*live; }
  std::atomic<int>* live;
};

// Without a collector: what does not fit is freed at once, and the rest with the pool.
TEST(SyncPoolTest, TestPoolRelease) {
  RunGo(
      [] {
        std::atomic<int> live{0};
        {
          Pool<Tracked> pool(nullptr, /*per_p=*/10);
          for (int i = 0; i < 100; ++i) pool.Put(std::make_unique<Tracked>(&live));
          EXPECT_EQ(live, 10);
        }
        EXPECT_EQ(live, 0);
      },
      {.procs = 1});
}

TEST(SyncPoolTest, TestPoolGC) {
  RunGo(
      [] {
        std::atomic<int> live{0};
        Pool<Tracked> pool;
        for (int i = 0; i < 20; ++i) pool.Put(std::make_unique<Tracked>(&live));
        for (int i = 0; i < 20; ++i) EXPECT_NE(pool.Get(), nullptr);
        EXPECT_EQ(live, 0) << "the pool holds on to what it has given away";
      },
      {.procs = 1});
}

TEST(SyncPoolTest, TestPoolStress) {
  RunGo([] {
    std::atomic<int> live{0};
    {
      struct Exclusive {
        explicit Exclusive(std::atomic<int>* count) : tracked(count) {}
        Tracked tracked;
        int users = 0;  // not atomic: a Put happens before the Get of the same object
      };
      Pool<Exclusive> pool([&] { return std::make_unique<Exclusive>(&live); }, /*per_p=*/4);
      WaitGroup wg;
      for (int g = 0; g < 10; ++g) {
        wg.Go([&] {
          for (int i = 0; i < Scaled(20000); ++i) {
            std::unique_ptr<Exclusive> object = pool.Get();
            EXPECT_EQ(++object->users, 1) << "an object was given to two";
            if (i % 64 == 0) Gosched();
            --object->users;
            pool.Put(std::move(object));
          }
        });
      }
      wg.Wait();
    }
    EXPECT_EQ(live, 0);
  });
}

// ---- map_test.go ----

// Random calls have the same results as on a plain map.
TEST(SyncMapTest, TestMapMatchesRWMutex) {
  RunGo([] {
    std::mt19937 random(7);
    for (int round = 0; round < 20; ++round) {
      Map<std::string, int> map;
      std::map<std::string, int> model;
      for (int i = 0; i < 500; ++i) {
        const std::string key(random() % 3, static_cast<char>('a' + random() % 3));
        const int value = static_cast<int>(random() % 5);
        auto it = model.find(key);
        const std::optional<int> had = it == model.end() ? std::nullopt : std::optional(it->second);
        switch (random() % 9) {
          case 0:
            ASSERT_EQ(map.Load(key), had);
            break;
          case 1:
            map.Store(key, value);
            model[key] = value;
            break;
          case 2: {
            auto [actual, loaded] = map.LoadOrStore(key, value);
            ASSERT_EQ(loaded, had.has_value());
            ASSERT_EQ(actual, had.value_or(value));
            model.emplace(key, value);
            break;
          }
          case 3:
            ASSERT_EQ(map.LoadAndDelete(key), had);
            model.erase(key);
            break;
          case 4:
            map.Delete(key);
            model.erase(key);
            break;
          case 5:
            ASSERT_EQ(map.Swap(key, value), had);
            model[key] = value;
            break;
          case 6:
            ASSERT_EQ(map.CompareAndSwap(key, value, value + 1), had == value);
            if (had == value) model[key] = value + 1;
            break;
          case 7:
            ASSERT_EQ(map.CompareAndDelete(key, value), had == value);
            if (had == value) model.erase(key);
            break;
          default:
            if (random() % 20 == 0) {
              map.Clear();
              model.clear();
            }
        }
      }
      std::map<std::string, int> found;
      map.Range([&](const std::string& key, int value) {
        EXPECT_TRUE(found.emplace(key, value).second);
        return true;
      });
      EXPECT_EQ(found, model);
    }
  });
}

TEST(SyncMapTest, TestConcurrentRange) {
  RunGo([] {
    constexpr std::int64_t kSize = 256;
    Map<std::int64_t, std::int64_t> map;
    for (std::int64_t n = 1; n <= kSize; ++n) map.Store(n, n);
    Chan<Unit> done(0);
    WaitGroup wg;
    for (std::int64_t g = 1; g <= 4; ++g) {
      wg.Go([&, g] {
        std::mt19937_64 random(g);
        for (std::int64_t i = 0; Select(Recv(done), kDefault) == 1; ++i) {
          const auto n = static_cast<std::int64_t>(random() % (kSize - 1)) + 1;
          if (random() % 4 == 0) {
            map.Store(n, n * i * g);  // always a multiple of its key
          } else {
            map.Load(n);
          }
          if (i % 128 == 0) Gosched();
        }
      });
    }
    for (int i = 0; i < 16; ++i) {
      std::set<std::int64_t> seen;
      map.Range([&](std::int64_t key, std::int64_t value) {
        EXPECT_EQ(value % key, 0);
        EXPECT_TRUE(seen.insert(key).second) << "key " << key << " came twice";
        return true;
      });
      EXPECT_EQ(seen.size(), static_cast<std::size_t>(kSize));
    }
    done.Close();
    wg.Wait();
  });
}

TEST(SyncMapTest, TestIssue40999) {
  RunGo([] {
    Map<std::shared_ptr<int>, int> map;
    auto key = std::make_shared<int>(1);
    map.Store(nullptr, 0);
    map.Store(key, 1);
    EXPECT_EQ(key.use_count(), 2);
    map.Delete(key);
    EXPECT_EQ(key.use_count(), 1) << "a deleted key is kept";
  });
}

TEST(SyncMapTest, TestMapRangeNestedCall) {
  RunGo([] {
    Map<int, std::string> map;
    map.Store(0, "hello");
    map.Store(1, "world");
    map.Store(2, "unpark");
    map.Range([&](int key, const std::string&) {
      map.Range([&](int inner_key, const std::string& inner_value) {
        EXPECT_EQ(map.Load(inner_key), inner_value);
        EXPECT_FALSE(map.LoadOrStore(42, "dummy").second);
        map.Store(42, "value");
        EXPECT_EQ(map.LoadAndDelete(42), "value");
        return true;
      });
      map.Delete(key);
      return true;
    });
    int left = 0;
    map.Range([&](int, const std::string&) {
      ++left;
      return true;
    });
    EXPECT_EQ(left, 0);
  });
}

TEST(SyncMapTest, TestCompareAndSwap_NonExistingKey) {
  RunGo([] {
    Map<int, int> map;
    EXPECT_FALSE(map.CompareAndSwap(1, 0, 42));
    EXPECT_EQ(map.Load(1), std::nullopt);
  });
}

TEST(SyncMapTest, TestConcurrentClear) {
  RunGo([] {
    Map<int, int> map;
    WaitGroup wg;
    for (int i = 0; i < 10; ++i) {
      wg.Go([&, i] { map.Store(i, i * 10); });
      wg.Go([&, i] {
        if (auto v = map.Load(i)) {
          EXPECT_EQ(*v, i * 10);
        }
      });
      wg.Go([&] { map.Clear(); });
    }
    wg.Wait();
    map.Clear();
    map.Range([](int key, int) {
      ADD_FAILURE() << "key " << key << " survived Clear";
      return true;
    });
  });
}

}  // namespace
}  // namespace unpark
