// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Channel properties: those of Go's runtime/chan_test.go and test/chan, and the table of channel
// states.
#include "runtime/chan/chan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "runtime/chan/select.h"
#include "runtime/conformance/run_go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark {
namespace {

using conformance::kScale;
using conformance::PanicText;
using conformance::ParkWatch;
using conformance::RunGo;
using conformance::Scaled;
using testing::ExitedWithCode;

// ---- runtime/chan_test.go ----

// Go's TestChan checks each of these for many capacities.
class ChanCapTest : public testing::TestWithParam<int> {
 protected:
  std::size_t cap() const { return static_cast<std::size_t>(GetParam()); }
  Chan<int> Filled() const {
    Chan<int> c(cap());
    for (int i = 0; i < GetParam(); ++i) c.Send(i);
    return c;
  }
};
INSTANTIATE_TEST_SUITE_P(Capacities, ChanCapTest, testing::Values(0, 1, 2, 3, 7, 64, 199));

TEST_P(ChanCapTest, ReceiveFromEmptyBlocks) {
  RunGo([&] {
    Chan<int> c(cap());
    std::atomic<int> received{0};
    WaitGroup wg;
    ParkWatch parks(&Counters::parks_chan_recv);
    for (int i = 0; i < 2; ++i) {
      wg.Go([&] {
        EXPECT_EQ(c.Recv(), 0);
        ++received;
      });
    }
    parks.Await(2);
    EXPECT_EQ(received, 0);
    int value = -1;
    bool ok = true;
    EXPECT_EQ(Select(Recv(Chan<int>(cap()), &value, &ok), kDefault), 1u);
    EXPECT_EQ(value, -1);
    c.Send(0);
    c.Send(0);
    wg.Wait();
  });
}

TEST_P(ChanCapTest, SendToFullBlocks) {
  RunGo([&] {
    Chan<int> c = Filled();
    std::atomic<bool> sent{false};
    ParkWatch parks(&Counters::parks_chan_send);
    WaitGroup wg;
    wg.Go([&] {
      c.Send(GetParam());
      sent = true;
    });
    parks.Await(1);
    EXPECT_FALSE(sent);
    EXPECT_EQ(Select(Send(c, 0), kDefault), 1u);
    for (int i = 0; i <= GetParam(); ++i) EXPECT_EQ(c.Recv(), i);
    wg.Wait();
    EXPECT_TRUE(sent);
  });
}

TEST_P(ChanCapTest, ClosedGivesWhatIsBufferedThenNothing) {
  RunGo([&] {
    Chan<int> c = Filled();
    c.Close();
    for (int i = 0; i < GetParam(); ++i) EXPECT_EQ(c.Recv(), i);
    EXPECT_EQ(c.Recv(), std::nullopt);
    int value = 5;
    bool ok = true;
    EXPECT_EQ(Select(Recv(c, &value, &ok)), 0u);
    EXPECT_EQ(value, 0);
    EXPECT_FALSE(ok);
  });
}

TEST_P(ChanCapTest, CloseUnblocksReceive) {
  RunGo([&] {
    Chan<int> c(cap());
    Chan<bool> ended(0);
    ParkWatch parks(&Counters::parks_chan_recv);
    go([&] { ended.Send(c.Recv() == std::nullopt); });
    parks.Await(1);
    c.Close();
    EXPECT_EQ(ended.Recv(), true);
  });
}

TEST_P(ChanCapTest, ValuesComeInOrder) {
  RunGo([&] {
    Chan<int> c(cap());
    go([&] {
      for (int i = 0; i < 100; ++i) c.Send(i);
      c.Close();
    });
    int expected = 0;
    for (int v : c) EXPECT_EQ(v, expected++);
    EXPECT_EQ(expected, 100);
  });
}

TEST_P(ChanCapTest, EachValueIsReceivedOnce) {
  RunGo([&] {
    constexpr int kPeers = 4;
    const int count = Scaled(1000);
    Chan<int> c(cap());
    std::array<std::vector<int>, kPeers> got;
    WaitGroup wg;
    for (int p = 0; p < kPeers; ++p) {
      wg.Go([&] {
        for (int i = 0; i < count; ++i) c.Send(i);
      });
      wg.Go([&, p] {
        for (int i = 0; i < count; ++i) got[p].push_back(*c.Recv());
      });
    }
    wg.Wait();
    std::vector<int> times(count);
    for (const auto& values : got) {
      for (int v : values) ++times.at(v);
    }
    for (int n : times) ASSERT_EQ(n, kPeers);
  });
}

TEST_P(ChanCapTest, LenAndCap) {
  RunGo([&] {
    Chan<int> empty(cap());
    EXPECT_EQ(empty.Len(), 0u);
    EXPECT_EQ(empty.Cap(), cap());
    Chan<int> full = Filled();
    EXPECT_EQ(full.Len(), cap());
    EXPECT_EQ(full.Cap(), cap());
  });
}

TEST(RuntimeChanTest, TestNonblockRecvRace) {
  RunGo([] {
    for (int i = 0; i < Scaled(10000); ++i) {
      Chan<int> c(1);
      c.Send(1);
      Chan<bool> ready(1);
      go([=] { ready.Send(Select(Recv(c), kDefault) == 0); });
      c.Close();
      c.Recv();
      ASSERT_EQ(ready.Recv(), true) << "a channel that holds a value or is closed was not ready";
    }
  });
}

TEST(RuntimeChanTest, TestChanSendInterface) {
  RunGo([] {
    struct Empty {};
    Chan<std::shared_ptr<Empty>> c(1);
    auto value = std::make_shared<Empty>();
    c.Send(value);
    EXPECT_EQ(Select(Send(c, value), kDefault), 1u);
    EXPECT_EQ(Select(Send(c, value), Send(c, std::make_shared<Empty>()), kDefault), 2u);
    EXPECT_EQ(value.use_count(), 2) << "values that were not sent must not be kept";
    EXPECT_EQ(*c.Recv(), value);
  });
}

TEST(RuntimeChanTest, TestMultiConsumer) {
  RunGo([] {
    constexpr int kWorkers = 23;
    const int count = 271828 / (10 * kScale);
    constexpr std::array kValues = {2, 3, 7, 11, 13, 17, 19, 23, 27, 31};
    Chan<int> work(kWorkers * 3);
    Chan<int> results(kWorkers * 3);
    WaitGroup workers;
    for (int w = 0; w < kWorkers; ++w) {
      workers.Go([&, w] {
        for (int v : work) {
          if (kValues[w % kValues.size()] == v) Gosched();  // disturb the order
          results.Send(v);
        }
      });
    }
    std::int64_t expected = 0;
    go([&] {
      for (int i = 0; i < count; ++i) {
        const int v = kValues[i % kValues.size()];
        expected += v;
        work.Send(v);
      }
      work.Close();
      workers.Wait();
      results.Close();
    });
    int received = 0;
    std::int64_t sum = 0;
    for (int v : results) {
      ++received;
      sum += v;
    }
    EXPECT_EQ(received, count);
    EXPECT_EQ(sum, expected);
  });
}

// ---- test/chan ----

TEST(TestChanTest, Fifo) {
  RunGo([] {
    constexpr int kCount = 10;
    Chan<int> buffered(kCount);
    for (int i = 0; i < kCount; ++i) buffered.Send(i);
    for (int i = 0; i < kCount; ++i) EXPECT_EQ(buffered.Recv(), i);

    // Receivers that take their turn by a chain of channels get the values in the order of the
    // sends.
    Chan<int> values(0);
    Chan<Unit> first(0);
    Chan<Unit> in = first;
    for (int i = 0; i < kCount; ++i) {
      Chan<Unit> out(0);
      go([=] {
        in.Recv();
        EXPECT_EQ(values.Recv(), i);
        out.Send({});
      });
      in = out;
    }
    first.Send({});
    for (int i = 0; i < kCount; ++i) values.Send(i);
    in.Recv();
  });
}

TEST(TestChanTest, Goroutines) {
  RunGo([] {
    Chan<int> leftmost(0);
    Chan<int> left = leftmost;
    const int count = conformance::kThreadSanitizer ? 500 : 10000;
    for (int i = 0; i < count; ++i) {
      Chan<int> right(0);
      go([=] { left.Send(*right.Recv() + 1); });
      left = right;
    }
    go([=] { left.Send(1); });
    EXPECT_EQ(leftmost.Recv(), count + 1);
  });
}

// For each element type and capacity: a send that must not block blocks neither before nor after
// its receiver came.
template <typename T>
void NonblockingExchange(std::size_t cap, const T& first, const T& second) {
  Chan<T> c(cap);
  Chan<Unit> strobe(0);
  T value{};
  EXPECT_EQ(Select(Recv(c, &value), kDefault), 1u);

  go([=] {
    EXPECT_EQ(c.Recv(), first);
    strobe.Send({});
  });
  while (Select(Send(c, first), kDefault) != 0) Gosched();
  strobe.Recv();

  go([=] {
    c.Send(second);
    strobe.Send({});
  });
  if (cap > 0) strobe.Recv();
  while (Select(Recv(c, &value), kDefault) != 0) Gosched();
  if (cap == 0) strobe.Recv();
  EXPECT_EQ(value, second);
}

TEST(TestChanTest, Nonblock) {
  RunGo([] {
    for (std::size_t cap = 0; cap < 2; ++cap) {
      NonblockingExchange<std::int32_t>(cap, 123, 234);
      NonblockingExchange<std::int64_t>(cap, 123456, 234567);
      NonblockingExchange<bool>(cap, true, true);
      NonblockingExchange<std::string>(cap, "hello", "hello again, and longer than a short string");
    }
  });
}

template <typename C>
concept CanSend = requires(C c) { c.Send(1); };
template <typename C>
concept CanRecv = requires(C c) { c.Recv(); };
template <typename C>
concept CanClose = requires(C c) { c.Close(); };
template <typename C>
concept CanRange = requires(C c) { c.begin(); };
template <typename C>
concept CanSelectSend = requires(C c) { Send(c, 1); };
template <typename C>
concept CanSelectRecv = requires(C c) { Recv(c); };

TEST(TestChanTest, Perm) {
  using Both = Chan<int>;
  static_assert(CanSend<Both> && CanRecv<Both> && CanClose<Both> && CanRange<Both>);
  static_assert(CanSend<SendChan<int>> && CanClose<SendChan<int>> && CanSelectSend<SendChan<int>>);
  static_assert(!CanRecv<SendChan<int>> && !CanRange<SendChan<int>>);
  static_assert(CanRecv<RecvChan<int>> && CanRange<RecvChan<int>> && CanSelectRecv<RecvChan<int>>);
  static_assert(!CanSend<RecvChan<int>> && !CanClose<RecvChan<int>>);
  static_assert(std::is_convertible_v<Both, SendChan<int>> &&
                std::is_convertible_v<Both, RecvChan<int>>);
  static_assert(!std::is_convertible_v<SendChan<int>, Both> &&
                !std::is_convertible_v<RecvChan<int>, Both>);
  static_assert(!std::is_convertible_v<SendChan<int>, RecvChan<int>>);
  static_assert(!std::is_convertible_v<RecvChan<int>, SendChan<int>>);
  EXPECT_FALSE(CanSelectRecv<SendChan<int>>);
  EXPECT_FALSE(CanSelectSend<RecvChan<int>>);
  RunGo([] {
    Both c(1);
    SendChan<int> in = c;
    RecvChan<int> out = c;
    in.Send(7);
    EXPECT_EQ(out.Len(), 1u);
    EXPECT_EQ(out.Recv(), 7);
    in.Close();
    EXPECT_EQ(out.Recv(), std::nullopt);
  });
}

TEST(TestChanTest, Sendstmt) {
  RunGo([] {
    // A channel that comes out of a channel is sent to in one statement.
    Chan<Chan<int>> channels(1);
    Chan<int> c(1);
    channels.Send(c);
    EXPECT_EQ(Select(Send(*channels.Recv(), 2), kDefault), 0u);
    EXPECT_EQ(c.Recv(), 2);
    Chan<bool> b(1);
    b.Send(false || true);
    EXPECT_EQ(b.Recv(), true);
  });
}

TEST(TestChanTest, Zerosize) {
  RunGo([] {
    struct Nothing {};
    for (std::size_t cap : {0, 1, 3}) {
      Chan<Nothing> c(cap);
      WaitGroup wg;
      wg.Go([&] {
        for (int i = 0; i < 10; ++i) c.Send({});
        c.Close();
      });
      int received = 0;
      for (Nothing n : c) {
        (void)n;
        ++received;
      }
      EXPECT_EQ(received, 10);
      wg.Wait();
    }
  });
}

// A stage passes on what its prime does not divide.
void FilterMultiples(RecvChan<int> in, SendChan<int> out, RecvChan<Unit> stop, int prime) {
  for (int v : in) {
    if (v % prime != 0 && Select(Send(out, v), Recv(stop)) == 1) break;
  }
  out.Close();
}

constexpr std::array kPrimes = {2,  3,  5,  7,  11, 13, 17, 19, 23, 29, 31,  37,  41,  43,  47,
                                53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113};

TEST(TestChanTest, Sieve1) {
  RunGo([] {
    Chan<Unit> stop(0);
    Chan<int> numbers(0);
    WaitGroup wg;
    wg.Go([=] {
      for (int i = 2; Select(Send(numbers, i), Recv(stop)) == 0; ++i) {
      }
      numbers.Close();
    });
    Chan<int> in = numbers;
    for (int expected : kPrimes) {
      const int prime = *in.Recv();
      ASSERT_EQ(prime, expected);
      Chan<int> out(0);
      wg.Go([=] { FilterMultiples(in, out, stop, prime); });
      in = out;
    }
    stop.Close();
    for (int rest : in) (void)rest;
    wg.Wait();
  });
}

// The same numbers from below: each prime is a goroutine that sends its odd multiples, and what no
// goroutine sends is the next prime. The smallest multiples are kept in a heap.
TEST(TestChanTest, Sieve2) {
  struct Multiples {
    int head;
    RecvChan<int> rest;
    bool operator<(const Multiples& other) const { return head > other.head; }  // smallest on top
  };
  RunGo([] {
    Chan<Unit> stop(0);
    WaitGroup wg;
    std::priority_queue<Multiples> composites;
    std::vector<int> primes = {2};
    for (int candidate = 3; primes.size() < kPrimes.size(); candidate += 2) {
      bool composite = false;
      while (!composites.empty() && composites.top().head == candidate) {
        composite = true;
        Multiples next = composites.top();
        composites.pop();
        next.head = *next.rest.Recv();
        composites.push(next);
      }
      if (composite) continue;
      primes.push_back(candidate);
      Chan<int> multiples(8);
      wg.Go([=] {
        for (int m = candidate * candidate; Select(Send(multiples, m), Recv(stop)) == 0;
             m += 2 * candidate) {
        }
      });
      composites.push({*multiples.Recv(), multiples});
    }
    EXPECT_TRUE(std::equal(primes.begin(), primes.end(), kPrimes.begin(), kPrimes.end()));
    stop.Close();
    wg.Wait();
  });
}

// ---- the table of channel states: operation x nil, open, closed, full, empty ----

// Ends the program by "all goroutines are asleep" if op blocks.
void BlocksForEver(std::function<void()> op, const std::string& reason) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(RunGo(op), ExitedWithCode(2),
              "fatal error: all goroutines are asleep - deadlock!(.|\n)*" + reason);
}

