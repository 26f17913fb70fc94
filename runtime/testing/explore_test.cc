// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// The explorer finds the classic bugs, none where there is none, and repeats itself.
#include "runtime/testing/explore.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "runtime/chan/chan.h"
#include "runtime/chan/select.h"
#include "runtime/context/context.h"
#include "runtime/go.h"
#include "runtime/sync/cond.h"
#include "runtime/sync/mutex.h"
#include "runtime/sync/waitgroup.h"
#include "runtime/time/time.h"

namespace unpark::testing {
namespace {

using namespace std::chrono_literals;

constexpr const char* kDeadlock = "fatal error: all goroutines are asleep - deadlock!";

void LostUpdate() {
  Atomic<int> total = 0;
  WaitGroup all;
  for (int i = 0; i < 2; ++i) all.Go([&] { total.store(total.load() + 1); });
  all.Wait();
  Check(total.load() == 2, "an increment is lost");
}

void AddsAtOnce() {
  Atomic<int> total = 0;
  WaitGroup all;
  for (int i = 0; i < 2; ++i) all.Go([&] { total.fetch_add(1); });
  all.Wait();
  Check(total.load() == 2, "an increment is lost");
}

void LocksCrossed() {
  Mutex a, b;
  WaitGroup all;
  all.Go([&] {
    a.Lock();
    b.Lock();
    b.Unlock();
    a.Unlock();
  });
  all.Go([&] {
    b.Lock();
    a.Lock();
    a.Unlock();
    b.Unlock();
  });
  all.Wait();
}

// The flag is tested without the lock, so the signal may come before the wait.
void SignalMissed() {
  Mutex mutex;
  Cond changed(&mutex);
  Atomic<bool> ready = false;
  WaitGroup all;
  all.Go([&] {
    ready.store(true);
    changed.Signal();
  });
  if (!ready.load()) {
    mutex.Lock();
    changed.Wait();
    mutex.Unlock();
  }
  all.Wait();
}

void SignalWaitedFor() {
  Mutex mutex;
  Cond changed(&mutex);
  bool ready = false;
  WaitGroup all;
  all.Go([&] {
    mutex.Lock();
    ready = true;
    mutex.Unlock();
    changed.Signal();
  });
  mutex.Lock();
  while (!ready) changed.Wait();
  mutex.Unlock();
  all.Wait();
}

void AddInside() {
  WaitGroup all;
  Atomic<int> done = 0;
  Chan<Unit> ended(2);
  for (int i = 0; i < 2; ++i) {
    go([&all, &done, ended] {
      all.Add(1);
      done.fetch_add(1);
      all.Done();
      ended.Send({});
    });
  }
  all.Wait();
  const int seen = done.load();
  for (int i = 0; i < 2; ++i) ended.Recv();
  Check(seen == 2, "Wait returned before the work was done");
}

void CloseForgotten() {
  Chan<int> numbers(1);
  go([numbers] {
    for (int i = 0; i < 3; ++i) numbers.Send(i);
  });
  for ([[maybe_unused]] int n : numbers) {
  }
}

struct Program {
  const char* name;
  void (*run)();
  std::string failure;  // how it fails
};

std::ostream& operator<<(std::ostream& out, const Program& p) { return out << p.name; }

class Finds : public ::testing::TestWithParam<Program> {};

TEST_P(Finds, ByRandom) {
  const auto found = Explore({.strategy = Strategy::kRandom, .runs = 2000}, GetParam().run);
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.failure->what, GetParam().failure);
}

TEST_P(Finds, ByPct) {
  const auto found = Explore({.strategy = Strategy::kPct, .runs = 2000}, GetParam().run);
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.failure->what, GetParam().failure);
}

