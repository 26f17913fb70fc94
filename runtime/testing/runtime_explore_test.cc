// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// The runtime's own channels, locks, timers and contexts under the explorer, with a point at each
// atomic access and each spin lock. Each test is short and ends in a check that a schedule could
// break; the mutants (mutants.toml) show that it would.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/chan/chan.h"
#include "runtime/chan/select.h"
#include "runtime/context/context.h"
#include "runtime/go.h"
#include "runtime/sync/cond.h"
#include "runtime/sync/mutex.h"
#include "runtime/sync/once.h"
#include "runtime/sync/pool.h"
#include "runtime/sync/rwmutex.h"
#include "runtime/sync/semaphore.h"
#include "runtime/sync/waitgroup.h"
#include "runtime/testing/explore.h"
#include "runtime/time/time.h"

namespace unpark::testing {
namespace {

using namespace std::chrono_literals;

// Schedules of each strategy that a test tries; UNPARK_EXPLORE_RUNS sets another number.
std::uint64_t Runs() {
  const char* runs = std::getenv("UNPARK_EXPLORE_RUNS");
  return runs == nullptr ? 100 : std::stoull(runs);
}

// Every test runs its program under each strategy.
void Holds(const std::function<void()>& program, Clock clock = Clock::kWhenIdle) {
  for (const Strategy strategy : {Strategy::kRandom, Strategy::kPct, Strategy::kDfs}) {
    const auto found = Explore({.strategy = strategy,
                                .runs = Runs(),
                                .preemptions = 2,
                                .detail = Detail::kAccesses,
                                .clock = clock},
                               program);
    ASSERT_TRUE(found.ok()) << found.Report();
  }
}

// --- channels

TEST(Chan, UnbufferedValuesArriveOnceInOrder) {
  Holds([] {
    Chan<int> c(0);
    go([c] {
      for (int i = 0; i < 3; ++i) c.Send(i);
      c.Close();
    });
    int want = 0;
    for (int got : c) Check(got == want++, "out of order");
    Check(want == 3, "a value is lost");
  });
}

// The ring wraps, senders block on a full buffer and a receiver on an empty one.
TEST(Chan, BufferedValuesArriveOnceInOrder) {
  Holds([] {
    Chan<int> c(2);
    go([c] {
      for (int i = 0; i < 5; ++i) c.Send(i);
      c.Close();
    });
    int want = 0;
    for (int got : c) Check(got == want++, "out of order");
    Check(want == 5, "a value is lost");
  });
}

TEST(Chan, EveryBlockedSenderGetsItsTurn) {
  Holds([] {
    Chan<int> c(1);
    WaitGroup all;
    for (int i = 0; i < 3; ++i) all.Go([c] { c.Send(1); });
    int sum = 0;
    for (int i = 0; i < 3; ++i) sum += c.Recv().value();
    all.Wait();
    Check(sum == 3 && c.Len() == 0, "a value is lost");
  });
}

TEST(Chan, AReceiveFromAFullBufferLetsASenderIn) {
  Holds([] {
    Chan<int> c(1);
    Chan<Unit> sent(0);
    c.Send(1);
    go([c, sent] {
      c.Send(2);
      sent.Send(Unit{});
    });
    Check(c.Recv() == 1, "not the first");
    sent.Recv();
    Check(c.Recv() == 2, "not the second");
  });
}

TEST(Chan, CloseWakesEveryReceiver) {
  Holds([] {
    Chan<int> c(0);
    WaitGroup all;
    for (int i = 0; i < 3; ++i) all.Go([c] { Check(!c.Recv(), "a value out of nothing"); });
    c.Close();
    all.Wait();
  });
}

// --- select

TEST(Select, CompletesOneCase) {
  Holds([] {
    Chan<int> a(0), b(0);
    Atomic<int> sent = 0;
    WaitGroup senders;
    for (const auto& c : {a, b}) {
      senders.Go([c, &sent] { sent.fetch_add(Select(Send(c, 1), Recv(After(1h))) == 0 ? 1 : 0); });
    }
    int received = 0;
    Select(Recv(a, &received), Recv(b, &received));
    senders.Wait();
    Check(received == 1 && sent.load() == 1, "one receive completed two sends");
  });
}

TEST(Select, MeetsSelect) {
  Holds([] {
    Chan<int> a(0), b(0);
    WaitGroup all;
    int got = 0;
    all.Go([&] { Select(Send(a, 1), Send(b, 2)); });
    all.Go([&] { Select(Recv(b, &got), Recv(a, &got)); });
    all.Wait();
    Check(got == 1 || got == 2, "nothing was received");
  });
}

TEST(Select, DefaultDoesNotLoseTheValue) {
  Holds([] {
    Chan<int> c(1);
    go([c] { c.Send(1); });
    int got = 0;
    if (Select(Recv(c, &got), kDefault) == 1) got = c.Recv().value();
    Check(got == 1, "the value is lost");
  });
}

// Until it is taken, one of the two channels holds the value at every moment.
TEST(Select, SeesAValueThatWanders) {
  Holds([] {
    Chan<int> a(1), b(1);
    a.Send(1);
    WaitGroup all;
    all.Go([=] {
      Select(Send(b, 1), kDefault);
      Select(Recv(a), kDefault);
      Select(Send(a, 1), kDefault);
      Select(Recv(b), kDefault);
    });
    Check(Select(Recv(a), Recv(b), kDefault) != 2, "default, though one was ready");
    all.Wait();
  });
}

TEST(Select, IsWokenByClose) {
  Holds([] {
    Chan<int> a(0), b(0);
    WaitGroup all;
    for (int i = 0; i < 2; ++i) all.Go([&] { Select(Recv(a), Recv(b)); });
    a.Close();
    all.Wait();
  });
}

// --- locks

TEST(Mutex, ExcludesAndWakes) {
  Holds([] {
    Mutex mutex;
    Atomic<int> inside = 0;
    WaitGroup all;
    for (int i = 0; i < 3; ++i) {
      all.Go([&] {
        mutex.Lock();
        Check(inside.fetch_add(1) == 0, "two inside");
        inside.fetch_add(-1);
        mutex.Unlock();
      });
    }
    all.Wait();
  });
}

// A waiter of more than 1 ms turns on starvation mode: the lock is handed over.
TEST(Mutex, HandsOverToTheStarving) {
  Holds([] {
    Mutex mutex;
    Atomic<int> inside = 0;
    WaitGroup all;
    mutex.Lock();
    for (int i = 0; i < 3; ++i) {
      all.Go([&] {
        mutex.Lock();
        Check(inside.fetch_add(1) == 0, "two inside");
        Sleep(2ms);
        inside.fetch_add(-1);
        mutex.Unlock();
      });
    }
    Sleep(2ms);
    mutex.Unlock();
    all.Wait();
    Check(mutex.TryLock(), "still locked");
    mutex.Unlock();
  });
}

TEST(RWMutex, ExcludesWritersFromReaders) {
  Holds([] {
    RWMutex lock;
    Atomic<int> readers = 0, writers = 0;
    WaitGroup all;
    for (int i = 0; i < 2; ++i) {
      all.Go([&] {
        lock.RLock();
        readers.fetch_add(1);
        Check(writers.load() == 0, "a reader beside a writer");
        readers.fetch_add(-1);
        lock.RUnlock();
      });
      all.Go([&] {
        lock.Lock();
        Check(writers.fetch_add(1) == 0, "two writers");
        Check(readers.load() == 0, "a writer beside a reader");
        writers.fetch_add(-1);
        lock.Unlock();
      });
    }
    all.Wait();
  });
}

// While a writer waits, new readers queue behind it.
TEST(RWMutex, WriterThatWaitsComesBeforeNewReaders) {
  Holds([] {
    RWMutex lock;
    WaitGroup all;
    std::string order;
    lock.RLock();
    all.Go([&] {
      lock.Lock();
      order += 'w';
      lock.Unlock();
    });
    Sleep(1ms);  // virtual: until the writer waits
    all.Go([&] {
      lock.RLock();
      order += 'r';
      lock.RUnlock();
    });
    Sleep(1ms);  // until the reader has tried
    Check(!lock.TryRLock(), "a try got in before the writer");
    lock.RUnlock();
    all.Wait();
    Check(order == "wr", "the reader came first");
  });
}

TEST(WaitGroup, WaitsForEveryone) {
  Holds([] {
    WaitGroup all;
    Atomic<int> done = 0;
    for (int i = 0; i < 3; ++i) all.Go([&] { done.fetch_add(1); });
    all.Wait();
    Check(done.load() == 3, "Wait returned early");
  });
}

TEST(WaitGroup, WakesAllWaiters) {
  Holds([] {
    WaitGroup work, waiters;
    work.Add(1);
    for (int i = 0; i < 2; ++i) waiters.Go([&] { work.Wait(); });
    work.Done();
    waiters.Wait();
  });
}

TEST(Cond, NoSignalIsMissed) {
  Holds([] {
    Mutex mutex;
    Cond changed(&mutex);
    int tokens = 0;
    WaitGroup all;
    for (int i = 0; i < 2; ++i) {
      all.Go([&] {
        mutex.Lock();
        while (tokens == 0) changed.Wait();
        --tokens;
        mutex.Unlock();
      });
    }
    for (int i = 0; i < 2; ++i) {
      mutex.Lock();
      ++tokens;
      mutex.Unlock();
      changed.Signal();
    }
    all.Wait();
  });
}

TEST(Cond, SignalsWhoWaitedLongest) {
  Holds([] {
    Mutex mutex;
    Cond changed(&mutex);
    WaitGroup all;
    std::vector<int> order;
    for (int i = 0; i < 3; ++i) {
      all.Go([&, i] {
        mutex.Lock();
        changed.Wait();
        order.push_back(i);
        mutex.Unlock();
      });
      Sleep(1ms);  // virtual: until it waits
    }
    for (int i = 0; i < 3; ++i) {
      changed.Signal();
      Sleep(1ms);
    }
    all.Wait();
    Check(order == std::vector{0, 1, 2}, "not first come, first served");
  });
}

TEST(Once, NobodyReturnsBeforeItIsDone) {
  Holds([] {
    Once once;
    Atomic<int> done = 0;
    WaitGroup all;
    for (int i = 0; i < 3; ++i) {
      all.Go([&] {
        once.Do([&] {
          Yield();
          done.fetch_add(1);
        });
        Check(done.load() == 1, "Do returned before its function, or it ran twice");
      });
    }
    all.Wait();
  });
}

TEST(Pool, AnObjectHasOneUser) {
  Holds([] {
    struct Object {
      Atomic<int> users = 0;
    };
    Pool<Object> pool([] { return std::make_unique<Object>(); });
    WaitGroup all;
    for (int i = 0; i < 3; ++i) {
      all.Go([&] {
        auto object = pool.Get();
        Check(object->users.fetch_add(1) == 0, "two users");
        object->users.fetch_add(-1);
        pool.Put(std::move(object));
      });
    }
    all.Wait();
  });
}

TEST(Semaphore, APermitGivenUpIsNotLost) {
  Holds([] {
    Semaphore semaphore(1);
    Check(semaphore.TryAcquire(1), "not free");
    auto [ctx, cancel] = WithCancel(Background());
    WaitGroup all;
    all.Go([&, ctx = ctx] {
      if (!semaphore.Acquire(ctx, 1)) semaphore.Release(1);
    });
    all.Go([cancel = cancel] { cancel(); });
    semaphore.Release(1);
    all.Wait();
    Check(semaphore.TryAcquire(1), "the permit is lost");
  });
}

// --- time

TEST(Timer, NothingComesAfterStop) {
  Holds(
      [] {
        Timer timer(1s);
        Chan<Unit> give_up(0);
        Atomic<bool> received = false;
        WaitGroup all;
        all.Go([&] {
          if (Select(Recv(timer.C()), Recv(give_up)) == 0) received.store(true);
        });
        Yield();
        const bool stopped = timer.Stop();
        give_up.Close();
        all.Wait();
        Check(stopped != received.load(), stopped ? "a value after Stop" : "no value, yet fired");
      },
      Clock::kRaces);
}

TEST(Timer, NoFunctionRunsAfterStop) {
  Holds(
      [] {
        Chan<Unit> ran(1);
        Timer timer = AfterFunc(1s, [ran] { ran.Send({}); });
        Yield();
        if (timer.Stop()) {
          Sleep(1s);
          Check(ran.Len() == 0, "ran after Stop");
        } else {
          ran.Recv();
        }
      },
      Clock::kRaces);
}

TEST(Timer, ResetPutsItOff) {
  Holds(
      [] {
        Atomic<bool> ran_early = false;
        Chan<Unit> ran(2);
        Time due;
        Timer timer = AfterFunc(1s, [&] {
          if (Now() < due) ran_early.store(true);
          ran.Send({});
        });
        Yield();
        const Time asked = Now();
        if (timer.Reset(1h)) {
          due = asked + 1h;
          ran.Recv();
          Check(!ran_early.load() && Now() >= due, "ran before its time");
        } else {
          ran.Recv();
          ran.Recv();
        }
      },
      Clock::kRaces);
}

TEST(Ticker, OneReceiverATick) {
  Holds([] {
    Ticker ticker(1s);
    const Time start = Now();
    WaitGroup all;
    Atomic<int> ticks = 0;
    for (int i = 0; i < 2; ++i) {
      all.Go([&] {
        ticker.C().Recv();
        ticks.fetch_add(1);
      });
    }
    all.Wait();
    Check(Now() - start == 2s && ticks.load() == 2, "a tick went to two, or to nobody");
  });
}

// --- context

TEST(Context, CancelReachesAChildMadeMeanwhile) {
  Holds([] {
    auto [parent, cancel] = WithCancel(Background());
    WaitGroup all;
    all.Go([parent = parent] {
      auto [child, cancel_child] = WithCancel(parent);
      child.Done().Recv();
      Check(child.Err() == kCanceled, "no error though done");
    });
    cancel();
    all.Wait();
  });
}

TEST(Context, DoneAndErrAgree) {
  Holds([] {
    auto [ctx, cancel] = WithTimeout(Background(), 1s);
    WaitGroup all;
    for (int i = 0; i < 2; ++i) {
      all.Go([ctx = ctx] {
        if (ctx.Err()) Check(Select(Recv(ctx.Done()), kDefault) == 0, "an error before done");
        ctx.Done().Recv();
        Check(static_cast<bool>(ctx.Err()), "done without an error");
      });
    }
    all.Go([cancel = cancel] { cancel(); });
    all.Wait();
  });
}

}  // namespace
}  // namespace unpark::testing