TEST(ChanStateTableTest, ReceiveFromNilBlocks) {
  BlocksForEver([] { Chan<int>().Recv(); }, "chan receive \\(nil chan\\)");
}
TEST(ChanStateTableTest, ReceiveFromOpenAndEmptyBlocks) {
  BlocksForEver([] { Chan<int>(2).Recv(); }, "chan receive");
}
TEST(ChanStateTableTest, ReceiveFromOpenAndNotEmptyGivesTheValue) {
  RunGo([] {
    Chan<int> c(2);
    c.Send(4);
    EXPECT_EQ(c.Recv(), 4);
  });
}
TEST(ChanStateTableTest, ReceiveFromClosedGivesZeroAndFalse) {
  RunGo([] {
    Chan<std::string> c(2);
    c.Close();
    for (int i = 0; i < 3; ++i) EXPECT_EQ(c.Recv(), std::nullopt);
    std::string value = "old";
    bool ok = true;
    EXPECT_EQ(Select(Recv(c, &value, &ok), kDefault), 0u);
    EXPECT_EQ(value, "");
    EXPECT_FALSE(ok);
  });
}
TEST(ChanStateTableTest, SendToNilBlocks) {
  BlocksForEver([] { Chan<int>().Send(1); }, "chan send \\(nil chan\\)");
}
TEST(ChanStateTableTest, SendToOpenAndFullBlocks) {
  BlocksForEver(
      [] {
        Chan<int> c(1);
        c.Send(1);
        c.Send(2);
      },
      "chan send");
}
TEST(ChanStateTableTest, SendToOpenAndNotFullWrites) {
  RunGo([] {
    Chan<int> c(2);
    c.Send(1);
    EXPECT_EQ(c.Len(), 1u);
  });
}
TEST(ChanStateTableTest, SendToClosedPanics) {
  RunGo([] {
    for (std::size_t cap : {0, 2}) {
      Chan<int> c(cap);
      c.Close();
      EXPECT_EQ(PanicText([&] { c.Send(1); }), "send on closed channel");
      EXPECT_EQ(PanicText([&] { Select(Send(c, 1)); }), "send on closed channel");
      EXPECT_EQ(PanicText([&] { Select(Send(c, 1), kDefault); }), "send on closed channel");
      EXPECT_EQ(c.Len(), 0u);
    }
  });
}
TEST(ChanStateTableTest, CloseOfNilPanics) {
  RunGo([] { EXPECT_EQ(PanicText([] { Chan<int>().Close(); }), "close of nil channel"); });
}
TEST(ChanStateTableTest, CloseOfOpenAndNotEmptyKeepsTheValues) {
  RunGo([] {
    Chan<int> c(2);
    c.Send(1);
    c.Close();
    EXPECT_EQ(c.Len(), 1u);
    EXPECT_EQ(c.Recv(), 1);
    EXPECT_EQ(c.Recv(), std::nullopt);
  });
}
TEST(ChanStateTableTest, CloseOfOpenAndEmpty) {
  RunGo([] {
    Chan<int> c(0);
    c.Close();
    EXPECT_EQ(c.Recv(), std::nullopt);
  });
}
TEST(ChanStateTableTest, CloseOfClosedPanics) {
  RunGo([] {
    Chan<int> c(1);
    c.Close();
    EXPECT_EQ(PanicText([&] { c.Close(); }), "close of closed channel");
  });
}
TEST(ChanStateTableTest, LenAndCapOfNilAreZero) {
  RunGo([] {
    EXPECT_EQ(Chan<int>().Len(), 0u);
    EXPECT_EQ(Chan<int>().Cap(), 0u);
    EXPECT_FALSE(Chan<int>());
    EXPECT_TRUE(Chan<int>(0));
  });
}
TEST(ChanStateTableTest, UncaughtPanicsEndTheProgramWithGosTexts) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(RunGo([] { Chan<int>().Close(); }), ExitedWithCode(2), "panic: close of nil channel");
  EXPECT_EXIT(RunGo([] {
                Chan<int> c(0);
                c.Close();
                c.Send(1);
              }),
              ExitedWithCode(2), "panic: send on closed channel");
}

