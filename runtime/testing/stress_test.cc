// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// What the explorer cannot see, with its one thread: the scheduler's own protocols, run on real
// threads over and over. Each test ends after half a second, or UNPARK_STRESS_SECONDS.
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "runtime/chan/chan.h"
#include "runtime/go.h"
#include "runtime/observe/counters.h"
#include "runtime/os/clock.h"
#include "runtime/sync/rwmutex.h"
#include "runtime/sync/waitgroup.h"
#include "runtime/time/time.h"

namespace unpark {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

// How long something may take that happens at once unless it is lost.
constexpr auto kPatience = 10s;

steady_clock::time_point EndOfTest() {
  const char* seconds = std::getenv("UNPARK_STRESS_SECONDS");
  return steady_clock::now() + (seconds == nullptr ? 500ms : 1s * std::stoi(seconds));
}

// Waits without a scheduling point: only another P can make it true.
template <typename Condition>
bool SpinUntil(Condition condition) {
  const auto patience = steady_clock::now() + kPatience;
  while (!condition()) {
    if (steady_clock::now() > patience) return false;
    os::CpuRelax();
  }
  return true;
}

// With two Ps: starts goroutines that only the other can run, over and over, as the caller keeps
// its own.
void StartForTheOtherP(const Options& options, void (*pause)(unsigned round)) {
  Main(options, [pause] {
    const auto end = EndOfTest();
    for (unsigned round = 0; steady_clock::now() < end; ++round) {
      std::atomic<bool> ran = false;
      go([&] { ran.store(true, std::memory_order_release); });
      ASSERT_TRUE(SpinUntil([&] { return ran.load(std::memory_order_acquire); }))
          << "round " << round << ": a ready goroutine was left while a P idled";
      pause(round);
    }
  });
}

// A P that has just found nothing and goes idle sees what is submitted at that moment: the pauses
// vary, so that the submission meets it at every step of its way.
TEST(Wake, WorkInTheRingFindsTheOtherP) {
  StartForTheOtherP({.procs = 2, .runnext = false},  // straight into the ring
                    [](unsigned round) {
                      for (unsigned n = round * 7 % 64; n > 0; --n) os::CpuRelax();
                    });
}

// A goroutine in runnext whose P runs on is taken by another P.
TEST(Wake, LoneRunnextIsTakenFromABusyP) {
  StartForTheOtherP({.procs = 2}, [](unsigned) {});
}

// Thieves take half of a ring; each goroutine runs once.
TEST(Steal, NothingIsLostOrDoubled) {
  Options options;
  options.procs = 4;
  Main(options, [] {
    const auto end = EndOfTest();
    do {
      constexpr int kGoroutines = 500;
      std::atomic<int> ran = 0;
      for (int i = 0; i < kGoroutines; ++i)
        go([&] { ran.fetch_add(1, std::memory_order_release); });
      const auto patience = steady_clock::now() + kPatience;
      while (ran.load(std::memory_order_acquire) < kGoroutines) {
        ASSERT_LT(steady_clock::now(), patience) << ran.load() << " of " << kGoroutines << " ran";
        Gosched();
      }
      ASSERT_EQ(ran.load(), kGoroutines);
    } while (steady_clock::now() < end);
  });
}

// More goroutines than a ring holds go to the global queue; it has its turn although the ring never
// runs dry.
TEST(GlobalQueue, HasItsTurnBesideABusyRing) {
  Options options;
  options.procs = 1;
  Main(options, [] {
    constexpr int kGoroutines = 1000, kEnoughTurns = 1'000'000;
    std::atomic<int> ran{0};
    std::atomic<bool> over{false};
    go([&] {
      while (!over) Gosched();
    });
    for (int i = 0; i < kGoroutines; ++i) go([&] { ++ran; });
    for (int turn = 0; ran < kGoroutines && turn < kEnoughTurns; ++turn) Gosched();
    EXPECT_EQ(ran, kGoroutines);
    over = true;
    Gosched();
  });
}

// The M that sleeps until the earliest timer is woken for an earlier one.
TEST(TimerWaiter, LooksAgainForAnEarlierTimer) {
  Options options;
  options.procs = 2;
  Main(options, [] {
    const auto end = EndOfTest();
    do {
      std::atomic<bool> late_fired = false;
      Timer late = AfterFunc(5s, [&] { late_fired = true; });
      // Both Ps idle, one M waits for `late`, until the kernel answers here.
      Blocking([] { return usleep(2000); });
      Chan<Unit> done(0);
      go([done] {
        Sleep(1ms);
        done.Close();
      });
      done.Recv();
      ASSERT_FALSE(late_fired.load()) << "a sleep of 1 ms ended with a timer of 5 s";
      late.Stop();
    } while (steady_clock::now() < end);
  });
}

// Writers are rare enough for the lock to count its readers by thread again and again.
TEST(RWMutex, ExcludesReadersThatAreCountedByThread) {
  Options options;
  options.procs = 4;
  Main(options, [] {
    RWMutex lock;
    std::array<int, 8> value{};  // all equal, or a writer was seen at work
    std::atomic<bool> stop{false};
    std::atomic<int> torn{0};
    WaitGroup readers;
    for (int r = 0; r < 6; ++r) {
      readers.Go([&, r] {
        for (int i = 0; !stop; ++i) {
          lock.RLock();
          for (int v : value) torn += v != value[0];
          if (r == 0) Gosched();
          lock.RUnlock();
          if (i % 64 == 0) Gosched();
        }
      });
    }
    WaitGroup writers;
    const auto end = EndOfTest();
    for (int w = 0; w < 2; ++w) {
      writers.Go([&] {
        while (steady_clock::now() < end) {
          const std::uint64_t opened = ReadCounters().lanes_opened;
          while (steady_clock::now() < end && ReadCounters().lanes_opened == opened) Gosched();
          lock.Lock();
          for (int& v : value) ++v;
          lock.Unlock();
        }
      });
    }
    writers.Wait();
    stop = true;
    readers.Wait();
    EXPECT_EQ(torn, 0);
    EXPECT_GT(ReadCounters().lanes_closed, 0u);
  });
}

}  // namespace
}  // namespace unpark
