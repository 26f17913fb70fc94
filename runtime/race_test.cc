// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// ThreadSanitizer reports the races of goroutines, and only those: also between two that run on one
// thread, where nothing but program order keeps them apart. Without it there is nothing to test.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <mutex>

#include "runtime/chan/chan.h"
#include "runtime/chan/select.h"
#include "runtime/go.h"
#include "runtime/os/sanitizer.h"
#include "runtime/sync/cond.h"
#include "runtime/sync/mutex.h"
#include "runtime/sync/waitgroup.h"
#include "runtime/time/time.h"

namespace unpark {
namespace {

using namespace std::chrono_literals;

constexpr int kReportStatus = 66;  // ThreadSanitizer's

// Runs f(&x) as the main goroutine of a new process with that many Ps.
template <class F>
[[noreturn]] void RunAndExit(int procs, F f) {
  int x = 0;
  Main({.procs = procs}, [&] { f(&x); });
  std::exit(x < 0 ? 1 : 0);
}

// Runs f in a goroutine and returns after it, yet by nothing that orders the two.
template <class F>
void StartAndSeeIt(F f) {
  std::atomic<bool> done{false};
  go([&done, f] {
    f();
    done.store(true, std::memory_order_relaxed);
  });
  while (!done.load(std::memory_order_relaxed)) Gosched();
}

class RaceDeathTest : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    if (!UNPARK_TSAN_UNORDERED) GTEST_SKIP() << "not built with ThreadSanitizer";
    GTEST_FLAG_SET(death_test_style, "threadsafe");
  }
};

INSTANTIATE_TEST_SUITE_P(Procs, RaceDeathTest, testing::Values(1, 4));

TEST_P(RaceDeathTest, OfTwoThatAreJoinedByAThird) {
  EXPECT_EXIT(RunAndExit(GetParam(),
                         [](int* x) {
                           WaitGroup all;
                           all.Add(2);
                           for (int i = 0; i < 2; ++i) {
                             go([&all, x] {
                               ++*x;
                               all.Done();
                             });
                           }
                           all.Wait();
                         }),
              testing::ExitedWithCode(kReportStatus), "data race");
}

TEST_P(RaceDeathTest, OfOneAndItsSpawner) {
  EXPECT_EXIT(RunAndExit(GetParam(),
                         [](int* x) {
                           StartAndSeeIt([x] { ++*x; });
                           ++*x;
                         }),
              testing::ExitedWithCode(kReportStatus), "data race");
}

// The second gets the G and the stack of the first.
TEST_P(RaceDeathTest, OfOneThatEndedAndOneStartedLater) {
  EXPECT_EXIT(RunAndExit(GetParam(),
                         [](int* x) {
                           for (int i = 0; i < 2; ++i) StartAndSeeIt([x] { ++*x; });
                         }),
              testing::ExitedWithCode(kReportStatus), "data race");
}

TEST_P(RaceDeathTest, OfTwoThatRelyOnSleep) {
  EXPECT_EXIT(RunAndExit(GetParam(),
                         [](int* x) {
                           go([x] {
                             ++*x;
                             Sleep(1ms);
                           });
                           Sleep(10ms);
                           ++*x;
                         }),
              testing::ExitedWithCode(kReportStatus), "data race");
}

TEST_P(RaceDeathTest, OfTwoThatHaveJustMet) {
  EXPECT_EXIT(RunAndExit(GetParam(),
                         [](int* x) {
                           Chan<int> c(0);
                           go([=] {
                             c.Recv();
                             ++*x;
                             Gosched();
                           });
                           c.Send(1);
                           ++*x;
                           while (NumGoroutine() > 1) Gosched();
                         }),
              testing::ExitedWithCode(kReportStatus), "data race");
}

// What is ordered is not reported: each way from one goroutine to the next.
TEST(Ordered, ByEveryMeansOnOneThread) {
  int x = 0;
  Main({.procs = 1}, [&] {
    Chan<Unit> unbuffered(0), buffered(1), closed(0);
    go([&] {
      ++x;
      unbuffered.Send({});
    });
    unbuffered.Recv();
    ++x;
    go([&] {
      ++x;
      buffered.Send({});
    });
    Select(Recv(buffered), Recv(closed));
    ++x;
    go([&] {
      ++x;
      closed.Close();
    });
    Select(Recv(unbuffered), Recv(closed));
    ++x;

    Mutex mutex;
    Cond cond(&mutex);
    bool ready = false;
    WaitGroup all;
    all.Go([&] {
      std::lock_guard guard(mutex);
      ++x;
      ready = true;
      cond.Signal();
    });
    {
      std::lock_guard guard(mutex);
      while (!ready) cond.Wait();
      ++x;
    }
    for (int i = 0; i < 10; ++i) {
      all.Go([&] {
        std::lock_guard guard(mutex);
        ++x;
        Gosched();
        ++x;
      });
    }
    all.Wait();
    ++x;
    Chan<Unit> fired(0);
    const Timer timer = AfterFunc(1us, [&] {
      ++x;
      fired.Send({});
    });
    fired.Recv();
    ++x;
    int on_its_stack = 0;
    const Timer tick(1us);
    all.Go([&] {
      tick.C().Recv();
      ++on_its_stack;
    });
    all.Wait();
    x += on_its_stack;
    Foreign([&] { ++x; });
    go([&] {
      Foreign([&] { ++x; });
      fired.Send({});
    });
    fired.Recv();
    go([&] { ++x; });
    while (NumGoroutine() > 1) Gosched();
    ++x;
    StartAndSeeIt([&] { ++x; });  // Main's return joins its thread
  });
  EXPECT_EQ(x, 37);
}

}  // namespace
}  // namespace unpark