// ---- what Go has by its language and C++ must be told ----

TEST(ChanCppTest, CloseWakesAllReceivers) {
  RunGo([] {
    constexpr int kReceivers = 50;
    Chan<int> c(0);
    WaitGroup wg;
    ParkWatch parks(&Counters::parks_chan_recv);
    for (int i = 0; i < kReceivers; ++i) wg.Go([&] { EXPECT_EQ(c.Recv(), std::nullopt); });
    parks.Await(kReceivers);
    c.Close();
    wg.Wait();
  });
}

TEST(ChanCppTest, ClosePanicsBlockedSenders) {
  RunGo([] {
    constexpr int kSenders = 10;
    Chan<int> c(0);
    std::atomic<int> panics{0};
    WaitGroup wg;
    ParkWatch parks(&Counters::parks_chan_send);
    for (int i = 0; i < kSenders; ++i) {
      wg.Go([&] {
        if (PanicText([&] { c.Send(1); }) == "send on closed channel") ++panics;
      });
    }
    parks.Await(kSenders);
    c.Close();
    wg.Wait();
    EXPECT_EQ(panics, kSenders);
  });
}

TEST(ChanCppTest, WaitersAreServedInTheOrderOfArrival) {
  RunGo([] {
    constexpr int kWaiters = 20;
    Chan<int> c(0);
    std::vector<int> got(kWaiters, -1);
    WaitGroup wg;
    for (int i = 0; i < kWaiters; ++i) {
      ParkWatch parks(&Counters::parks_chan_recv);
      wg.Go([&, i] { got[i] = *c.Recv(); });
      parks.Await(1);
    }
    for (int i = 0; i < kWaiters; ++i) c.Send(i);
    wg.Wait();
    for (int i = 0; i < kWaiters; ++i) EXPECT_EQ(got[i], i);
  });
}