TEST_P(Finds, ByDepthFirstSearch) {
  const auto found =
      Explore({.strategy = Strategy::kDfs, .runs = 100'000, .preemptions = 2}, GetParam().run);
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.failure->what, GetParam().failure);
}

// The failure's schedule leads to the failure again, at once and every time.
TEST_P(Finds, AgainByReplay) {
  const auto found = Explore({.runs = 2000}, GetParam().run);
  ASSERT_FALSE(found.ok());
  for (int i = 0; i < 3; ++i) {
    const auto again = Explore({.replay = found.failure->schedule}, GetParam().run);
    ASSERT_FALSE(again.ok()) << found.failure->schedule;
    EXPECT_EQ(again.runs, 1U);
    EXPECT_EQ(again.failure->what, found.failure->what);
    EXPECT_EQ(again.failure->last, found.failure->last);
    EXPECT_EQ(again.failure->schedule, found.failure->schedule);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Classics, Finds,
    ::testing::Values(Program{"LostUpdate", LostUpdate, "check failed: an increment is lost"},
                      Program{"LocksCrossed", LocksCrossed, kDeadlock},
                      Program{"SignalMissed", SignalMissed, kDeadlock},
                      Program{"AddInside", AddInside,
                              "check failed: Wait returned before the work was done"},
                      Program{"CloseForgotten", CloseForgotten, kDeadlock}),
    [](const auto& info) { return std::string(info.param.name); });

// A program without a fault has none under any schedule.
TEST(Explore, PassesWhatIsRight) {
  for (void (*program)() : {AddsAtOnce, SignalWaitedFor}) {
    for (const Detail detail : {Detail::kOperations, Detail::kAccesses}) {
      for (const Strategy strategy : {Strategy::kRandom, Strategy::kPct, Strategy::kDfs}) {
        const auto found = Explore({.strategy = strategy, .runs = 500, .detail = detail}, program);
        EXPECT_TRUE(found.ok()) << found.Report();
      }
    }
  }
}

TEST(Explore, NamesTheGoroutinesOfADeadlock) {
  const auto found = Explore({.runs = 2000}, LocksCrossed);
  ASSERT_FALSE(found.ok());
  EXPECT_NE(found.failure->dump.find("[sync.Mutex.Lock]"), std::string::npos) << found.Report();
  EXPECT_NE(found.failure->dump.find("[sync.WaitGroup.Wait]"), std::string::npos);
  EXPECT_NE(found.failure->dump.find("LocksCrossed"), std::string::npos);
  EXPECT_NE(found.Report().find(found.failure->schedule), std::string::npos);
}

// How many schedules two goroutines have whose bodies are `running` and `other` pieces with a point
// before each, with so many preemptions at most: at each point go on, or let the other in.
std::uint64_t Schedules(int running, int other, int preemptions) {
  if (other == 0) return 1;
  if (running == 0) return Schedules(other, 0, preemptions);
  return Schedules(running - 1, other, preemptions) +
         (preemptions == 0 ? 0 : Schedules(other - 1, running, preemptions - 1));
}

// The orders in which depth-first search runs the pieces of the main goroutine and of another.
std::vector<std::string> OrdersOfTwo(int main_pieces, int other_pieces, int preemptions,
                                     Exploration* exploration) {
  std::vector<std::string> orders;
  *exploration =
      Explore({.strategy = Strategy::kDfs, .runs = 1'000'000, .preemptions = preemptions}, [&] {
        orders.emplace_back();
        const auto body = [&orders](char name, int pieces) {
          for (int i = 0; i < pieces; ++i) {
            if (i > 0 || name == 'm') Yield();
            orders.back() += name;
          }
        };
        go([=] { body('o', other_pieces); });
        body('m', main_pieces);
      });
  return orders;
}

TEST(Explore, DepthFirstSearchTakesEveryScheduleOnce) {
  for (const auto& [a, b] : {std::pair{1, 1}, {2, 2}, {3, 2}, {2, 5}, {5, 5}}) {
    Exploration exploration;
    const std::vector<std::string> orders = OrdersOfTwo(a, b, -1, &exploration);
    EXPECT_TRUE(exploration.ok()) << exploration.Report();
    EXPECT_TRUE(exploration.exhausted);
    EXPECT_EQ(exploration.runs, orders.size());
    EXPECT_EQ(orders.size(), Schedules(a, b, 100)) << a << " and " << b << " pieces";
    EXPECT_EQ(std::set(orders.begin(), orders.end()).size(), orders.size()) << "one came twice";
  }
}

TEST(Explore, DepthFirstSearchKeepsItsBoundOnPreemptions) {
  for (int preemptions = 0; preemptions <= 4; ++preemptions) {
    Exploration exploration;
    const std::vector<std::string> orders = OrdersOfTwo(4, 4, preemptions, &exploration);
    EXPECT_TRUE(exploration.exhausted);
    EXPECT_EQ(std::set(orders.begin(), orders.end()).size(), orders.size()) << "one came twice";
    EXPECT_EQ(orders.size(), Schedules(4, 4, preemptions)) << preemptions << " preemptions";
  }
}

// A select's choice among ready cases is enumerated like a schedule.
TEST(Explore, DepthFirstSearchTakesEveryReadyCase) {
  std::set<std::size_t> taken;
  const auto found = Explore({.strategy = Strategy::kDfs}, [&] {
    Chan<int> a(1), b(1), c(1);
    for (const auto& ch : {a, b, c}) ch.Send(1);
    taken.insert(Select(Recv(a), Recv(b), Recv(c)));
  });
  EXPECT_TRUE(found.ok()) << found.Report();
  EXPECT_TRUE(found.exhausted);
  EXPECT_EQ(taken.size(), 3U);
}

TEST(Explore, SameSeedSameRuns) {
  const auto first = Explore({.runs = 2000, .seed = 7, .shrink = false}, LocksCrossed);
  const auto second = Explore({.runs = 2000, .seed = 7, .shrink = false}, LocksCrossed);
  ASSERT_FALSE(first.ok());
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(first.runs, second.runs);
  EXPECT_EQ(first.failure->schedule, second.failure->schedule);
}

TEST(Explore, ShrinksTheSchedule) {
  const auto long_one = Explore({.runs = 2000, .shrink = false}, LocksCrossed);
  const auto short_one = Explore({.runs = 2000}, LocksCrossed);
  ASSERT_FALSE(long_one.ok());
  ASSERT_FALSE(short_one.ok());
  // One switch is enough: after the first goroutine's first Lock.
  EXPECT_LT(short_one.failure->schedule.size(), long_one.failure->schedule.size());
  EXPECT_LE(std::count(short_one.failure->schedule.begin(), short_one.failure->schedule.end(), ':'),
            2)
      << short_one.failure->schedule;
}

// --- time

TEST(VirtualTime, AnHoursSleepPassesAtOnce) {
  const auto start = std::chrono::steady_clock::now();
  std::vector<int> order;
  const auto found = Explore({.runs = 1}, [&] {
    const Time begin = Now();
    WaitGroup all;
    for (const int hours : {3, 1, 2}) {
      all.Go([&, hours] {
        Sleep(std::chrono::hours(hours));
        order.push_back(hours);
      });
    }
    all.Wait();
    Check(Now() - begin == 3h, "time is not virtual");
  });
  EXPECT_TRUE(found.ok()) << found.Report();
  EXPECT_EQ(order, (std::vector{1, 2, 3}));
  EXPECT_LT(std::chrono::steady_clock::now() - start, 1h);
}

void TimeoutOfAWorker() {
  Chan<int> result(1);
  go([result] { result.Send(1); });
  Check(Select(Recv(result), Recv(After(1s))) == 0, "timed out");
}

TEST(VirtualTime, StandsStillWhileAnybodyCanRun) {
  const auto found = Explore({.strategy = Strategy::kDfs, .runs = 10'000}, TimeoutOfAWorker);
  EXPECT_TRUE(found.ok()) << found.Report();
}

TEST(VirtualTime, RacesWhenAskedTo) {
  const auto found = Explore({.runs = 1000, .clock = Clock::kRaces}, TimeoutOfAWorker);
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.failure->what, "check failed: timed out");
}

TEST(VirtualTime, DrivesTickersContextsAndFunctions) {
  const auto found = Explore({.strategy = Strategy::kPct, .runs = 200}, [] {
    Ticker ticker(1min);
    auto [ctx, cancel] = WithTimeout(Background(), 150s);
    Atomic<int> called = 0;
    AfterFunc(90s, [&] { called.fetch_add(1); });
    int ticks = 0;
    while (Select(Recv(ticker.C()), Recv(ctx.Done())) == 0) ++ticks;
    Check(ticks == 2, "the ticker ticked otherwise");
    Check(ctx.Err() == kDeadlineExceeded, "the context ended otherwise");
    Check(called.load() == 1, "the function did not run once");
    ticker.Stop();
  });
  EXPECT_TRUE(found.ok()) << found.Report();
}

// --- kinds of failure

TEST(Failure, GoroutinesLeftBehind) {
  const auto program = [] {
    Chan<int> result(0);
    go([result] { result.Send(1); });
    Select(Recv(result), Recv(After(1s)));
  };
  const auto found = Explore({.runs = 1000, .clock = Clock::kRaces}, program);
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.failure->what, "goroutines are left behind");
  EXPECT_NE(found.failure->dump.find("[chan send]"), std::string::npos);
  const auto allowed =
      Explore({.runs = 1000, .clock = Clock::kRaces, .leaks_fail = false}, program);
  EXPECT_TRUE(allowed.ok()) << allowed.Report();
}

TEST(Failure, GoroutinesThatNeverEnd) {
  const auto found = Explore({.steps = 1000}, [] {
    go([] {
      for (Ticker ticker(1s);;) ticker.C().Recv();
    });
  });
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.failure->what, "goroutines are left behind: some still run after 1000 points");
}

TEST(Failure, Livelock) {
  const auto found = Explore({.steps = 1000}, [] {
    Atomic<bool> never = false;
    while (!never.load()) Gosched();
  });
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.failure->what, "livelock: the program still runs after 1000 points");
}

