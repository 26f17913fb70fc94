// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Properties of Go's time tests (sleep_test.go, tick_test.go): Sleep, Timer, Ticker, After,
// AfterFunc as of Go 1.23.
//
// Bounds in time are lower bounds only. What must not happen is tried with timers an hour away.
#include "runtime/time/time.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "runtime/chan/chan.h"
#include "runtime/chan/select.h"
#include "runtime/conformance/run_go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark {
namespace {

using conformance::PanicText;
using conformance::ParkWatch;
using conformance::RunGo;
using conformance::Scaled;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

bool Ready(const RecvChan<Time>& c) { return Select(Recv(c), kDefault) == 0; }

// A Timer's two faces, so that a test can run on both: a channel, and a function that fills a
// channel.
struct TestTimer {
  Timer timer;
  RecvChan<Time> c;
};
TestTimer ChanTimer(Duration d) {
  Timer timer(d);
  return {timer, timer.C()};
}
TestTimer FuncTimer(Duration d) {
  Chan<Time> c(1);
  return {AfterFunc(d, [c] { c.Send(Now()); }), c};
}
using MakeTimer = TestTimer (*)(Duration);

class TimerFaces : public testing::TestWithParam<MakeTimer> {};
INSTANTIATE_TEST_SUITE_P(ChanAndFunc, TimerFaces, testing::Values(&ChanTimer, &FuncTimer),
                         [](const testing::TestParamInfo<MakeTimer>& info) {
                           return info.param == &ChanTimer ? "Chan" : "Func";
                         });

// ---- sleep_test.go ----

TEST(TimeSleepTest, TestSleep) {
  RunGo([] {
    const Time start = Now();
    Sleep(milliseconds(20));
    EXPECT_GE(Now() - start, milliseconds(20));
  });
}

TEST(TimeSleepTest, TestAfterFunc) {
  RunGo([] {
    int left = 10;
    Chan<Unit> done(0);
    std::function<void()> f = [&] {
      if (--left >= 0) {
        AfterFunc(Duration(0), f);
      } else {
        done.Send({});
      }
    };
    AfterFunc(Duration(0), f);
    done.Recv();
    EXPECT_EQ(left, -1);
  });
}

TEST(TimeSleepTest, AfterFuncRunsInAGoroutineOfItsOwn) {
  RunGo([] {
    Chan<Unit> meet(0);
    AfterFunc(Duration(0), [=] { meet.Send({}); });  // both may block
    AfterFunc(Duration(0), [=] { meet.Recv(); });
    AfterFunc(Duration(0), [=] { meet.Send({}); });
    meet.Recv();
  });
}

// Go runs the collector meanwhile; here goroutines come and go.
TEST(TimeSleepTest, TestTickerStress) {
  RunGo([] {
    std::atomic<bool> stop{false};
    WaitGroup wg;
    wg.Go([&] {
      while (!stop) {
        go([] {});
        Sleep(nanoseconds(1));
      }
    });
    Ticker ticker(nanoseconds(1));
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(ticker.C().Recv());
    ticker.Stop();
    stop = true;
    wg.Wait();
  });
}

TEST(TimeSleepTest, TestTickerConcurrentStress) {
  RunGo([] {
    Ticker ticker(nanoseconds(1));
    WaitGroup wg;
    for (int g = 0; g < 10; ++g) {
      wg.Go([&] {
        for (int i = 0; i < Scaled(100); ++i) EXPECT_TRUE(ticker.C().Recv());
      });
    }
    wg.Wait();
    ticker.Stop();
  });
}

TEST(TimeSleepTest, TestAfterFuncStarvation) {
  RunGo(
      [] {
        std::atomic<bool> stop{false};
        Chan<bool> c(1);
        WaitGroup wg;
        wg.Go([&] {
          while (!stop) c.Send(true);
          c.Close();
        });
        wg.Go([&] {
          for (bool b : c) (void)b;
        });
        AfterFunc(microseconds(1), [&] { stop = true; });
        wg.Wait();
      },
      {.procs = 1});
}

TEST(TimeSleepTest, TestAfter) {
  RunGo([] {
    const Time start = Now();
    const Time end = *After(milliseconds(20)).Recv();
    EXPECT_GE(end - start, milliseconds(20));
    EXPECT_GE(Now(), end);
  });
}

TEST(TimeSleepTest, TestAfterTick) {
  RunGo([] {
    const Time start = Now();
    for (int i = 0; i < 10; ++i) After(milliseconds(2)).Recv();
    EXPECT_GE(Now() - start, milliseconds(20));
  });
}

TEST_P(TimerFaces, TestAfterStop) {
  RunGo([] {
    TestTimer t0 = GetParam()(hours(1));
    Chan<bool> ran(1);
    Timer t1 = AfterFunc(hours(1), [=] { ran.Send(true); });
    EXPECT_TRUE(t0.timer.Stop());
    EXPECT_TRUE(t1.Stop());
    // Shortly due timers that are stopped before they fire never fire.
    for (int i = 0; i < 100; ++i) {
      TestTimer soon = GetParam()(milliseconds(1));
      if (!soon.timer.Stop()) continue;
      Sleep(microseconds(i % 10 == 0 ? 1500 : 0));
      ASSERT_FALSE(Ready(soon.c));
    }
    EXPECT_FALSE(Ready(t0.c));
    EXPECT_EQ(ran.Len(), 0u);
    EXPECT_FALSE(t0.timer.Stop()) << "stopped before";
    EXPECT_FALSE(t1.Stop());
  });
}

// Timers fire in the order of their times, whatever the order in which they were made. On a busy
// machine two may fall due at once and their goroutines run in any order, so the distance grows
// until it works.
bool FireInOrder(MakeTimer make, Duration delta) {
  constexpr std::array kSlots = {5, 3, 6, 6, 6, 1, 1, 2, 7, 9, 4, 8, 0};
  std::vector<TestTimer> timers;
  const Time start = Now();
  for (int slot : kSlots) timers.push_back(make(slot * delta));
  std::vector<std::pair<Time, int>> fired;
  for (std::size_t i = 0; i < kSlots.size(); ++i) {
    fired.emplace_back(*timers[i].c.Recv(), kSlots[i]);
    EXPECT_GE(fired.back().first - start, kSlots[i] * delta);
  }
  std::sort(fired.begin(), fired.end());
  return std::is_sorted(fired.begin(), fired.end(),
                        [](const auto& a, const auto& b) { return a.second < b.second; });
}

TEST_P(TimerFaces, TestAfterQueuing) {
  RunGo([] {
    bool in_order = false;
    for (int attempt = 0; attempt < 5 && !in_order; ++attempt) {
      in_order = FireInOrder(GetParam(), milliseconds(2) * (1 << (2 * attempt)));
    }
    EXPECT_TRUE(in_order);
  });
}

TEST(TimeSleepTest, TestTimerStopStress) {
  RunGo([] {
    std::atomic<int> fired{0};
    std::atomic<int> stopped{0};
    const int count = Scaled(2000);
    WaitGroup wg;
    for (int i = 0; i < 100; ++i) {
      wg.Go([&] {
        for (int k = 0; k < count / 100; ++k) {
          Timer timer = AfterFunc(microseconds(k % 7), [&] { ++fired; });
          Gosched();
          if (timer.Stop()) ++stopped;
        }
      });
    }
    wg.Wait();
    // Each ran, or was stopped, and not both.
    conformance::YieldUntil([&] { return fired + stopped >= count / 100 * 100; });
    for (int i = 0; i < 100; ++i) Gosched();
    EXPECT_EQ(fired + stopped, count / 100 * 100);
  });
}

TEST(TimeSleepTest, TestSleepZeroDeadlock) {
  RunGo([] {
    WaitGroup wg;
    wg.Go([] {
      for (int i = 0; i < 100; ++i) Gosched();
    });
    for (int i = 0; i < 100; ++i) {
      Sleep(Duration(0));
      Sleep(Duration(-1));
      Chan<bool> c(1);
      c.Send(true);
      c.Recv();
    }
    wg.Wait();
  });
}

TEST_P(TimerFaces, TestReset) {
  RunGo([] {
    TestTimer t = GetParam()(hours(2));
    EXPECT_TRUE(t.timer.Reset(hours(3))) << "it was active";
    EXPECT_FALSE(Ready(t.c));
    const Time start = Now();
    EXPECT_TRUE(t.timer.Reset(milliseconds(2)));
    EXPECT_GE(*t.c.Recv() - start, milliseconds(2));
    EXPECT_FALSE(t.timer.Reset(hours(1))) << "it had expired";
    EXPECT_TRUE(t.timer.Stop());
    EXPECT_FALSE(t.timer.Reset(milliseconds(1))) << "it was stopped";
    t.c.Recv();
  });
}

TEST(TimeSleepTest, TestOverflowSleep) {
  RunGo([] {
    const Duration big = Duration::max();
    EXPECT_EQ(Select(Recv(After(big)), Recv(After(milliseconds(2)))), 1u);
    const Duration negative = Duration::min();
    Sleep(negative);
    After(negative).Recv();
    Timer timer(big);
    EXPECT_TRUE(timer.Stop());
    // The others are not disturbed.
    After(milliseconds(1)).Recv();
  });
}

// Go's case is a nil Timer whose Stop faults under a lock. Here a panic in a timer's function,
// caught in it, leaves the others able to stop.
TEST(TimeSleepTest, TestIssue5745) {
  RunGo([] {
    Ticker ticker(hours(1));
    Chan<std::string> text(1);
    AfterFunc(Duration(0), [=] { text.Send(PanicText([] { Panic("in a timer"); })); });
    EXPECT_EQ(text.Recv(), "in a timer");
    ticker.Stop();
  });
}

TEST(TimeSleepTest, TestOverflowPeriodRuntimeTimer) {
  RunGo([] {
    // The next tick would lie beyond the end of time.
    Ticker ticker(Duration::max());
    EXPECT_FALSE(Ready(ticker.C()));
    ticker.Reset(milliseconds(1));
    ticker.C().Recv();
    ticker.Reset(Duration::max());
    EXPECT_FALSE(Ready(ticker.C()));
    ticker.Stop();
  });
}

TEST(TimeSleepTest, TestZeroTimerResetPanics) {
  RunGo([] {
    const std::string text = PanicText([] { Timer().Reset(Duration(1)); });
    EXPECT_NE(text.find("called on uninitialized Timer"), std::string::npos) << text;
  });
}

TEST(TimeSleepTest, TestZeroTimerStopPanics) {
  RunGo([] {
    const std::string text = PanicText([] { Timer().Stop(); });
    EXPECT_NE(text.find("called on uninitialized Timer"), std::string::npos) << text;
  });
}

TEST_P(TimerFaces, TestZeroTimer) {
  RunGo([] {
    for (int i = 0; i < Scaled(10000); ++i) ASSERT_TRUE(GetParam()(Duration(0)).c.Recv());
    TestTimer reused = GetParam()(hours(1));
    for (int i = 0; i < Scaled(10000); ++i) {
      reused.timer.Reset(Duration(0));
      ASSERT_TRUE(reused.c.Recv());
    }
  });
}

TEST(TimeSleepTest, TestTimerModifiedEarlier) {
  RunGo([] {
    for (int i = 0; i < Scaled(1000); ++i) {
      TestTimer t = FuncTimer(hours(1));
      for (int k = 0; k < 10; ++k) {
        if (!t.timer.Stop()) t.c.Recv();
        t.timer.Reset(-hours(24));
      }
      ASSERT_TRUE(t.c.Recv());
    }
  });
}

TEST(TimeSleepTest, TestAdjustTimers) {
  RunGo([] {
    std::mt19937 random(3);
    std::vector<std::optional<TestTimer>> timers(100);
    std::vector<int> states(timers.size());
    std::vector<std::size_t> left(timers.size());
    for (std::size_t i = 0; i < left.size(); ++i) left[i] = i;
    while (!left.empty()) {
      const std::size_t at = random() % left.size();
      const std::size_t i = left[at];
      std::optional<TestTimer>& t = timers[i];
      switch (states[i]++) {
        case 0:
          t = FuncTimer(Duration(0));
          break;
        case 1:
        case 9:
          ASSERT_TRUE(t->c.Recv());
          break;
        case 2:
        case 4:
        case 6:
          ASSERT_FALSE(t->timer.Reset(std::chrono::minutes(states[i])));
          break;
        case 3:
        case 5:
        case 7:
          ASSERT_TRUE(t->timer.Stop());
          break;
        case 8:
          ASSERT_FALSE(t->timer.Reset(Duration(0)));
          break;
        default:
          std::swap(left[at], left.back());
          left.pop_back();
      }
    }
  });
}

// Stop and Reset tell truly whether a value may still be received, also when they race with the
// timer: what they call expired must come.
void StopOrResetResult(bool stop) {
  RunGo([=] {
    Chan<Unit> start(0);
    WaitGroup wg;
    for (int g = 0; g < Scaled(200); ++g) {
      wg.Go([&] {
        start.Recv();
        for (int i = 0; i < 20; ++i) {
          Timer t1(milliseconds(1));
          Timer t2(milliseconds(1));
          Timer& other = Select(Recv(t1.C()), Recv(t2.C())) == 0 ? t2 : t1;
          if (!(stop ? other.Stop() : other.Reset(hours(1)))) other.C().Recv();
        }
      });
    }
    start.Close();
    wg.Wait();
  });
}

TEST(TimeSleepTest, TestStopResult) { StopOrResetResult(/*stop=*/true); }

TEST(TimeSleepTest, TestResetResult) { StopOrResetResult(/*stop=*/false); }

TEST(TimeSleepTest, TestMultiWakeupTicker) {
  RunGo([] {
    Ticker ticker(microseconds(1));
    WaitGroup wg;
    for (int g = 0; g < 4; ++g) {
      wg.Go([&] {
        for (int i = 0; i < Scaled(5000); ++i)
          Select(Recv(ticker.C()), Recv(After(milliseconds(1))));
      });
    }
    wg.Wait();
    ticker.Stop();
  });
}

TEST(TimeSleepTest, TestMultiWakeupTimer) {
  RunGo([] {
    Timer timer(nanoseconds(1));
    std::atomic<int> received{0};
    WaitGroup wg;
    for (int g = 0; g < 4; ++g) {
      wg.Go([&, t = timer]() mutable {
        for (int i = 0; i < Scaled(5000); ++i) {
          if (Ready(t.C())) ++received;
          t.Reset(nanoseconds(1));
        }
      });
    }
    wg.Wait();
    EXPECT_GT(received, 0);
  });
}

// ---- tick_test.go ----

TEST(TimeTickTest, TestTicker) {
  RunGo([] {
    const Duration delta = milliseconds(2);
    Ticker ticker(delta);
    const Time start = Now();
    for (int i = 0; i < 5; ++i) ticker.C().Recv();
    EXPECT_GE(Now() - start, 5 * delta);
    const Time reset = Now();
    ticker.Reset(2 * delta);
    for (int i = 0; i < 5; ++i) ticker.C().Recv();
    EXPECT_GE(Now() - reset, 5 * 2 * delta);
    ticker.Stop();
    Sleep(3 * delta);
    EXPECT_FALSE(Ready(ticker.C())) << "ticks after Stop";
  });
}

// Ticks that nobody takes are dropped: at most one waits.
TEST(TimeTickTest, ASlowReceiverDropsTicks) {
  RunGo([] {
    Ticker ticker(milliseconds(1));
    Sleep(milliseconds(20));
    int immediate = 0;
    const Time start = Now();
    while (Ready(ticker.C())) ++immediate;
    const auto elapsed = Now() - start;
    EXPECT_LE(immediate, 2 + elapsed / milliseconds(1));
    ticker.Stop();
  });
}

TEST(TimeTickTest, TestTeardown) {
  RunGo([] {
    for (int i = 0; i < 3; ++i) {
      Ticker ticker(milliseconds(2));
      ticker.C().Recv();
      ticker.Stop();
    }
  });
}

TEST(TimeTickTest, TestTick) {
  RunGo([] {
    RecvChan<Time> c = Ticker(milliseconds(1)).C();  // goes on ticking without its Ticker
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(c.Recv());
  });
}

TEST(TimeTickTest, TestNewTickerLtZeroDuration) {
  RunGo([] {
    EXPECT_EQ(PanicText([] { Ticker ticker(Duration(-1)); }),
              "non-positive interval for NewTicker");
    EXPECT_EQ(PanicText([] { Ticker ticker(Duration(0)); }), "non-positive interval for NewTicker");
  });
}

TEST(TimeTickTest, TestTickerResetLtZeroDuration) {
  RunGo([] {
    Ticker ticker(seconds(1));
    EXPECT_EQ(PanicText([&] { ticker.Reset(Duration(0)); }),
              "non-positive interval for Ticker.Reset");
    ticker.Stop();
  });
}

// Many sleepers that come and go do not delay goroutines that talk to each other.
TEST(TimeTickTest, TestLongAdjustTimers) {
  RunGo([] {
    WaitGroup wg;
    const int sleepers = conformance::kThreadSanitizer ? 300 : 5000;
    for (int i = 0; i < sleepers; ++i) {
      wg.Go([] { Sleep(microseconds(10)); });
    }
    for (int i = 0; i < 500; ++i) Sleep(microseconds(1));
    // A queue of unbounded length as a goroutine.
    Chan<int> in(0);
    Chan<int> out(0);
    wg.Go([=] {
      std::vector<int> queue;
      std::size_t head = 0;
      for (;;) {
        int received = 0;
        bool ok = false;
        const bool empty = head == queue.size();
        if (Select(Send(empty ? Chan<int>() : out, empty ? 0 : queue[head]),
                   Recv(in, &received, &ok)) == 0) {
          ++head;
        } else if (ok) {
          queue.push_back(received);
        } else {
          break;
        }
      }
      out.Close();
    });
    for (int round = 0; round < Scaled(500); ++round) {
      for (int i = 0; i < 20; ++i) in.Send(i);
      for (int i = 0; i < 20; ++i) {
        int got = -1;
        ASSERT_EQ(Select(Recv(out, &got), Recv(After(seconds(60)))), 0u) << "round " << round;
        ASSERT_EQ(got, i);
      }
    }
    in.Close();
    wg.Wait();
  });
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
// Timers that nobody refers to, waits for or stops cost nothing once they are dropped.
TEST(TimeTickTest, TestTimerGC) {
  RunGo([] {
    auto grows = [](auto make) {
      make();  // what the first one sets up stays
      const std::size_t before = mallinfo2().uordblks;
      constexpr int kCount = 10000;
      for (int i = 0; i < kCount; ++i) make();
      const std::size_t after = mallinfo2().uordblks;
      return after > before + kCount * 8;
    };
    EXPECT_FALSE(grows([] { After(hours(1)); }));
    EXPECT_FALSE(grows([] { Timer timer(hours(1)); }));
    EXPECT_FALSE(grows([] { Timer(hours(1)).Stop(); }));
    EXPECT_FALSE(grows([] { Ticker ticker(hours(1)); }));
    EXPECT_FALSE(grows([] { Ticker(hours(1)).Stop(); }));
    EXPECT_FALSE(grows([] { Select(Recv(After(hours(1))), kDefault); }));
    EXPECT_FALSE(grows([] { AfterFunc(hours(1), [] {}).Stop(); }));
  });
}
#endif

// Go's TestChan walks one Timer and one Ticker through all that Go 1.23 promises of their channels.
class TimerChan {
 public:
  virtual ~TimerChan() = default;
  virtual bool Stop() = 0;
  virtual bool Reset(Duration d) = 0;
  virtual RecvChan<Time> C() const = 0;
  virtual bool ticks() const = 0;
};
class PlainTimer final : public TimerChan {
 public:
  bool Stop() override { return timer_.Stop(); }
  bool Reset(Duration d) override { return timer_.Reset(d); }
  RecvChan<Time> C() const override { return timer_.C(); }
  bool ticks() const override { return false; }

 private:
  Timer timer_{hours(10)};
};
class TickingTimer final : public TimerChan {
 public:
  bool Stop() override {
    ticker_.Stop();
    return std::exchange(active_, false);
  }
  bool Reset(Duration d) override {
    ticker_.Reset(d);
    return std::exchange(active_, true);
  }
  RecvChan<Time> C() const override { return ticker_.C(); }
  bool ticks() const override { return true; }

 private:
  Ticker ticker_{hours(10)};
  bool active_ = true;
};

void WalkTimerChan(TimerChan* t) {
  const RecvChan<Time> c = t->C();
  const Duration soon = nanoseconds(1);
  auto pass = [] { Sleep(milliseconds(2)); };

  EXPECT_EQ(c.Len(), 0u) << "looks unbuffered";
  EXPECT_EQ(c.Cap(), 0u);
  t->Stop();
  EXPECT_FALSE(Ready(c)) << "stopped before it fired";
  t->Reset(hours(10));
  EXPECT_FALSE(Ready(c)) << "reset to far away";

  t->Reset(soon);
  pass();
  EXPECT_EQ(c.Len(), 0u) << "looks unbuffered also when it has fired";
  EXPECT_TRUE(Ready(c)) << "fired";
  pass();
  t->Reset(hours(10));
  EXPECT_FALSE(Ready(c)) << "no stale value after Reset";

  // Changes while somebody waits.
  auto wait_for = [&] {
    Chan<bool> got(1);
    ParkWatch parks(&Counters::parks_chan_recv);
    go([=] { got.Send(c.Recv().has_value()); });
    parks.Await(1);
    return got;
  };
  Chan<bool> got = wait_for();
  t->Reset(hours(20));
  pass();
  EXPECT_EQ(got.Len(), 0u);
  t->Reset(soon);
  EXPECT_EQ(got.Recv(), true) << "an imminent Reset reaches who waits already";
  pass();
  EXPECT_EQ(Ready(c), t->ticks()) << "a timer fires once, a ticker goes on";
  t->Stop();
  EXPECT_FALSE(Ready(c));

  // Two goroutines in selects: a timer wakes one of them.
  t->Reset(hours(10));
  Chan<bool> woken(2);
  Chan<Unit> stop(0);
  WaitGroup wg;
  ParkWatch parks(&Counters::parks_select);
  for (int i = 0; i < 2; ++i) {
    wg.Go([=] {
      if (Select(Recv(c), Recv(stop)) == 0) woken.Send(true);
    });
  }
  parks.Await(2);
  t->Reset(milliseconds(1));
  woken.Recv();
  t->Stop();
  stop.Close();
  wg.Wait();
  if (!t->ticks()) {
    EXPECT_EQ(woken.Len(), 0u);
  }
  EXPECT_FALSE(Ready(c));

  // A stopped timer never wakes.
  Chan<Unit> stop_again(0);
  WaitGroup waiting;
  ParkWatch parks_again(&Counters::parks_select);
  for (int i = 0; i < 2; ++i) {
    waiting.Go([=] { EXPECT_EQ(Select(Recv(c), Recv(stop_again)), 1u); });
  }
  parks_again.Await(2);
  stop_again.Close();
  waiting.Wait();

  // Stop and Reset count a value that nobody has received as pending, and take it back.
  t->Reset(soon);
  pass();
  EXPECT_TRUE(t->Stop());
  EXPECT_FALSE(Ready(c));
  t->Reset(hours(1));
  EXPECT_FALSE(Ready(c));
  EXPECT_TRUE(t->Reset(soon));
  pass();
  EXPECT_TRUE(Ready(c));
  pass();
  EXPECT_EQ(Ready(c), t->ticks());
  EXPECT_EQ(t->Reset(hours(1)), t->ticks());
  EXPECT_FALSE(Ready(c));
  t->Stop();
}

TEST(TimeTickTest, TestChan) {
  RunGo([] {
    PlainTimer timer;
    WalkTimerChan(&timer);
    TickingTimer ticker;
    WalkTimerChan(&ticker);
  });
}

// The value is the time at which the timer fired, not at which it was received.
TEST(TimeTickTest, TestAfterTimes) {
  RunGo([] {
    for (int attempt = 0; attempt < 10; ++attempt) {
      const Time start = Now();
      RecvChan<Time> c = After(milliseconds(2));
      Sleep(milliseconds(50));
      if (*c.Recv() - start < milliseconds(40)) return;
    }
    FAIL() << "values carry the time of the receive";
  });
}

TEST(TimeTickTest, TestTickTimes) {
  RunGo([] {
    for (int attempt = 0; attempt < 10; ++attempt) {
      const Time start = Now();
      RecvChan<Time> c = Ticker(milliseconds(2)).C();  // Go's time.Tick
      Sleep(milliseconds(50));
      if (*c.Recv() - start < milliseconds(40)) return;
    }
    FAIL() << "values carry the time of the receive";
  });
}

}  // namespace
}  // namespace unpark
