// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Preemption: what each mode promises of goroutines that do not give way by themselves, wherever
// they are. A test whose promise is broken hangs, so it ends by the test runner's limit.
#include <errno.h>
#include <fenv.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "runtime/chan/chan.h"
#include "runtime/chan/select.h"
#include "runtime/go.h"
#include "runtime/observe/counters.h"
#include "runtime/os/sanitizer.h"
#include "runtime/sched/sched.h"
#include "runtime/sync/mutex.h"
#include "runtime/sync/waitgroup.h"
#include "runtime/time/time.h"

namespace unpark {
namespace {

using namespace std::chrono_literals;

constexpr auto kSlices = 35ms;  // more than three slices

Options With(Preemption preemption, int procs = 1) {
  Options options;
  options.procs = procs;
  options.preemption = preemption;
  return options;
}

// Starts f in a goroutine and returns once it runs; its P is then f's, and with one P the caller
// comes back only by preemption.
template <class F>
void StartHog(WaitGroup* done, F f) {
  Chan<Unit> begun(0);
  done->Add(1);
  go([=] {
    begun.Send({});
    f();
    done->Done();
  });
  begun.Recv();
}

// Repeats step() in a goroutine until another one that is ready all the while has run beside it on
// the only P, or, with a limit, that time is over; whether the other ran.
template <class F>
bool AnotherRunsBeside(F step, std::optional<std::chrono::nanoseconds> limit = std::nullopt) {
  std::atomic<bool> ran{false};
  bool seen = false;
  WaitGroup done;
  done.Add(2);
  go([&] {
    go([&] {
      ran = true;
      done.Done();
    });
    const auto begin = std::chrono::steady_clock::now();
    while (!ran && !(limit && std::chrono::steady_clock::now() - begin > *limit)) step();
    seen = ran;
    done.Done();
  });
  done.Wait();
  return seen;
}

template <class F>
void For(std::chrono::nanoseconds time, F f) {
  for (const auto end = std::chrono::steady_clock::now() + time;
       std::chrono::steady_clock::now() < end;) {
    f();
  }
}

TEST(Modes, OffRunsNobodyElse) {
  Main(With(Preemption::kOff), [] {
    Chan<int> c(1);
    const auto step = [&] {
      c.Send(1);
      c.Recv();
      Checkpoint();
    };
    EXPECT_FALSE(AnotherRunsBeside(step, kSlices));
    EXPECT_EQ(ReadCounters().preempt_asked, 0u);
  });
}

TEST(Modes, CallsGiveWayWhereTheyNeedNotPark) {
  Main(With(Preemption::kCalls), [] {
    Chan<int> c(1), never(0);
    EXPECT_TRUE(AnotherRunsBeside([&] {
      c.Send(1);
      c.Recv();
    }));
    EXPECT_TRUE(AnotherRunsBeside([&] {
      c.Send(1);
      Select(Recv(c), Recv(never), kDefault);
    }));
    EXPECT_TRUE(AnotherRunsBeside([] { Blocking([] {}); }));
    EXPECT_FALSE(AnotherRunsBeside([] { Checkpoint(); }, kSlices));
    const Counters counters = ReadCounters();
    EXPECT_GE(counters.preempt_asked, 2u);  // a Blocking section may lose its P as such
    EXPECT_GE(counters.preempt_honoured, 2u);
  });
}

TEST(Modes, CheckpointsGiveWayInLoops) {
  Main(With(Preemption::kCheckpoints), [] {
    EXPECT_TRUE(AnotherRunsBeside([] { Checkpoint(); }));
    EXPECT_FALSE(AnotherRunsBeside([] {}, kSlices));
  });
  Checkpoint();  // outside of a goroutine it is nothing
}

TEST(Modes, AsyncNeedsNothing) {
  Main(With(Preemption::kAsync), [] {
    std::atomic<bool> stop{false};
    WaitGroup done;
    StartHog(&done, [&] {
      while (!stop) {
      }
    });
    stop = true;
    done.Wait();
    const Counters counters = ReadCounters();
    EXPECT_GE(counters.preempt_asked, 1u);
    EXPECT_GE(counters.preempt_honoured, 1u);
  });
}

TEST(Modes, NobodyIsAskedWhileNobodyWaits) {
  Main(With(Preemption::kAsync), [] {
    For(kSlices, [] {});
    EXPECT_EQ(ReadCounters().preempt_asked, 0u);
  });
}

// --- asynchronous: wherever the goroutine is

using Work = void (*)();

std::mutex g_mutex;
FILE* g_null = nullptr;

void Malloc() {
  std::array<void*, 16> blocks;
  for (std::size_t i = 0; i < blocks.size(); ++i) blocks[i] = std::malloc(16 << (i % 12));
  for (void* block : blocks) std::free(block);
}
void Throw() {
  try {
    throw std::runtime_error("again");
  } catch (const std::exception&) {
    try {
      throw;
    } catch (const std::runtime_error&) {
    }
  }
}
void LockStdMutex() {
  std::lock_guard guard(g_mutex);
  Malloc();
}
void ReadClock() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
}
void Print() { std::fprintf(g_null, "%d %s %f\n", 1, "hog", 2.5); }
void Syscall() { static_cast<void>(!getppid()); }
void Sleeping() {
  timespec nap{0, 1'000'000};
  nanosleep(&nap, nullptr);
}
void CallForeign() {
  Foreign([] { For(1ms, [] { Malloc(); }); });
}

struct Place {
  const char* name;
  Work work;
};

class Anywhere : public testing::TestWithParam<Place> {};

// More hogs than Ps work in one place for longer than a slice, again and again, while others come
// and go. All of them get their turns, whatever lock the hogs hold.
TEST_P(Anywhere, HogsAndOthersBothGoOn) {
  constexpr std::uint64_t kPreemptions = UNPARK_SANITIZER ? 5 : 25;
  g_null = std::fopen("/dev/null", "w");
  ASSERT_NE(g_null, nullptr);
  Main(With(Preemption::kAsync, 2), [] {
    std::atomic<bool> stop{false};
    std::atomic<int> turns{0};
    WaitGroup hogs;
    for (int i = 0; i < 5; ++i) {
      hogs.Add(1);
      go([&] {
        while (!stop) {
          For(12ms, GetParam().work);
          ++turns;
          Gosched();
        }
        hogs.Done();
      });
    }
    std::uint64_t rounds = 0;
    while (ReadCounters().preempt_honoured < kPreemptions || turns < 10) {
      WaitGroup others;
      for (int i = 0; i < 20; ++i) others.Go([] { delete new std::array<char, 3000>; });
      others.Wait();
      Sleep(1us);
      ++rounds;
    }
    EXPECT_GT(rounds, 0u);
    stop = true;
    hogs.Wait();
  });
  std::fclose(g_null);
}

INSTANTIATE_TEST_SUITE_P(Places, Anywhere,
                         testing::Values(Place{"Malloc", Malloc}, Place{"Throw", Throw},
                                         Place{"StdMutex", LockStdMutex}, Place{"Vdso", ReadClock},
                                         Place{"Stdio", Print}, Place{"SystemCalls", Syscall},
                                         Place{"UnwrappedSleep", Sleeping},
                                         Place{"Foreign", CallForeign}),
                         [](const auto& info) { return std::string(info.param.name); });

// Blocked in the kernel without Blocking, and on a std::mutex whose owner needs the only P.
TEST(Async, ABlockedThreadLosesItsP) {
  Main(With(Preemption::kAsync), [] {
    std::array<int, 2> fds;
    ASSERT_EQ(pipe(fds.data()), 0);
    WaitGroup done;
    StartHog(&done, [&] {
      char c = 0;
      EXPECT_EQ(read(fds[0], &c, 1), 1);
    });
    ASSERT_EQ(write(fds[1], "x", 1), 1);
    done.Wait();
    close(fds[0]);
    close(fds[1]);

    std::mutex mutex;
    mutex.lock();
    StartHog(&done, [&] { std::lock_guard guard(mutex); });
    mutex.unlock();
    done.Wait();
  });
}

TEST(Async, ThreadErrnoAndFloatingPointStateStay) {
  Main(With(Preemption::kAsync), [] {
    std::atomic<bool> stop{false};
    WaitGroup done;
    StartHog(&done, [&] {
      const pid_t thread = gettid();
      ASSERT_EQ(fesetround(FE_UPWARD), 0);
      errno = 77;
      double sum = 0, product = 1;
      std::uint64_t n = 0;
      for (; !stop; ++n) {
        sum += 1;
        product *= 1;
      }
      EXPECT_EQ(errno, 77);
      EXPECT_EQ(fegetround(), FE_UPWARD);
      EXPECT_EQ(sum, static_cast<double>(n));
      EXPECT_EQ(product, 1);
      EXPECT_EQ(gettid(), thread);
      fesetround(FE_TONEAREST);
    });
    stop = true;
    done.Wait();
  });
}

TEST(Async, ALockedHogKeepsItsThread) {
  Main(With(Preemption::kAsync), [] {
    std::atomic<bool> stop{false};
    WaitGroup done;
    StartHog(&done, [&] {
      LockOSThread();
      const pthread_t thread = pthread_self();
      while (!stop) {
      }
      Gosched();
      EXPECT_EQ(pthread_self(), thread);
      For(kSlices, [] {});
      EXPECT_EQ(pthread_self(), thread);
      UnlockOSThread();
    });
    stop = true;
    done.Wait();
  });
}

// What does not park does not wait for a P either; what parks does.
TEST(Async, AGoroutineWithoutAPMayCallEverything) {
  for (int i = 0; i < 3; ++i) {
    Main(With(Preemption::kAsync), [] {
      std::atomic<bool> stop{false};
      WaitGroup done;
      Chan<int> full(1), results(8), empty(0);
      Mutex mutex;
      WaitGroup spawned;
      StartHog(&done, [&] {
        while (!stop) {
        }
        const pid_t thread = gettid();
        for (int k = 0; k < 200; ++k) {
          spawned.Go([&] {
            mutex.Lock();
            mutex.Unlock();
          });
        }
        Timer timer = AfterFunc(1h, [] {});
        EXPECT_TRUE(timer.Stop());
        mutex.Lock();
        mutex.Unlock();
        WaitGroup mine;
        mine.Add(1);
        mine.Done();
        EXPECT_EQ(Select(Recv(empty), kDefault), 1u);
        EXPECT_EQ(gettid(), thread);
        results.Send(1);
        Sleep(1us);
        results.Send(Blocking([] { return 2; }));
        spawned.Wait();
        results.Close();
      });
      stop = true;
      int sum = 0;
      for (int value : results) sum += value;
      EXPECT_EQ(sum, 3);
      done.Wait();
    });
  }
}

// Calls that use the P for a moment, most of the time: the P never leaves in the midst of one.
TEST(Async, HogsWithinTheRuntime) {
  constexpr auto kPause = UNPARK_SANITIZER ? 500us : 5us;
  Main(With(Preemption::kAsync, 2), [kPause] {
    std::atomic<bool> stop{false};
    WaitGroup hogs;
    for (int i = 0; i < 4; ++i) {
      hogs.Add(1);
      go([&] {
        while (!stop) {
          WaitGroup mine;
          For(12ms, [&] {
            mine.Go([] {});
            Timer timer = AfterFunc(1h, [] {});
            timer.Stop();
            For(kPause, [] {});
          });
          mine.Wait();
        }
        hogs.Done();
      });
    }
    while (ReadCounters().preempt_honoured < (UNPARK_SANITIZER ? 3u : 20u)) Gosched();
    stop = true;
    hogs.Wait();
  });
}

TEST(Async, ManyHogsStarveNobody) {
  constexpr int kHogs = UNPARK_SANITIZER ? 8 : 40;
  Main(With(Preemption::kAsync, 2), [] {
    std::atomic<bool> stop{false};
    std::atomic<int> begun{0};
    WaitGroup hogs;
    for (int i = 0; i < kHogs; ++i) {
      hogs.Go([&] {
        ++begun;
        while (!stop) {
        }
      });
    }
    WaitGroup others;
    for (int i = 0; i < 1000; ++i) others.Go([] { Gosched(); });
    others.Wait();
    while (begun < kHogs) Sleep(1ms);
    stop = true;
    hogs.Wait();
  });
}

TEST(Async, TimersOfAHogsPAreKept) {
  Main(With(Preemption::kAsync), [] {
    std::atomic<bool> stop{false};
    WaitGroup done;
    Timer timer = AfterFunc(1ms, [&] { stop = true; });
    done.Add(1);
    go([&] {
      while (!stop) {
      }
      done.Done();
    });
    done.Wait();
  });
}

TEST(Async, GOMAXPROCSChangesThoughHogsHoldEveryP) {
  Main(With(Preemption::kAsync, 2), [] {
    std::atomic<bool> stop{false};
    WaitGroup done;
    for (int i = 0; i < 3; ++i) {
      StartHog(&done, [&] {
        while (!stop) {
        }
      });
    }
    for (int procs : {3, 1, 4, 2}) {
      GOMAXPROCS(procs);
      EXPECT_EQ(GOMAXPROCS(0), procs);
      StartHog(&done, [&] {
        while (!stop) {
        }
      });
    }
    stop = true;
    done.Wait();
  });
}

// --- the process around it

std::atomic<int> g_signals{0};

TEST(Signals, NoneIsSentAndTheUsersOwnWork) {
  g_signals = 0;
  struct sigaction counting {
  }, before{};
  counting.sa_handler = [](int) { ++g_signals; };
  for (int signal : {SIGURG, SIGPROF, SIGUSR1}) ASSERT_EQ(sigaction(signal, &counting, &before), 0);
  Main(With(Preemption::kAsync), [] {
    std::atomic<bool> stop{false};
    WaitGroup done;
    StartHog(&done, [&] {
      sigset_t mask;
      sigemptyset(&mask);
      sigaddset(&mask, SIGUSR1);
      pthread_sigmask(SIG_BLOCK, &mask, nullptr);
      while (!stop) {
        timespec nap{0, 100'000};
        EXPECT_EQ(nanosleep(&nap, nullptr), 0) << "interrupted";
      }
      sigset_t now;
      pthread_sigmask(SIG_UNBLOCK, &mask, &now);
      EXPECT_EQ(sigismember(&now, SIGUSR1), 1);
      EXPECT_EQ(g_signals, 0);
      raise(SIGURG);
      EXPECT_EQ(g_signals, 1);
    });
    stop = true;
    done.Wait();
    EXPECT_GE(ReadCounters().preempt_honoured, 1u);
  });
  for (int signal : {SIGURG, SIGPROF, SIGUSR1}) {
    struct sigaction now {};
    ASSERT_EQ(sigaction(signal, &before, &now), 0);
    EXPECT_EQ(now.sa_handler, counting.sa_handler);
  }
}

std::ptrdiff_t Threads() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
}

// Hogs are left behind in every mode; each ends its thread once it calls the runtime.
TEST(End, MainReturnsThoughHogsRun) {
  static std::atomic<bool> stop;
  static std::atomic<int> running;
  // Never destroyed: a thread that ends within Recv happens before nothing that exit does.
  static const Chan<int>& late = *new Chan<int>(0);
  const std::ptrdiff_t threads = Threads();
  for (Preemption mode :
       {Preemption::kOff, Preemption::kCalls, Preemption::kCheckpoints, Preemption::kAsync}) {
    stop = false;
    running = 0;
    EXPECT_EQ(Main(With(mode, 4),
                   [] {
                     for (int i = 0; i < 3; ++i) {
                       go([i] {
                         ++running;
                         while (!stop) {
                         }
                         if (i == 0) Gosched();
                         if (i == 1) late.Recv();
                         if (i == 2) go([] { ADD_FAILURE() << "started after the end"; });
                       });
                     }
                     while (running < 3) Gosched();
                     return 5;
                   }),
              5);
    EXPECT_EQ(Main([] { return NumGoroutine(); }), 1) << "the next runtime is whole";
    stop = true;
    while (Threads() > threads) std::this_thread::yield();
  }
}

TEST(End, AnOrphanMayReadyAndFileTimers) {
  static std::atomic<bool> stop;
  const std::ptrdiff_t threads = Threads();
  stop = false;
  Main(With(Preemption::kAsync, 2), [] {
    Chan<int> waited(0);
    std::atomic<bool> running{false};
    go([waited] { waited.Recv(); });
    go([waited, &running] {
      running = true;
      while (!stop) {
      }
      Timer timer(1h);
      Select(Recv(timer.C()), kDefault);
      waited.Close();
      Sleep(1ms);
      ADD_FAILURE() << "slept after the end";
    });
    while (!running) Gosched();
  });
  stop = true;
  while (Threads() > threads) std::this_thread::yield();
}

// --- GOMAXPROCS by the quota, while running

TEST(Quota, IsFollowedUntilGOMAXPROCSIsCalled) {
  Options options;
  options.procs_rule = ProcsRule::kHostCpus;
  Main(options, [] {
    const auto three = [](ProcsRule rule) {
      EXPECT_EQ(rule, ProcsRule::kHostCpus);
      return 3;
    };
    const auto five = [](ProcsRule) { return 5; };
    sched::UpdateProcs(three);
    EXPECT_EQ(GOMAXPROCS(0), 3);
    EXPECT_FALSE(sched::UpdateProcs(three));
    // As the monitor thread does it, from outside, while goroutines run on every P.
    std::atomic<bool> stop{false};
    WaitGroup busy;
    for (int i = 0; i < 6; ++i) {
      busy.Go([&] {
        while (!stop) Gosched();
      });
    }
    std::atomic<int> changes{0};
    std::thread outside([&] {
      for (int i = 0; i < 20; ++i) {
        changes += sched::UpdateProcs(five);
        changes += sched::UpdateProcs(three);
      }
      stop = true;
    });
    busy.Wait();
    Blocking([&] { outside.join(); });
    EXPECT_EQ(changes, 40);
    EXPECT_EQ(GOMAXPROCS(0), 3);
    EXPECT_EQ(GOMAXPROCS(3), 3);
    EXPECT_FALSE(sched::UpdateProcs(five)) << "the program has chosen";
    EXPECT_EQ(GOMAXPROCS(0), 3);
  });
}

// Of every thread of this process.
void SetAffinity(const cpu_set_t& cpus) {
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task"))
    sched_setaffinity(std::stoi(task.path().filename()), sizeof cpus, &cpus);
}

TEST(Quota, IsReadAgainByTheMonitorThread) {
  cpu_set_t all;
  ASSERT_EQ(sched_getaffinity(0, sizeof all, &all), 0);
  if (CPU_COUNT(&all) < 2) GTEST_SKIP() << "with one CPU there is one P";
  Main([&] {
    const int procs = GOMAXPROCS(0);
    EXPECT_GT(procs, 1);
    int cpu = 0;
    while (!CPU_ISSET(cpu, &all)) ++cpu;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    SetAffinity(one);
    while (GOMAXPROCS(0) != 1) Gosched();
    SetAffinity(all);
    while (GOMAXPROCS(0) != procs) Gosched();
  });
}

TEST(Quota, IsNotFollowedWhereTheOptionsSayTheNumber) {
  for (Options options : {Options{.procs = 2}, Options{.update_procs = false}}) {
    Main(options, [] {
      const int procs = GOMAXPROCS(0);
      EXPECT_FALSE(sched::UpdateProcs([](ProcsRule) { return 7; }));
      EXPECT_EQ(GOMAXPROCS(0), procs);
    });
  }
}

}  // namespace
}  // namespace unpark