TEST(ChanCppTest, MoveOnlyElements) {
  RunGo([] {
    for (std::size_t cap : {0, 2}) {
      Chan<std::unique_ptr<int>> c(cap);
      WaitGroup wg;
      wg.Go([&] {
        c.Send(std::make_unique<int>(1));
        EXPECT_EQ(Select(Send(c, std::make_unique<int>(2))), 0u);
        c.Close();
      });
      EXPECT_EQ(**c.Recv(), 1);
      std::unique_ptr<int> second;
      EXPECT_EQ(Select(Recv(c, &second)), 0u);
      EXPECT_EQ(*second, 2);
      EXPECT_EQ(c.Recv(), std::nullopt);
      wg.Wait();
    }
  });
}

TEST(ChanCppTest, ElementsAreDestroyedOnceEach) {
  static std::atomic<int> live{0};
  struct Counted {
    Counted() { ++live; }
    Counted(const Counted&) { ++live; }
    Counted(Counted&&) noexcept { ++live; }
    Counted& operator=(const Counted&) = default;
    Counted& operator=(Counted&&) = default;
    ~Counted() { --live; }
  };
  RunGo([] {
    for (std::size_t cap : {0, 1, 5}) {
      Chan<Counted> c(cap);
      WaitGroup wg;
      wg.Go([&] {
        for (int i = 0; i < 20; ++i) c.Send(Counted());
      });
      for (int i = 0; i < 20; ++i) c.Recv();
      wg.Wait();
      EXPECT_EQ(live, 0);
      for (std::size_t i = 0; i < cap; ++i) c.Send(Counted());
      EXPECT_EQ(live, static_cast<int>(cap));
    }
    EXPECT_EQ(live, 0) << "a channel that goes destroys what it holds";
  });
}

