// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// The scheduler through its public face: spawning, fairness, threads, blocking, reports.
#include "runtime/go.h"

#include <errno.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "runtime/chan/chan.h"
#include "runtime/chan/select.h"
#include "runtime/observe/counters.h"
#include "runtime/os/clock.h"
#include "runtime/os/sanitizer.h"
#include "runtime/sched/sched.h"
#include "runtime/sync/mutex.h"
#include "runtime/sync/waitgroup.h"
#include "runtime/time/time.h"

namespace unpark {
namespace {

using namespace std::chrono_literals;

constexpr int kMany = UNPARK_SANITIZER ? 500 : 100'000;

TEST(Main, ReturnsTheMainGoroutinesValue) {
  EXPECT_EQ(Main([] { return 7; }), 7);
  EXPECT_EQ(Main([] {}), 0);
}

TEST(Main, RunsAgainInTheSameProcess) {
  for (int i = 1; i <= 5; ++i) {
    EXPECT_EQ(Main({.procs = i},
                   [&] {
                     WaitGroup all;
                     for (int k = 0; k < 10; ++k) all.Go([] { Gosched(); });
                     all.Wait();
                     return GOMAXPROCS(0);
                   }),
              i);
  }
}

TEST(Main, ASecondOneAtTheSameTimeIsRefused) {
  Main([] { EXPECT_THROW(Main([] {}), std::logic_error); });
  Main([] {
    Blocking([] { std::thread([] { EXPECT_THROW(Main([] {}), std::logic_error); }).join(); });
  });
}

TEST(Main, NamesABadOption) {
  try {
    Main({.procs = 5000}, [] {});
    FAIL();
  } catch (const std::invalid_argument& e) {
    EXPECT_NE(std::string(e.what()).find("procs is 5000"), std::string::npos);
  }
  try {
    Main({.stack_bytes = 30'000}, [] {});
    FAIL();
  } catch (const std::invalid_argument& e) {
    EXPECT_NE(std::string(e.what()).find("stack_bytes is 30000"), std::string::npos);
  }
}

TEST(Main, LeavesOtherGoroutinesBehind) {
  // Parked, ready, spinning, sleeping, blocked in the kernel: Main returns all the same, and the
  // next one is whole.
  std::array<int, 2> fds;
  ASSERT_EQ(pipe(fds.data()), 0);
  for (int i = 0; i < 3; ++i) {
    Main({.procs = 2}, [&] {
      Chan<int> never(0);
      Chan<int> begun(0);
      for (int k = 0; k < 20; ++k) go([never] { never.Recv(); });
      go([] {
        for (;;) Gosched();
      });
      go([] { Sleep(1h); });
      go([begun, fd = fds[0]] {
        begun.Send(1);
        char c;
        Blocking([&] { return read(fd, &c, 1); });
      });
      begun.Recv();
    });
  }
  ASSERT_EQ(write(fds[1], "abc", 3), 3);  // the threads that were left end
  EXPECT_EQ(Main([] { return NumGoroutine(); }), 1);
  close(fds[1]);
}

TEST(Go, RunsEachExactlyOnce) {
  for (const int procs : {1, 2, 8}) {
    Main({.procs = procs}, [] {
      std::vector<std::atomic<int>> ran(kMany);
      WaitGroup all;
      for (int i = 0; i < kMany; ++i) all.Go([&ran, i] { ran[i].fetch_add(1); });
      all.Wait();
      for (int i = 0; i < kMany; ++i) ASSERT_EQ(ran[i].load(), 1);
    });
  }
}

struct Tracked {
  explicit Tracked(std::atomic<int>* alive) : alive(alive) { alive->fetch_add(1); }
  Tracked(Tracked&& o) noexcept : alive(o.alive) { alive->fetch_add(1); }
  Tracked(const Tracked& o) : alive(o.alive) { alive->fetch_add(1); }
  ~Tracked() { alive->fetch_sub(1); }
  std::atomic<int>* alive;
};

TEST(Go, DestroysItsClosureWhateverItsSize) {
  std::atomic<int> alive{0};
  Main([&] {
    WaitGroup all;
    Tracked small(&alive);
    struct {
      Tracked t;
      std::array<char, 500> bytes;
    } large{Tracked(&alive), {}};
    for (int i = 0; i < 10; ++i) {
      all.Go([small] {});
      all.Go([large] {});
      all.Go([t = std::make_unique<Tracked>(&alive)] {});
      all.Go([small] { Goexit(); });
      all.Go([large] { Goexit(); });
    }
    all.Wait();
    while (NumGoroutine() > 1) Gosched();
    EXPECT_EQ(alive.load(), 2);
    // Never started: one P, and no chance to run before main returns.
    GOMAXPROCS(1);
    for (int i = 0; i < 10; ++i) go([small] {});
  });
  EXPECT_EQ(alive.load(), 0);
}

TEST(Go, GoexitRunsDestructorsAndOnlyEndsItsOwnGoroutine) {
  Main([] {
    std::atomic<int> destroyed{0};
    Chan<int> done(0);
    go([&, done] {
      struct OnExit {
        std::atomic<int>* n;
        Chan<int> done;
        ~OnExit() {
          n->fetch_add(1);
          done.Send(1);
        }
      } outer{&destroyed, done};
      [] { Goexit(); }();
      ADD_FAILURE() << "went on after Goexit";
    });
    done.Recv();
    EXPECT_EQ(destroyed.load(), 1);
  });
}

TEST(Gosched, LetsOthersRunOnOneP) {
  Main({.procs = 1}, [] {
    std::string order;
    std::mutex mutex;  // never waited for
    WaitGroup all;
    for (const char c : {'a', 'b', 'c'}) {
      all.Go([&, c] {
        for (int i = 0; i < 3; ++i) {
          {
            std::lock_guard guard(mutex);
            order += c;
          }
          Gosched();
        }
      });
    }
    all.Wait();
    // The one spawned last runs first (runnext), then they take turns.
    EXPECT_EQ(order, "cabcabcab");
  });
}

TEST(Scheduler, APairThatReadiesEachOtherStarvesNobody) {
  for (const bool stealing : {true, false}) {
    Main({.procs = 1, .stealing = stealing}, [] {
      std::atomic<bool> stop{false};
      Chan<int> ping(0), pong(0);
      go([&] {
        while (!stop) {
          ping.Send(1);
          pong.Recv();
        }
        ping.Close();
      });
      go([&] {
        while (ping.Recv()) pong.Send(1);
      });
      WaitGroup others;
      for (int i = 0; i < 50; ++i) others.Go([] { Gosched(); });
      others.Wait();  // would hang if runnext always came first
      stop = true;
      while (NumGoroutine() > 1) Gosched();
    });
  }
}

// What overflows the ring goes to the global queue and must not stay there because of those in the
// ring.
TEST(Scheduler, GoroutinesThatYieldDoNotHoldUpALongGlobalQueue) {
  constexpr int kYielders = 10, kWaiting = 2000;
  Main({.procs = 1, .preemption = Preemption::kOff}, [] {
    std::atomic<bool> stop{false};
    std::atomic<int> yields{0};
    WaitGroup yielders, waiting;
    for (int i = 0; i < kYielders; ++i) {
      yielders.Go([&] {
        for (; !stop; Gosched()) {
          ++yields;
          for (const Time end = Now() + 100us; Now() < end;) continue;
        }
      });
    }
    for (int i = 0; i < kWaiting; ++i) waiting.Go([] {});
    waiting.Wait();
    stop = true;
    yielders.Wait();
    EXPECT_LT(yields, 4 * kWaiting);
  });
}

TEST(Scheduler, WorkIsNeverLeftWhileAPIdles) {
  // Each round's goroutines run to completion although main never yields its P but to wait.
  Main({.procs = 4}, [] {
    for (int round = 0; round < (UNPARK_SANITIZER ? 20 : 2000); ++round) {
      std::atomic<int> n{0};
      WaitGroup all;
      for (int i = 0; i < 8; ++i) {
        all.Go([&] {
          n.fetch_add(1);
          Gosched();
          n.fetch_add(1);
        });
      }
      all.Wait();
      ASSERT_EQ(n.load(), 16);
    }
  });
}

TEST(Scheduler, AHogsRunnextIsTakenByAnIdleP) {
  Main({.procs = 2}, [] {
    std::atomic<bool> ran{false};
    go([&] { ran = true; });
    while (!ran) {  // holds its P: only another can run the goroutine
    }
  });
}

TEST(Scheduler, PoliciesDoTheirWork) {
  const auto work = [](const Options& options) {
    Counters used;
    Main(options, [&] {
      WaitGroup all;
      for (int i = 0; i < 200; ++i) {
        all.Go([] {
          for (int k = 0; k < 20; ++k) Gosched();
        });
      }
      all.Wait();
      used = ReadCounters();
    });
    return used;
  };
  EXPECT_EQ(work({.procs = 4, .stealing = false}).steal_hits, 0u);
  EXPECT_EQ(work({.procs = 4, .runnext = false}).runnext_hits, 0u);
  EXPECT_GT(work({.procs = 1}).runnext_hits, 0u);
  EXPECT_GT(work({.procs = 1, .eager_stacks = true}).spawns, 199u);
  EXPECT_GT(work({.procs = 4, .spinning = false}).spawns, 199u);
}

TEST(Scheduler, SixtyFourPsWorkAsWellAsTwo) {
  Main({.procs = 64}, [] {
    Chan<int> jobs(16), results(16);
    constexpr int kJobs = UNPARK_SANITIZER ? 500 : 20'000;
    for (int w = 0; w < 64; ++w) {
      go([=] {
        for (int j : jobs) results.Send(j * 2);
      });
    }
    go([=] {
      for (int j = 0; j < kJobs; ++j) jobs.Send(j);
      jobs.Close();
    });
    long sum = 0;
    for (int j = 0; j < kJobs; ++j) sum += *results.Recv();
    EXPECT_EQ(sum, static_cast<long>(kJobs) * (kJobs - 1));
  });
}

TEST(GOMAXPROCS, ChangesWhileGoroutinesRun) {
  Main({.procs = 2}, [] {
    std::atomic<bool> stop{false};
    std::atomic<long> turns{0};
    WaitGroup all;
    // Few under the sanitizer: it has a lock behind each atomic, and readers of a hot one starve.
    for (int i = 0; i < (UNPARK_SANITIZER ? 3 : 20); ++i) {
      all.Go([&] {
        while (!stop) {
          turns.fetch_add(1);
          Gosched();
        }
      });
    }
    for (int i = 0; i < 3; ++i) all.Go([] { Sleep(2ms); });
    int before = 2;
    for (const int n : {1, 8, 3, 64, 2, 1, 5}) {
      EXPECT_EQ(GOMAXPROCS(n), before);
      before = n;
      EXPECT_EQ(GOMAXPROCS(0), n);
      const long seen = turns;
      while (turns == seen) Gosched();
    }
    stop = true;
    all.Wait();
  });
}

TEST(NumGoroutine, CountsWhatExists) {
  Main([] {
    EXPECT_EQ(NumGoroutine(), 1);
    Chan<int> hold(0);
    for (int i = 0; i < 100; ++i) go([hold] { hold.Recv(); });
    EXPECT_EQ(NumGoroutine(), 101);
    hold.Close();
    while (NumGoroutine() != 1) Gosched();
  });
}

TEST(LockOSThread, KeepsTheThreadAndNests) {
  Main({.procs = 4}, [] {
    WaitGroup all;
    for (int i = 0; i < 8; ++i) {
      all.Go([] {
        LockOSThread();
        LockOSThread();
        const pthread_t self = pthread_self();
        for (int k = 0; k < 50; ++k) {
          Gosched();
          ASSERT_TRUE(pthread_equal(self, pthread_self()));
          if (k == 20) UnlockOSThread();  // still locked once
        }
        UnlockOSThread();
      });
      all.Go([] {
        for (int k = 0; k < 100; ++k) Gosched();
      });
    }
    all.Wait();
    EXPECT_GT(ReadCounters().locked_handoffs, 0u);
  });
}

thread_local bool t_marked = false;
[[gnu::noinline]] void MarkThread() { t_marked = true; }
[[gnu::noinline]] bool ThreadIsMarked() { return t_marked; }

TEST(LockOSThread, AGoroutineThatEndsLockedEndsItsThread) {
  Main({.procs = 2}, [] {
    WaitGroup locked;
    locked.Go([] {
      LockOSThread();
      MarkThread();
    });
    locked.Wait();
    while (NumGoroutine() > 1) Gosched();
    for (int i = 0; i < 100; ++i) {
      WaitGroup all;
      all.Go([&] { EXPECT_FALSE(ThreadIsMarked()); });
      all.Wait();
    }
  });
}

// What stood for a thread that has ended stands for another one. Some may still be on their way out
// as the next is made, hence not fewer.
TEST(LockOSThread, EndedThreadsLeaveNothingBehind) {
  constexpr std::size_t kThreads = 200;
  std::set<const void*> ms;
  Main({.procs = 2}, [&] {
    for (std::size_t i = 0; i < kThreads; ++i) {
      WaitGroup locked;
      locked.Go([&] {
        LockOSThread();
        ms.insert(sched::CurrentM());
      });
      locked.Wait();
      while (NumGoroutine() > 1) Gosched();
    }
  });
  EXPECT_LT(ms.size(), kThreads / 2);
}

// Each hands its P straight to the other's thread, past the ring in which the main goroutine waits.
TEST(LockOSThread, APairThatHandsOverForEverStarvesNobody) {
  Main({.procs = 1}, [] {
    Chan<int> there(0), back(0);
    std::atomic<bool> stop{false};
    WaitGroup pair;
    pair.Go([&] {
      LockOSThread();
      while (!stop.load()) {
        there.Send(1);
        back.Recv();
      }
      there.Close();
    });
    pair.Go([&] {
      LockOSThread();
      for (int v : there) back.Send(v);
    });
    for (int turn = 0; turn < 100; ++turn) Gosched();
    stop.store(true);
    pair.Wait();
  });
}

// A locked goroutine that is handed a P while its thread is still on its way to sleep, by a thread
// that then goes idle itself: for a moment nobody seems to be awake.
TEST(LockOSThread, AHandOverIsNotTakenForADeadlock) {
  constexpr int kRounds = UNPARK_SANITIZER ? 2'000 : 50'000;
  for (const bool stealing : {false, true}) {
    int sum = 0;
    Main(Options{.procs = 2, .stealing = stealing}, [&] {
      Chan<int> ask(0), answer(0);
      go([=] {
        LockOSThread();
        for (int n : ask) answer.Send(n);
      });
      for (int i = 0; i < kRounds; ++i) {
        ask.Send(1);
        sum += answer.Recv().value();
      }
      ask.Close();
    });
    EXPECT_EQ(sum, kRounds);
  }
}

TEST(Blocking, HandsThePToOthers) {
  Main({.procs = 1}, [] {
    std::array<int, 2> fds;
    ASSERT_EQ(pipe(fds.data()), 0);
    // The reader blocks in the kernel with the only P; the writer must get it.
    go([&] { ASSERT_EQ(write(fds[1], "x", 1), 1); });
    char c = 0;
    const ssize_t n = Blocking([&] { return read(fds[0], &c, 1); });
    EXPECT_EQ(n, 1);
    EXPECT_EQ(c, 'x');
    EXPECT_EQ(ReadCounters().handoffs, 1u);
    close(fds[0]);
    close(fds[1]);
  });
}

// The reader comes back while the thread that took over its P goes idle: one of the two must see
// the other. A goroutine that queued up for the only P was once left there for ever.
TEST(Blocking, AReturningCallFindsTheOnlyPAgain) {
  Main({.procs = 1}, [] {
    std::array<int, 2> fds;
    ASSERT_EQ(pipe(fds.data()), 0);
    for (int i = 0; i < 500; ++i) {
      go([&] { ASSERT_EQ(write(fds[1], "x", 1), 1); });
      char c = 0;
      ASSERT_EQ(Blocking([&] { return read(fds[0], &c, 1); }), 1);
    }
    close(fds[0]);
    close(fds[1]);
  });
}

TEST(Blocking, KeepsErrnoAndPassesExceptions) {
  Main([] {
    EXPECT_EQ(Blocking([] { return close(-1); }), -1);
    EXPECT_EQ(errno, EBADF);
    EXPECT_THROW(Blocking([]() -> int { throw std::runtime_error("x"); }), std::runtime_error);
    Gosched();
  });
}

TEST(Foreign, RunsOnTheBigStack) {
  Main([] {
    const auto deep = [] {
      std::array<volatile char, 1 << 20> big;  // sixteen goroutine stacks
      big[0] = 1;
      big.back() = 2;
      return big[0] + big.back();
    };
    EXPECT_EQ(Foreign(deep), 3);
    EXPECT_EQ(Foreign([](int a, std::string s) { return std::to_string(a) + s; }, 4, "2"), "42");
    EXPECT_THROW(Foreign([]() -> void { throw std::out_of_range("y"); }), std::out_of_range);
    EXPECT_GE(ReadCounters().foreign_calls, 3u);
  });
}

TEST(Exceptions, AreTheGoroutinesOwnAcrossParksAndThreads) {
  Main({.procs = 4}, [] {
    WaitGroup all;
    for (int g = 0; g < 40; ++g) {
      all.Go([g] {
        for (int i = 0; i < (UNPARK_SANITIZER ? 20 : 300); ++i) {
          try {
            throw g * 1000 + i;
          } catch (const int& outer) {
            Gosched();
            try {
              throw std::to_string(outer);
            } catch (const std::string& inner) {
              Gosched();
              ASSERT_EQ(inner, std::to_string(g * 1000 + i));
            }
            ASSERT_EQ(std::uncaught_exceptions(), 0);
            try {
              throw;
            } catch (const int& again) {
              Gosched();
              ASSERT_EQ(again, g * 1000 + i);
            }
          }
        }
      });
    }
    all.Wait();
  });
}

[[gnu::noinline]] void SetErrno(int e) { errno = e; }
[[gnu::noinline]] int GetErrno() { return errno; }

TEST(Errno, IsTheGoroutinesOwn) {
  Main({.procs = 2}, [] {
    WaitGroup all;
    for (int g = 1; g <= 20; ++g) {
      all.Go([g] {
        SetErrno(g);
        for (int i = 0; i < 50; ++i) {
          Gosched();
          ASSERT_EQ(GetErrno(), g);
        }
      });
    }
    all.Wait();
  });
}

TEST(Outside, AThreadMaySendWithoutBlocking) {
  Main({.procs = 2, .deadlock_check = false}, [] {
    Chan<int> from_outside(0);
    // A send that finds no receiver yet is retried.
    std::thread sender([from_outside] {
      while (Select(Send(from_outside, 5), kDefault) == 1) std::this_thread::yield();
    });
    EXPECT_EQ(from_outside.Recv(), 5);
    sender.join();
  });
}

TEST(Counters, TellWhatHappened) {
  Main({.procs = 1}, [] {
    const Counters before = ReadCounters();
    WaitGroup all;
    Chan<int> c(0);
    for (int i = 0; i < 10; ++i) all.Go([c] { c.Send(1); });
    for (int i = 0; i < 10; ++i) c.Recv();
    all.Wait();
    const Counters used = ReadCounters() - before;
    EXPECT_EQ(used.spawns, 10u);
    EXPECT_EQ(used.chan_direct + used.chan_fast, 10u);
    EXPECT_EQ(used.chan_blocked, 10u);
    EXPECT_EQ(used.parks(), used.readies);
    std::uint64_t spawns = 0, parks = 0;
    used.ForEach([&](const std::string& name, std::uint64_t n) {
      if (name == "spawns") spawns = n;
      if (name.starts_with("parks_")) parks += n;
    });
    EXPECT_EQ(spawns, 10u);
    EXPECT_EQ(parks, used.parks());
  });
}

class Reports : public testing::Test {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(Reports, UncaughtExceptionIsAPanic) {
  EXPECT_EXIT(Main([] { throw std::out_of_range("index 5"); }), testing::ExitedWithCode(2),
              "panic: std::out_of_range: index 5\n\ngoroutine 1 \\[running\\]:\n");
  EXPECT_EXIT(Main([] {
                go([] { Panic("my own words"); });
                Chan<int>().Recv();
              }),
              testing::ExitedWithCode(2),
              "panic: my own words\n\ngoroutine [0-9]+ \\[running\\]:\n(.|\n)*created by "
              "(.|\n)*go_test.cc:");
}

TEST_F(Reports, APanicCanBeRecovered) {
  EXPECT_EQ(Main([] {
              try {
                Panic("caught");
              } catch (const PanicError& e) {
                return std::string(e.what()) == "caught" ? 3 : 0;
              }
            }),
            3);
}

TEST(Recover, ReturnsWhatFPanickedWith) {
  Main([] {
    EXPECT_FALSE(Recover([] {}).has_value());
    EXPECT_EQ(Recover([] { Panic("my own words"); })->text, "my own words");
    Chan<int> c(0);
    c.Close();
    EXPECT_EQ(Recover([&] { c.Close(); })->text, "close of closed channel");
    const auto thrown = Recover([] { throw std::out_of_range("index 5"); });
    EXPECT_EQ(thrown->text, "std::out_of_range: index 5");
    EXPECT_THROW(std::rethrow_exception(thrown->error), std::out_of_range);
    EXPECT_EQ(std::uncaught_exceptions(), 0);
  });
}

TEST(Recover, LetsGoexitPass) {
  Main([] {
    WaitGroup all;
    bool went_on = false;
    all.Go([&] {
      Recover([] { Goexit(); });
      went_on = true;
    });
    all.Wait();
    EXPECT_FALSE(went_on);
  });
}

// How often the process's threads have given up a core by themselves.
long ContextSwitches() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_nvcsw;
}

// Waits until 200 ms have passed in which next to nothing happened; whether they came at all.
bool BecomesIdle() {
  constexpr int kWindows = 20;
  constexpr long kSwitches = 20;  // a monitor thread that ticks each millisecond makes 200
  for (int i = 0; i < kWindows; ++i) {
    const long before = ContextSwitches();
    std::this_thread::sleep_for(200ms);  // the window that is looked at, no wait for anything
    if (ContextSwitches() - before < kSwitches) return true;
  }
  return false;
}

void UseEveryP() {
  WaitGroup all;
  for (int i = 0; i < 500; ++i) all.Go([] { Gosched(); });
  all.Wait();
}

TEST(Idle, SixtyFourPsSleepWhileMainBlocksInTheKernel) {
  Main({.procs = 64}, [] {
    UseEveryP();
    EXPECT_TRUE(Blocking(BecomesIdle));
  });
}

TEST(Idle, SixtyFourPsSleepWhileAllIsParked) {
  Main({.procs = 64, .deadlock_check = false}, [] {
    UseEveryP();
    Chan<bool> idle(1);
    std::thread outside([idle] { idle.Send(BecomesIdle()); });
    EXPECT_TRUE(*idle.Recv());
    Blocking([&] { outside.join(); });
  });
}

TEST(Fork, AndExecWorkWhileOthersRun) {
  Main({.procs = 4}, [] {
    std::atomic<bool> stop{false};
    WaitGroup others, forkers;
    Chan<int> c(1);
    for (int i = 0; i < 4; ++i) {
      others.Go([&] {
        while (!stop) {  // they allocate, send and sleep all the time
          c.Send(static_cast<int>(std::string(100, 'x').size()));
          c.Recv();
          Sleep(std::chrono::microseconds(50));
        }
      });
    }
    for (int i = 0; i < 4; ++i) {
      forkers.Go([&] {
        for (int k = 0; k < (UNPARK_SANITIZER ? 3 : 25); ++k) {
          const pid_t child = fork();
          if (child == 0) {
            execl("/bin/sh", "sh", "-c", "exit 7", nullptr);
            _exit(1);
          }
          ASSERT_GT(child, 0);
          int status = 0;
          ASSERT_EQ(Blocking([&] { return waitpid(child, &status, 0); }), child);
          ASSERT_TRUE(WIFEXITED(status));
          ASSERT_EQ(WEXITSTATUS(status), 7);
        }
      });
    }
    forkers.Wait();
    stop = true;
    others.Wait();
  });
}

TEST_F(Reports, DeadlockNamesEveryGoroutine) {
  EXPECT_EXIT(Main([] {
                Chan<int> c(0);
                go([c] { Select(Recv(c)); });
                WaitGroup never;
                never.Add(1);
                never.Wait();
              }),
              testing::ExitedWithCode(2),
              "fatal error: all goroutines are asleep - deadlock!\n\n"
              "goroutine 1 \\[sync.WaitGroup.Wait\\]:\n(.|\n)*WaitGroup::Wait(.|\n)*"
              "goroutine [0-9]+ \\[select\\]:\n(.|\n)*created by (.|\n)*go_test.cc:");
}

// A barrier that counts its own caller: who should count it down waits at it.
TEST_F(Reports, DeadlockSaysSinceWhen) {
  EXPECT_EXIT(Main({.procs = 1},
                   [] {
                     std::atomic<sched::G*> waiting{nullptr};
                     go([&] {
                       waiting = sched::CurrentG();
                       Chan<int>().Recv();
                     });
                     Gosched();
                     waiting.load()->parked_at = os::NowNs() - 125'000'000'000;
                     Chan<int>().Recv();
                   }),
              testing::ExitedWithCode(2),
              "goroutine [0-9]+ \\[chan receive \\(nil chan\\), 2 minutes\\]:\n");
}

TEST_F(Reports, ASelfBarrierIsADeadlock) {
  EXPECT_EXIT(Main([] {
                WaitGroup barrier;
                barrier.Add(3);
                for (int i = 0; i < 2; ++i) {
                  go([&] {
                    barrier.Done();
                    barrier.Wait();
                  });
                }
                barrier.Wait();
                barrier.Done();  // comes too late
              }),
              testing::ExitedWithCode(2),
              "fatal error: all goroutines are asleep - deadlock!\n\n"
              "goroutine 1 \\[sync.WaitGroup.Wait\\]:\n(.|\n)*"
              "goroutine [0-9]+ \\[sync.WaitGroup.Wait\\]:\n(.|\n)*created by (.|\n)*go_test.cc:");
}

// All four of Coffman's conditions: exclusion, hold and wait, no preemption, and a circle.
TEST_F(Reports, TwoLocksTakenInOppositeOrderAreADeadlock) {
  EXPECT_EXIT(Main([] {
                Mutex a, b;
                WaitGroup holding, done;
                holding.Add(2);
                const auto add = [&](Mutex* first, Mutex* second) {
                  std::lock_guard one(*first);
                  holding.Done();
                  holding.Wait();  // until each has its first
                  std::lock_guard two(*second);
                };
                done.Go([&] { add(&a, &b); });
                done.Go([&] { add(&b, &a); });
                done.Wait();
              }),
              testing::ExitedWithCode(2),
              "goroutine 1 \\[sync.WaitGroup.Wait\\]:\n(.|\n)*"
              "goroutine [0-9]+ \\[sync.Mutex.Lock\\]:\n(.|\n)*"
              "goroutine [0-9]+ \\[sync.Mutex.Lock\\]:\n");
}

TEST_F(Reports, DeadlockIsSeenWithManyPsAndLockedThreads) {
  EXPECT_EXIT(Main({.procs = 8},
                   [] {
                     LockOSThread();
                     Mutex mutex;
                     mutex.Lock();
                     go([] { Sleep(1ms); });
                     mutex.Lock();
                   }),
              testing::ExitedWithCode(2),
              "all goroutines are asleep - deadlock!\n\ngoroutine 1 \\[sync.Mutex.Lock, locked");
}

TEST_F(Reports, DeadlockIsSeenAfterALockedGoroutineTookItsThreadAlong) {
  EXPECT_EXIT(Main({.procs = 1},
                   [] {
                     go([] { LockOSThread(); });
                     Chan<int>().Recv();
                   }),
              testing::ExitedWithCode(2), "goroutine 1 \\[chan receive \\(nil chan\\)\\]");
}

TEST_F(Reports, MainGoexitWithNobodyLeft) {
  EXPECT_EXIT(Main([] {
                go([] { Sleep(1ms); });
                Goexit();
              }),
              testing::ExitedWithCode(2),
              "no goroutines \\(main called runtime.Goexit\\) - deadlock!");
}

TEST_F(Reports, CallsOutsideOfAGoroutine) {
  EXPECT_EXIT(go([] {}), testing::ExitedWithCode(2), "go called outside of a goroutine");
  EXPECT_EXIT(Gosched(), testing::ExitedWithCode(2), "Gosched called outside of a goroutine");
  EXPECT_EXIT(Chan<int>(0).Recv(), testing::ExitedWithCode(2), "called outside of a goroutine");
}

}  // namespace
}  // namespace unpark
