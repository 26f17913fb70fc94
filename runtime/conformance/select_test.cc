// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Select properties: those of Go's runtime/chan_test.go and test/chan/select*, doubleselect, and
// the fairness of choice.
#include "runtime/chan/select.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/chan/chan.h"
#include "runtime/conformance/run_go.h"
#include "runtime/sync/waitgroup.h"
#include "runtime/time/time.h"

namespace unpark {
namespace {

using conformance::kScale;
using conformance::PanicText;
using conformance::ParkWatch;
using conformance::RunGo;
using conformance::Scaled;
using testing::ExitedWithCode;

// ---- runtime/chan_test.go ----

// One of two channels is ready at every moment, so that a select with default must never take the
// default.
void NonblockSelectRace(bool by_close) {
  RunGo([=] {
    Chan<bool> found(1);
    for (int i = 0; i < Scaled(20000); ++i) {
      Chan<int> c1(1);
      Chan<int> c2(by_close ? 0 : 1);
      c1.Send(1);
      go([=] { found.Send(Select(Recv(c1), Recv(c2), kDefault) != 2); });
      if (by_close) {
        c2.Close();
      } else {
        c2.Send(1);
      }
      Select(Recv(c1), kDefault);
      ASSERT_EQ(found.Recv(), true) << "round " << i << ": select saw neither channel ready";
    }
  });
}

TEST(RuntimeChanTest, TestNonblockSelectRace) { NonblockSelectRace(/*by_close=*/false); }

TEST(RuntimeChanTest, TestNonblockSelectRace2) { NonblockSelectRace(/*by_close=*/true); }

TEST(RuntimeChanTest, TestSelfSelect) {
  for (std::size_t cap : {0, 10}) {
    RunGo(
        [cap] {
          Chan<int> c(cap);
          std::atomic<int> received_own{0};
          WaitGroup wg;
          for (int p = 0; p < 2; ++p) {
            wg.Go([&, p] {
              for (int i = 0; i < Scaled(1000); ++i) {
                int v = -1;
                if (p == 0 || i % 2 == 0) {
                  Select(Send(c, p), Recv(c, &v));
                } else {
                  Select(Recv(c, &v), Send(c, p));
                }
                if (cap == 0 && v == p) ++received_own;
              }
            });
          }
          wg.Wait();
          EXPECT_EQ(received_own, 0) << "a select on an unbuffered channel met itself";
        },
        {.procs = 2});
  }
}

TEST(RuntimeChanTest, TestSelectStress) {
  RunGo(
      [] {
        const int count = Scaled(20000);
        const std::array<Chan<int>, 4> chans = {Chan<int>(0), Chan<int>(0), Chan<int>(2),
                                                Chan<int>(3)};
        WaitGroup wg;
        for (const Chan<int>& c : chans) {
          wg.Go([&] {
            for (int i = 0; i < count; ++i) c.Send(0);
          });
          wg.Go([&] {
            for (int i = 0; i < count; ++i) EXPECT_TRUE(c.Recv().has_value());
          });
        }
        // Both selecting goroutines set a channel to nil once they have used it often enough.
        std::array<int, 4> sent{};
        wg.Go([&] {
          std::array<Chan<int>, 4> c = chans;
          for (int i = 0; i < 4 * count; ++i) {
            const std::size_t at =
                Select(Send(c[3], 0), Send(c[2], 0), Send(c[0], 0), Send(c[1], 0));
            const std::size_t k = std::array<std::size_t, 4>{3, 2, 0, 1}[at];
            if (++sent[k] == count) c[k] = Chan<int>();
          }
        });
        std::array<int, 4> received{};
        wg.Go([&] {
          std::array<Chan<int>, 4> c = chans;
          for (int i = 0; i < 4 * count; ++i) {
            const std::size_t k = Select(Recv(c[0]), Recv(c[1]), Recv(c[2]), Recv(c[3]));
            if (++received[k] == count) c[k] = Chan<int>();
          }
        });
        wg.Wait();
        for (int k = 0; k < 4; ++k) {
          EXPECT_EQ(sent[k], count);
          EXPECT_EQ(received[k], count);
          EXPECT_EQ(chans[k].Len(), 0u);
        }
      },
      {.procs = 10});
}

TEST(RuntimeChanTest, TestSelectFairness) {
  RunGo([] {
    const int trials = Scaled(10000);
    Chan<int> c1(trials + 1);
    Chan<int> c2(trials + 1);
    for (int i = 0; i <= trials; ++i) {
      c1.Send(1);
      c2.Send(2);
    }
    Chan<int> c3(0);
    Chan<int> c4(0);
    Chan<int> out(0);
    Chan<Unit> done(0);
    WaitGroup wg;
    wg.Go([&] {
      for (;;) {
        int b = 0;
        Select(Recv(c3, &b), Recv(c4, &b), Recv(c1, &b), Recv(c2, &b));
        if (Select(Send(out, b), Recv(done)) == 1) return;
      }
    });
    std::array<int, 3> count{};
    for (int i = 0; i < trials; ++i) ++count.at(*out.Recv());
    EXPECT_EQ(count[0], 0);
    const double sigma = std::sqrt(trials * 0.25);
    EXPECT_LT(std::abs(count[1] - trials * 0.5), 10 * sigma) << count[1] << " and " << count[2];
    done.Close();
    wg.Wait();
  });
}

TEST(RuntimeChanTest, TestPseudoRandomSend) {
  constexpr int kCount = 100;
  for (std::size_t cap : {std::size_t{0}, std::size_t{kCount}}) {
    RunGo([cap] {
      Chan<int> c(cap);
      std::vector<int> got(kCount);
      WaitGroup filled;
      filled.Go([&] {
        for (int& v : got) {
          Gosched();
          v = *c.Recv();
        }
      });
      for (int i = 0; i < kCount; ++i) Select(Send(c, 1), Send(c, 0));
      filled.Wait();
      int ones = 0;
      for (int v : got) ones += v;
      EXPECT_GT(ones, kCount / 10);
      EXPECT_LT(ones, kCount - kCount / 10);
    });
  }
}

TEST(RuntimeChanTest, TestSelectDuplicateChannel) {
  RunGo([] {
    Chan<int> c(0);
    Chan<int> d(0);
    Chan<int> e(0);
    ParkWatch selects(&Counters::parks_select);
    go([=] {
      Select(Recv(c), Recv(c), Recv(d));
      e.Send(9);
    });
    selects.Await(1);
    ParkWatch receives(&Counters::parks_chan_recv);
    WaitGroup wg;
    wg.Go([=] { EXPECT_EQ(c.Recv(), 8); });
    receives.Await(1);
    d.Send(7);  // the select leaves both its places in c's queue
    EXPECT_EQ(e.Recv(), 9);
    c.Send(8);  // reaches the receiver behind them
    wg.Wait();
  });
}

// ---- test/chan ----

TEST(TestChanTest, Doubleselect) {
  RunGo(
      [] {
        const int count = Scaled(30000);
        std::array<Chan<int>, 4> c;
        for (Chan<int>& chan : c) chan = Chan<int>(0);
        Chan<int> merged(0);
        WaitGroup muxes;
        go([=] {
          for (int i = 0; i < count; ++i)
            Select(Send(c[0], i), Send(c[1], i), Send(c[2], i), Send(c[3], i));
          for (const Chan<int>& chan : c) chan.Close();
        });
        for (const Chan<int>& chan : c) {
          muxes.Go([=] {
            for (int v : chan) merged.Send(v);
          });
        }
        go([&] {
          muxes.Wait();
          merged.Close();
        });
        std::vector<bool> seen(count);
        int received = 0;
        for (int v : merged) {
          ASSERT_FALSE(seen.at(v)) << "value " << v << " was sent by two cases";
          seen[v] = true;
          ++received;
        }
        EXPECT_EQ(received, count);
      },
      {.procs = 2});
}

TEST(TestChanTest, Select) {
  RunGo([] {
    // The values of all cases are computed each time, whichever is chosen.
    unsigned counter = 0;
    unsigned shift = 0;
    auto next = [&] {
      ++counter;
      return 1u << shift;
    };
    auto send_to_each_once = [&](Chan<unsigned> a, Chan<unsigned> b) {
      int sent = 0;
      for (;; ++shift) {
        switch (Select(Send(a, next()), Send(b, next()), kDefault)) {
          case 0:
            a = Chan<unsigned>();
            break;
          case 1:
            b = Chan<unsigned>();
            break;
          default:
            return sent;
        }
        ++sent;
      }
    };
    Chan<unsigned> a(1);
    Chan<unsigned> b(1);
    EXPECT_EQ(send_to_each_once(a, b), 2);
    EXPECT_EQ(*a.Recv() | *b.Recv(), 3u);
    EXPECT_EQ(send_to_each_once(a, Chan<unsigned>()), 1);
    EXPECT_EQ(counter, 10u);
  });
}

TEST(TestChanTest, Select2) {
  // Go measures memory: selects on a channel that never becomes ready must leave nothing behind in
  // it. Here: no waiter, so that dummy neither wakes anybody nor takes a send.
  RunGo([] {
    Chan<int> c(0);
    Chan<int> dummy(0);
    const int count = Scaled(20000);
    WaitGroup wg;
    wg.Go([&] {
      for (int i = 0; i < count; ++i) c.Send(1);
    });
    for (int i = 0; i < count; ++i) ASSERT_EQ(Select(Recv(c), Recv(dummy)), 0u);
    wg.Wait();
    EXPECT_EQ(Select(Send(dummy, 1), kDefault), 1u);
  });
}

// Ends the program by "all goroutines are asleep" if op blocks.
#define EXPECT_BLOCKS(reason, ...)                           \
  testing::FLAGS_gtest_death_test_style = "threadsafe";      \
  EXPECT_EXIT(RunGo([] { __VA_ARGS__; }), ExitedWithCode(2), \
              "fatal error: all goroutines are asleep - deadlock!(.|\n)*" reason)

TEST(TestChanTest, Select3Blocks) {
  // Single operations are in the table of chan_test.cc.
  EXPECT_BLOCKS("select \\(no cases\\)", Select());
  EXPECT_BLOCKS("select", Select(Recv(Chan<int>())));
  EXPECT_BLOCKS("select", Select(Send(Chan<int>(), 7)));
  EXPECT_BLOCKS("select", Select(Recv(Chan<int>()), Send(Chan<int>(), 7)));
  EXPECT_BLOCKS("select", Select(Recv(Chan<int>(0))));
}

TEST(TestChanTest, Select3MeetsNotItself) {
  EXPECT_BLOCKS("select", Chan<int> c(0); Select(Send(c, 1), Recv(c)));
}

TEST(TestChanTest, Select3DoesNotBlock) {
  RunGo([] {
    const Chan<int> nil;
    Chan<int> closed(0);
    closed.Close();
    EXPECT_EQ(Select(Send(nil, 7), kDefault), 1u);
    EXPECT_EQ(Select(Recv(nil), kDefault), 1u);
    EXPECT_EQ(Select(kDefault), 0u);
    Chan<int> room(1);
    EXPECT_EQ(Select(Send(room, 7), kDefault), 0u);
    EXPECT_EQ(Select(Recv(room), kDefault), 0u);
    EXPECT_EQ(Select(Recv(closed)), 0u);
    int value = 3;
    bool ok = true;
    EXPECT_EQ(Select(Recv(closed, &value)), 0u);
    EXPECT_EQ(value, 0);
    EXPECT_EQ(Select(Recv(closed, &value, &ok)), 0u);
    EXPECT_FALSE(ok);
    std::optional<int> optional = 3;
    EXPECT_EQ(Select(Recv(closed, &optional)), 0u);
    EXPECT_EQ(optional, std::nullopt);
    EXPECT_EQ(PanicText([&] { Select(Send(closed, 7)); }), "send on closed channel");
  });
}

TEST(TestChanTest, Select4) {
  RunGo([] {
    // Only the chosen case writes its variable.
    Chan<int> never(0);
    Chan<int> ready(1);
    ready.Send(42);
    int untouched = -1;
    int got = 0;
    EXPECT_EQ(Select(Recv(never, &untouched), Recv(ready, &got)), 1u);
    EXPECT_EQ(got, 42);
    EXPECT_EQ(untouched, -1);
  });
}

// Cases made at run time, kept where their addresses stay.
class CaseList {
 public:
  void AddRecv(const Chan<int>& c, int* to = nullptr) {
    cases_.push_back(&recvs_.emplace_back(Recv(c, to)));
  }
  void AddSend(const Chan<int>& c, int value) {
    cases_.push_back(&sends_.emplace_back(Send(c, value)));
  }
  std::ptrdiff_t Select(bool block = true) { return SelectAll(cases_, block); }
  std::size_t size() const { return cases_.size(); }

