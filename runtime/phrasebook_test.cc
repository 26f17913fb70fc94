// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// The phrasebook of README.md, run: each phrase stands below the Go it translates, and
// phrasebook_test.py checks that README.md has exactly these.
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <utility>

#include "runtime/chan/chan.h"
#include "runtime/chan/select.h"
#include "runtime/conformance/run_go.h"
#include "runtime/context/context.h"
#include "runtime/errors/errors.h"
#include "runtime/go.h"
#include "runtime/net/file.h"
#include "runtime/net/net.h"
#include "runtime/sync/cond.h"
#include "runtime/sync/errgroup.h"
#include "runtime/sync/map.h"
#include "runtime/sync/mutex.h"
#include "runtime/sync/once.h"
#include "runtime/sync/pool.h"
#include "runtime/sync/rwmutex.h"
#include "runtime/sync/semaphore.h"
#include "runtime/sync/singleflight.h"
#include "runtime/sync/waitgroup.h"
#include "runtime/time/time.h"

namespace unpark {
namespace {

using conformance::RunGo;
using namespace std::chrono_literals;

TEST(Phrasebook, Goroutines) {
  std::atomic<int> calls{0};
  const auto work = [&] { ++calls; };
  const auto f = [&](int x) { calls += x; };
  const int x = 3;
  const auto main = [&] {
    // Go: func main() { work() }
    return unpark::Main([&] { work(); });
    // end
  };
  EXPECT_EQ(main(), 0);
  EXPECT_EQ(calls, 1);
  RunGo([&] {
    // Go: go f(x)
    go([=] { f(x); });
    // end
    while (calls != 4) Gosched();
    // Go: runtime.Gosched()
    Gosched();
    // end
    bool went_on = false;
    go([&] {
      // Go: runtime.Goexit()
      Goexit();
      // end
      went_on = true;
    });
    // Go: runtime.NumGoroutine()
    int n = NumGoroutine();
    // end
    EXPECT_GE(n, 1);
    while (NumGoroutine() > 1) Gosched();
    EXPECT_FALSE(went_on);
    // Go: runtime.GOMAXPROCS(2)
    GOMAXPROCS(2);
    // end
    EXPECT_EQ(GOMAXPROCS(0), 2);
    // Go: runtime.LockOSThread()
    LockOSThread();
    // end
    // Go: runtime.UnlockOSThread()
    UnlockOSThread();
    // end
  });
}

TEST(Phrasebook, Channels) {
  RunGo([] {
    int sum = 0;
    // Go: c := make(chan int, 8)
    Chan<int> c(8);
    // end
    const int v = 7;
    // Go: c <- v
    c.Send(v);
    // end
    // Go: n := len(c) + cap(c)
    std::size_t n = c.Len() + c.Cap();
    // end
    EXPECT_EQ(n, 9u);
    {
      // Go: v := <-c
      int v = *c.Recv();
      // end
      EXPECT_EQ(v, 7);
    }
    c.Send(1);
    c.Send(2);
    // Go: close(c)
    c.Close();
    // end
    // Go: for v := range c { sum += v }
    for (int v : c) sum += v;
    // end
    EXPECT_EQ(sum, 3);
    {
      // Go: v, ok := <-c
      std::optional<int> v = c.Recv();
      // end
      EXPECT_FALSE(v.has_value());
    }
    {
      // Go: var c chan int
      Chan<int> c;
      // end
      // Go: c == nil
      bool nil = !c;
      // end
      EXPECT_TRUE(nil);
    }
    // Go: var in <-chan int = c
    RecvChan<int> in = c;
    // end
    EXPECT_FALSE(in.Recv());
    // Go: var out chan<- int = c
    SendChan<int> out = c;
    // end
    EXPECT_THROW(out.Send(1), PanicError);
    // Go: done := make(chan struct{})
    Chan<Unit> done(0);
    // end
    done.Close();
    EXPECT_FALSE(done.Recv());
  });
}

TEST(Phrasebook, Select) {
  RunGo(
      [] {
        Chan<int> a(1), b(1);
        int v = 0, got = 0, sent = 0, idle = 0, late = 0;
        const auto got_a = [&](int value) { got += value; };
        a.Send(5);
        b.Send(0);
        // Go: select { case v = <-a: gotA(v); case b <- 1: sent++ }
        switch (Select(Recv(a, &v), Send(b, 1))) {
          case 0:
            got_a(v);
            break;
          case 1:
            ++sent;
            break;
        }
        // end
        EXPECT_EQ(got, 5);
        EXPECT_EQ(sent, 0);
        // Go: select { case v = <-a: gotA(v); default: idle++ }
        if (Select(Recv(a, &v), kDefault) == 0) {
          got_a(v);
        } else {
          ++idle;
        }
        // end
        EXPECT_EQ(idle, 1);
        a.Close();
        bool ok = true;
        // Go: select { case v, ok = <-a: }
        Select(Recv(a, &v, &ok));
        // end
        EXPECT_FALSE(ok);
        Chan<int> slow(0);
        const auto d = 1ms;
        // Go: select { case v = <-slow: case <-time.After(d): late++ }
        if (Select(Recv(slow, &v), Recv(After(d))) == 1) ++late;
        // end
        EXPECT_EQ(late, 1);
        go([] {
          // Go: select {}
          Select();
          // end
        });
      },
      {.leaves_goroutines = true});
}

TEST(Phrasebook, Time) {
  RunGo([] {
    std::atomic<int> calls{0};
    const auto f = [&] { ++calls; };
    const auto d = 1ms;
    // Go: time.Sleep(d)
    Sleep(d);
    // end
    // Go: t := time.NewTimer(d)
    Timer t(d);
    // end
    // Go: <-t.C
    t.C().Recv();
    // end
    // Go: t.Reset(d)
    t.Reset(d);
    // end
    // Go: t.Stop()
    t.Stop();
    // end
    // Go: time.AfterFunc(d, f)
    AfterFunc(d, f);
    // end
    while (calls == 0) Gosched();
    // Go: tick := time.NewTicker(d)
    Ticker tick(d);
    // end
    EXPECT_TRUE(tick.C().Recv());
  });
}

TEST(Phrasebook, Locks) {
  RunGo([] {
    Mutex mu;
    RWMutex rw;
    std::atomic<int> calls{0};
    const auto work = [&] { ++calls; };
    {
      // Go: mu.Lock(); defer mu.Unlock()
      std::lock_guard guard(mu);
      // end
      EXPECT_FALSE(mu.TryLock());
    }
    {
      // Go: rw.RLock(); defer rw.RUnlock()
      std::shared_lock guard(rw);
      // end
      EXPECT_FALSE(rw.TryLock());
    }
    WaitGroup wg;
    // Go: wg.Go(work)
    wg.Go(work);
    // end
    // Go: wg.Wait()
    wg.Wait();
    // end
    EXPECT_EQ(calls, 1);
    bool ready = false;
    // Go: cond := sync.NewCond(&mu)
    Cond cond(&mu);
    // end
    go([&] {
      std::lock_guard guard(mu);
      ready = true;
      // Go: cond.Broadcast()
      cond.Broadcast();
      // end
    });
    {
      std::lock_guard guard(mu);
      // Go: for !ready { cond.Wait() }
      while (!ready) cond.Wait();
      // end
    }
    Once once;
    // Go: once.Do(work)
    once.Do(work);
    // end
    EXPECT_EQ(calls, 2);
    const auto read = [] { return 9; };
    // Go: config := sync.OnceValue(read)
    auto config = OnceValue(read);
    // end
    EXPECT_EQ(config(), 9);
    std::atomic<int> n{0};
    // Go: n.Add(1)
    n.fetch_add(1);
    // end
    EXPECT_EQ(n, 1);
    // Go: pool := sync.Pool{New: func() any { return new(T) }}
    Pool<std::string> pool([] { return std::make_unique<std::string>(); });
    // end
    // Go: x := pool.Get(); pool.Put(x)
    auto x = pool.Get();
    pool.Put(std::move(x));
    // end
    // Go: var m sync.Map; m.Store(k, v); v, ok := m.Load(k)
    Map<std::string, int> m;
    m.Store("k", 1);
    std::optional<int> v = m.Load("k");
    // end
    EXPECT_EQ(v, 1);
  });
}

TEST(Phrasebook, Errors) {
  RunGo([] {
    const auto parent = Background();
    const auto d = 1h;
    {
      // Go: ctx, cancel := context.WithCancel(parent)
      auto [ctx, cancel] = WithCancel(parent);
      // end
      cancel();
      // Go: <-ctx.Done()
      ctx.Done().Recv();
      // end
      // Go: err := ctx.Err()
      Error err = ctx.Err();
      // end
      // Go: err == context.Canceled
      bool canceled = err == kCanceled;
      // end
      EXPECT_TRUE(canceled);
    }
    {
      // Go: ctx, cancel := context.WithTimeout(parent, d)
      auto [ctx, cancel] = WithTimeout(parent, d);
      // end
      cancel();
    }
    const auto fetch = [] { return Error("no route"); };
    // Go: var g errgroup.Group; g.Go(fetch); err := g.Wait()
    ErrGroup g;
    g.Go(fetch);
    Error err = g.Wait();
    // end
    EXPECT_EQ(err.text(), "no route");
    SingleFlight<std::string, int> calls;
    const auto load = [] { return 3; };
    // Go: v, err, shared := calls.Do("k", load)
    auto [v, failed, shared] = calls.Do("k", load);
    // end
    EXPECT_EQ(v, 3);
    EXPECT_FALSE(failed);
    EXPECT_FALSE(shared);
    Semaphore s(2);
    // Go: s.Acquire(ctx, 1); s.Release(1)
    s.Acquire(parent, 1);
    s.Release(1);
    // end
  });
}

TEST(Phrasebook, FilesAndConnections) {
  RunGo([] {
    const auto d = 1h;
    // Go: r, w, err := os.Pipe()
    auto [r, w, err] = net::Pipe();
    // end
    ASSERT_FALSE(err);
    const std::string text = "hello";
    EXPECT_EQ(w.Write(text).n, text.size());
    std::array<char, 16> buf;
    // Go: n, failed := r.Read(buf)
    auto [n, failed] = r.Read(buf);
    // end
    EXPECT_EQ(n, text.size());
    EXPECT_FALSE(failed);
    // Go: r.SetDeadline(time.Now().Add(d))
    r.SetDeadline(Now() + d);
    // end
    // Go: r.SetDeadline(time.Time{})
    r.SetDeadline({});
    // end
    r.Close();
    w.Close();
    // Go: l, refused := net.Listen("tcp", "127.0.0.1:0")
    auto [l, refused] = net::Listen("tcp", "127.0.0.1:0");
    // end
    ASSERT_FALSE(refused);
    const std::string addr = l.Addr();
    // Go: c, lost := net.Dial("tcp", addr)
    auto [c, lost] = net::Dial("tcp", addr);
    // end
    EXPECT_FALSE(lost);
    c.Close();
    l.Close();
  });
}

TEST(Phrasebook, PanicsAndForeignCode) {
  RunGo([] {
    const auto work = [] {
      // Go: panic("x")
      Panic("x");
      // end
    };
    // Go: defer func() { r := recover() }(); work()
    auto r = Recover(work);
    // end
    EXPECT_EQ(r->text, "x");
    std::array<int, 2> fds;
    ASSERT_EQ(pipe(fds.data()), 0);
    char b = 'b';
    EXPECT_EQ(write(fds[1], &b, 1), 1);
    const int fd = fds[0];
    // Go: n, err := unix.Read(fd, b)
    ssize_t n = Blocking([&] { return read(fd, &b, 1); });
    // end
    EXPECT_EQ(n, 1);
    close(fds[0]);
    close(fds[1]);
    const auto f = [](int x) { return 2 * x; };
    // Go: y := C.f(21)
    int y = Foreign(f, 21);
    // end
    EXPECT_EQ(y, 42);
  });
}

}  // namespace
}  // namespace unpark