// An element whose move throws when told to.
struct Fragile {
  Fragile() = default;
  explicit Fragile(int v) : value(v) {}
  Fragile(Fragile&& other) : value(other.value) { MaybeThrow(); }
  Fragile& operator=(Fragile&& other) {
    MaybeThrow();
    value = other.value;
    return *this;
  }
  static void MaybeThrow() {
    if (moves_left >= 0 && moves_left-- == 0) throw std::runtime_error("move failed");
  }
  int value = 0;
  static inline int moves_left = -1;  // negative: never throws; used by one goroutine at a time
};

TEST(ChanCppTest, AThrowingMoveLeavesTheChannelWhole) {
  RunGo(
      [] {
        // Whichever move throws, the channel can be used afterwards and nothing is received twice.
        for (int fail_at = 0; fail_at < 4; ++fail_at) {
          Chan<Fragile> c(2);
          c.Send(Fragile(1));
          Fragile::moves_left = fail_at;
          bool threw = false;
          try {
            c.Send(Fragile(2));
          } catch (const std::runtime_error&) {
            threw = true;
          }
          Fragile::moves_left = -1;
          EXPECT_EQ(c.Len(), threw ? 1u : 2u);
          EXPECT_EQ(c.Recv()->value, 1);
          c.Send(Fragile(3));
          if (!threw) {
            EXPECT_EQ(c.Recv()->value, 2);
          }
          EXPECT_EQ(c.Recv()->value, 3);
          EXPECT_EQ(c.Len(), 0u);
        }
      },
      {.procs = 1});
}

TEST(ChanCppTest, HandlesCompareByChannel) {
  RunGo([] {
    Chan<int> a(0);
    Chan<int> b(0);
    Chan<int> a2 = a;
    EXPECT_TRUE(a == a2);
    EXPECT_FALSE(a == b);
    EXPECT_TRUE(Chan<int>() == Chan<int>());
  });
}

}  // namespace
}  // namespace unpark