 private:
  std::deque<decltype(Recv(Chan<int>(), static_cast<int*>(nullptr)))> recvs_;
  std::deque<decltype(Send(Chan<int>(), 0))> sends_;
  std::vector<SelectCase*> cases_;
};

// Go generates a program with every combination of cases around the one that is ready; here the
// cases are data. Each bit of `mask` adds a case that is never ready, before or after it; the
// highest makes the select non-blocking.
TEST(TestChanTest, Select5) {
  RunGo([] {
    const Chan<int> dummy(0);
    const Chan<int> nil;
    const Chan<int> c(1);
    constexpr unsigned kBits = 9;
    for (unsigned mask = 0; mask < 1u << kBits; ++mask) {
      enum { kRecv, kSend, kNone };
      for (int ready : {kRecv, kSend, kNone}) {
        const bool block = (mask >> (kBits - 1) & 1) == 0;
        if (ready == kNone && block) continue;
        const int n = static_cast<int>(mask) + 1;
        int untouched = -1;
        int x = 0;
        CaseList cases;
        auto add_unready = [&](unsigned bits) {
          if (bits & 1) cases.AddSend(dummy, 1);
          if (bits & 2) cases.AddRecv(dummy, &untouched);
          if (bits & 4) cases.AddSend(nil, 1);
          if (bits & 8) cases.AddRecv(nil, &untouched);
        };
        add_unready(mask & 15);
        const auto expected =
            ready == kNone ? std::ptrdiff_t{-1} : static_cast<std::ptrdiff_t>(cases.size());
        if (ready == kRecv) {
          c.Send(n);
          cases.AddRecv(c, &x);
        } else if (ready == kSend) {
          cases.AddSend(c, n);
        }
        add_unready(mask >> 4 & 15);
        ASSERT_EQ(cases.Select(block), expected) << "mask " << mask << " ready " << ready;
        if (ready == kRecv) {
          ASSERT_EQ(x, n);
        }
        if (ready == kSend) {
          ASSERT_EQ(c.Recv(), n);
        }
        ASSERT_EQ(c.Len(), 0u);
        ASSERT_EQ(untouched, -1);
      }
    }
  });
}

// Select with a default before, between and after the others.
TEST(TestChanTest, Select5DefaultAnywhere) {
  RunGo([] {
    const Chan<int> dummy(0);
    const Chan<int> c(1);
    int x = 0;
    EXPECT_EQ(Select(kDefault, Recv(c, &x), Recv(dummy)), 0u);
    EXPECT_EQ(Select(Recv(c, &x), kDefault, Send(dummy, 1)), 1u);
    EXPECT_EQ(Select(Recv(c, &x), Send(dummy, 1), kDefault), 2u);
    c.Send(5);
    EXPECT_EQ(Select(kDefault, Send(dummy, 1), Recv(c, &x)), 2u);
    EXPECT_EQ(x, 5);
    EXPECT_EQ(Select(Recv(dummy), kDefault, Send(c, 6)), 2u);
    EXPECT_EQ(Select(Recv(c, &x), kDefault, Send(c, 7)), 0u)
        << "c is full: only the receive is ready";
    EXPECT_EQ(x, 6);
  });
}

TEST(TestChanTest, Select6) {
  RunGo([] {
    Chan<int> c1(0);
    Chan<int> c2(0);
    Chan<int> c3(0);
    WaitGroup wg;
    ParkWatch receives(&Counters::parks_chan_recv);
    wg.Go([=] { c1.Recv(); });
    receives.Await(1);
    ParkWatch selects(&Counters::parks_select);
    wg.Go([=] {
      EXPECT_EQ(Select(Recv(c1), Recv(c2)), 1u);
      c3.Send(1);
      c1.Recv();
    });
    selects.Await(1);
    wg.Go([=] { c2.Send(1); });
    c3.Recv();
    c1.Send(1);  // a select that left c1's queue from the end must not have cut it off
    c1.Send(1);
    wg.Wait();
  });
}

// Every way to receive meets every way to send, the receiver waiting first.
TEST(TestChanTest, Select7) {
  RunGo([] {
    const Chan<int> never_sent(0);
    const Chan<int> never_received(0);
    for (int receiver = 0; receiver < 3; ++receiver) {
      for (int sender = 0; sender < 3; ++sender) {
        Chan<int> c(0);
        WaitGroup wg;
        ParkWatch parks(receiver == 0 ? &Counters::parks_chan_recv : &Counters::parks_select);
        wg.Go([&, receiver] {
          int got = 0;
          if (receiver == 0) got = *c.Recv();
          if (receiver == 1) {
            EXPECT_EQ(Select(Recv(c, &got)), 0u);
          }
          if (receiver == 2) {
            EXPECT_EQ(Select(Recv(c, &got), Recv(never_sent)), 0u);
          }
          EXPECT_EQ(got, 1);
        });
        parks.Await(1);
        if (sender == 0) c.Send(1);
        if (sender == 1) {
          EXPECT_EQ(Select(Send(c, 1)), 0u);
        }
        if (sender == 2) {
          EXPECT_EQ(Select(Send(c, 1), Send(never_received, 1)), 0u);
        }
        wg.Wait();
      }
    }
  });
}

// ---- fairness, wake-ups, time-outs ----

// The choice among N ready cases is uniform: chi-square with N - 1 degrees of freedom, at a level
// of about 1e-6.
TEST(SelectFairnessTest, ChoiceAmongReadyCasesIsUniform) {
  struct Bound {
    int cases;
    double critical;
  };
  for (Bound bound : {Bound{2, 24.0}, Bound{3, 27.7}, Bound{4, 30.7}, Bound{8, 40.6}}) {
    RunGo([bound] {
      const int n = bound.cases;
      const int trials = 8000;
      std::vector<Chan<int>> chans;
      for (int i = 0; i < n; ++i) chans.emplace_back(1);
      std::vector<int> chosen(n);
      for (int t = 0; t < trials; ++t) {
        CaseList cases;
        for (const Chan<int>& c : chans) {
          Select(Send(c, t), kDefault);
          cases.AddRecv(c);
        }
        ++chosen.at(cases.Select());
      }
      const double expected = static_cast<double>(trials) / n;
      double chi_square = 0;
      for (int count : chosen) chi_square += (count - expected) * (count - expected) / expected;
      EXPECT_LT(chi_square, bound.critical) << n << " cases";
    });
  }
}

// A timer that is not due looks ready until it is tried; its share goes to the others evenly.
TEST(SelectFairnessTest, CasesThatAreNotReadySkewNothing) {
  RunGo([] {
    const int trials = 9000;
    Chan<int> a(1), empty(1), b(1), c(1);
    Timer never(std::chrono::hours(1));
    std::array<int, 5> chosen{};
    for (int t = 0; t < trials; ++t) {
      for (const Chan<int>& ready : {a, b, c}) Select(Send(ready, t), kDefault);
      ++chosen.at(Select(Recv(a), Recv(empty), Recv(b), Recv(never.C()), Recv(c)));
    }
    EXPECT_EQ(chosen[1] + chosen[3], 0);
    const double expected = trials / 3.0;
    double chi_square = 0;
    for (int count : {chosen[0], chosen[2], chosen[4]})
      chi_square += (count - expected) * (count - expected) / expected;
    EXPECT_LT(chi_square, 27.7);
  });
}

TEST(SelectFairnessTest, ChoiceBetweenSendAndReceiveIsUniform) {
  RunGo([] {
    const int trials = 8000;
    int sends = 0;
    Chan<int> in(1);
    Chan<int> out(1);
    for (int t = 0; t < trials; ++t) {
      Select(Send(in, 1), kDefault);
      Select(Recv(out), kDefault);
      if (Select(Send(out, 1), Recv(in)) == 0) ++sends;
    }
    const double d = sends - trials / 2.0;
    EXPECT_LT(d * d / (trials / 4.0), 24.0) << sends << " sends of " << trials;
  });
}

TEST(SelectWakeTest, ExactlyOneCaseCompletesWhenTwoSendersRace) {
  RunGo([] {
    const int rounds = Scaled(5000);
    Chan<int> a(0);
    Chan<int> b(0);
    Chan<Unit> stop(0);
    std::atomic<int> sent{0};
    WaitGroup wg;
    for (const Chan<int>& c : {a, b}) {
      wg.Go([&, c] {
        while (Select(Send(c, 1), Recv(stop)) == 0) ++sent;
      });
    }
    for (int i = 0; i < rounds; ++i) Select(Recv(a), Recv(b));
    stop.Close();
    wg.Wait();
    EXPECT_EQ(sent, rounds);
  });
}

TEST(SelectWakeTest, SelectsOnBothSidesLoseNothing) {
  RunGo([] {
    constexpr int kPeers = 4;
    const int each = Scaled(5000);
    const std::array<Chan<int>, 3> chans = {Chan<int>(0), Chan<int>(1), Chan<int>(4)};
    std::atomic<std::int64_t> sum{0};
    WaitGroup senders;
    WaitGroup receivers;
    Chan<Unit> done(0);
    for (int p = 0; p < kPeers; ++p) {
      senders.Go([&] {
        for (int i = 1; i <= each; ++i)
          Select(Send(chans[0], i), Send(chans[1], i), Send(chans[2], i));
      });
      receivers.Go([&] {
        for (int v = 0;
             Select(Recv(chans[0], &v), Recv(chans[1], &v), Recv(chans[2], &v), Recv(done)) != 3;) {
          sum += v;
        }
      });
    }
    senders.Wait();
    while (chans[1].Len() + chans[2].Len() > 0) Gosched();
    done.Close();
    receivers.Wait();
    EXPECT_EQ(sum, std::int64_t{kPeers} * each * (each + 1) / 2);
  });
}

TEST(SelectWakeTest, CloseWakesASelectThatSends) {
  RunGo([] {
    Chan<int> c(0);
    std::string panic;
    WaitGroup wg;
    ParkWatch parks(&Counters::parks_select);
    wg.Go([&] { panic = PanicText([&] { Select(Send(c, 1), Recv(Chan<int>(0))); }); });
    parks.Await(1);
    c.Close();
    wg.Wait();
    EXPECT_EQ(panic, "send on closed channel");
  });
}

// At every moment at least one of two channels holds a value, and it wanders between them: default
// would be a lie. The quiet channels between the two make the look long enough for the value to
// slip past a Select that looks but once.
TEST(SelectDefaultTest, NoDefaultWhileAValueWanders) {
  Main(Options{.procs = 2}, [] {
    const int kRounds = Scaled(100'000);
    Chan<int> a(2), b(2);
    std::array<Chan<int>, 60> quiet;
    for (auto& c : quiet) c = Chan<int>(1);
    std::atomic<bool> stop{false};
    WaitGroup mover;
    a.Send(1);
    mover.Go([&] {
      while (!stop.load(std::memory_order_relaxed)) {
        b.Send(1);
        a.Recv();
        a.Send(1);
        b.Recv();
      }
    });
    int defaults = 0;
    for (int i = 0; i < kRounds; ++i) {
      int v;
      const std::size_t which = [&]<std::size_t... kI>(std::index_sequence<kI...>) {
        return Select(Recv(a, &v), Recv(quiet[kI])..., Recv(b, &v), kDefault);
      }(std::make_index_sequence<60>());
      if (which == 0) a.Send(v);
      if (which == 61) b.Send(v);
      defaults += which == 62;
    }
    stop.store(true, std::memory_order_relaxed);
    mover.Wait();
    EXPECT_EQ(defaults, 0);
  });
}

TEST(SelectTimeoutTest, AfterEndsASelectThatNothingElseEnds) {
  RunGo([] {
    Chan<int> never(0);
    EXPECT_EQ(Select(Recv(never), Recv(After(std::chrono::milliseconds(2)))), 1u);
  });
}

TEST(SelectTimeoutTest, AReusedTimerTimesEachRound) {
  RunGo([] {
    Chan<int> c(0);
    Timer timer(std::chrono::hours(1));
    WaitGroup wg;
    wg.Go([&] {
      for (int i = 0; i < 50; ++i) c.Send(i);
    });
    for (int i = 0; i < 50; ++i) {
      timer.Reset(std::chrono::hours(1));
      ASSERT_EQ(Select(Recv(c), Recv(timer.C())), 0u);
    }
    wg.Wait();
    timer.Reset(std::chrono::milliseconds(1));
    EXPECT_EQ(Select(Recv(c), Recv(timer.C())), 1u);
  });
}

TEST(SelectAllTest, ManyCases) {
  RunGo([] {
    constexpr int kCases = 300;
    std::vector<Chan<int>> chans;
    for (int i = 0; i < kCases; ++i) chans.emplace_back(0);
    for (int ready : {0, 1, 150, kCases - 1}) {
      WaitGroup wg;
      int value = 0;
      CaseList cases;
      for (const Chan<int>& c : chans) cases.AddRecv(c, &value);
      wg.Go([&] { chans[ready].Send(ready + 1); });
      EXPECT_EQ(cases.Select(), ready);
      EXPECT_EQ(value, ready + 1);
      wg.Wait();
    }
  });
}

TEST(SelectSendTest, AValueThatIsNotSentIsDestroyed) {
  RunGo([] {
    auto value = std::make_shared<int>(1);
    Chan<std::shared_ptr<int>> full(1);
    full.Send(nullptr);
    EXPECT_EQ(Select(Send(full, value), kDefault), 1u);
    EXPECT_EQ(value.use_count(), 1);
  });
}

}  // namespace
}  // namespace unpark