// A loop that yields lets those go on that it waits for, whatever the strategy prefers.
TEST(Failure, NoLivelockOfAFairLoop) {
  for (const Strategy strategy : {Strategy::kRandom, Strategy::kPct, Strategy::kDfs}) {
    const auto found = Explore({.strategy = strategy, .runs = 200}, [] {
      Atomic<bool> ready = false;
      go([&] { ready.store(true); });
      while (!ready.load()) Gosched();
    });
    EXPECT_TRUE(found.ok()) << found.Report();
  }
}

TEST(Failure, Panics) {
  const auto in_main = Explore({}, [] { Panic("boo"); });
  ASSERT_FALSE(in_main.ok());
  EXPECT_EQ(in_main.failure->what, "panic: boo");
  const auto elsewhere = Explore({.runs = 1000}, [] {
    Chan<int> c(1);
    go([c] { c.Close(); });
    c.Send(1);
  });
  ASSERT_FALSE(elsewhere.ok());
  EXPECT_EQ(elsewhere.failure->what, "panic: send on closed channel");
}

TEST(Failure, FatalErrors) {
  const auto found = Explore({}, [] { Mutex().Unlock(); });
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.failure->what, "fatal error: sync: unlock of unlocked mutex");
}

TEST(Failure, MainThatExitsAlone) {
  const auto found = Explore({}, [] {
    go([] { Chan<int>().Recv(); });
    Goexit();
  });
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.failure->what,
            "fatal error: no goroutines (main called runtime.Goexit) - deadlock!");
}

// What a caught exception leaves of the runtime is whole.
TEST(Failure, RecoveredPanicsAreNone) {
  const auto found = Explore({.runs = 100}, [] {
    WaitGroup all;
    for (int i = 0; i < 3; ++i) {
      all.Go([] {
        try {
          Yield();
          Panic("boo");
        } catch (const PanicError&) {
          Yield();
        }
      });
    }
    all.Wait();
  });
  EXPECT_TRUE(found.ok()) << found.Report();
}

// --- options

std::string Refusal(const ExploreOptions& options) {
  try {
    Explore(options, [] {});
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Options, RefusesBadOnesByName) {
  EXPECT_EQ(Refusal({.runs = 0}), "testing::ExploreOptions: runs is 0, not at least 1");
  EXPECT_EQ(Refusal({.depth = 0}), "testing::ExploreOptions: depth is 0, not at least 1");
  EXPECT_EQ(Refusal({.preemptions = -2}),
            "testing::ExploreOptions: preemptions is -2, not at least -1");
  EXPECT_EQ(Refusal({.steps = 0}), "testing::ExploreOptions: steps is 0, not at least 1");
  EXPECT_EQ(Refusal({.replay = "x"}),
            "testing::ExploreOptions: replay is \"x\": it must begin with o, a, or or ar");
  EXPECT_EQ(Refusal({.replay = "o,1"}),
            "testing::ExploreOptions: replay is \"o,1\": \"1\" is not GAP:CHOICE");
  EXPECT_EQ(Refusal({.replay = "o,1:x"}),
            "testing::ExploreOptions: replay is \"o,1:x\": \"x\" is no number up to 1000000");
}

// Blocking sections, foreign calls, locked threads and GOMAXPROCS are there, on the one thread.
TEST(Options, TheRestOfTheRuntimeWorks) {
  const auto found = Explore({.runs = 50}, [] {
    Check(GOMAXPROCS(4) == 1 && GOMAXPROCS(0) == 1, "more than one P");
    WaitGroup all;
    for (int i = 0; i < 3; ++i) {
      all.Go([i] {
        LockOSThread();
        Check(Blocking([i] { return i; }) == i, "Blocking");
        Yield();
        Check(Foreign([i] { return i; }) == i, "Foreign");
        UnlockOSThread();
      });
    }
    all.Wait();
    Check(NumGoroutine() >= 1 && NumGoroutine() <= 4, "NumGoroutine");
  });
  EXPECT_TRUE(found.ok()) << found.Report();
}

}  // namespace
}  // namespace unpark::testing
