// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Properties of Go's runtime tests (proc_test.go, crash_test.go): scheduling, threads, panics,
// Goexit, deadlock reports.
#include <errno.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/chan/chan.h"
#include "runtime/chan/select.h"
#include "runtime/conformance/run_go.h"
#include "runtime/go.h"
#include "runtime/sync/cond.h"
#include "runtime/sync/mutex.h"
#include "runtime/sync/rwmutex.h"
#include "runtime/sync/waitgroup.h"
#include "runtime/time/time.h"

namespace unpark {
namespace {

using conformance::PanicText;
using conformance::ParkWatch;
using conformance::RunGo;
using conformance::Scaled;
using std::chrono::milliseconds;
using testing::ExitedWithCode;

pid_t ThreadId() { return static_cast<pid_t>(syscall(SYS_gettid)); }

// ---- proc_test.go ----

// Go stops the world for collections while goroutines breed; here it is stopped to change the
// number of Ps.
TEST(ProcTest, TestStopTheWorldDeadlock) {
  RunGo(
      [] {
        Chan<Unit> stop(0);
        WaitGroup wg;
        std::function<void()> breed = [&] {
          if (Select(Recv(stop), kDefault) == 1) wg.Go(breed);
        };
        wg.Go(breed);
        WaitGroup changers;
        for (int i = 0; i < 2; ++i) {
          changers.Go([] {
            for (int k = 0; k < Scaled(500); ++k) GOMAXPROCS(k % 3 + 1);
          });
        }
        changers.Wait();
        stop.Close();
        wg.Wait();
      },
      {.procs = 3});
}

void YieldProgress(bool locked) {
  RunGo([=] {
    Chan<Unit> c(0);
    Chan<Unit> ack(0);
    go([=] {
      if (locked) LockOSThread();
      while (Select(Recv(c), kDefault) == 1) Gosched();
      ack.Send({});
    });
    Sleep(milliseconds(2));
    c.Send({});
    ack.Recv();
  });
}

TEST(ProcTest, TestYieldProgress) { YieldProgress(/*locked=*/false); }

TEST(ProcTest, TestYieldLockedProgress) { YieldProgress(/*locked=*/true); }

TEST(ProcTest, TestYieldLocked) {
  RunGo([] {
    Chan<Unit> done(0);
    go([=] {
      LockOSThread();
      const pid_t thread = ThreadId();
      for (int i = 0; i < 10; ++i) {
        Gosched();
        EXPECT_EQ(ThreadId(), thread);
        Sleep(std::chrono::microseconds(200));
        EXPECT_EQ(ThreadId(), thread);
      }
      done.Send({});  // and ends locked
    });
    done.Recv();
  });
}

// All run at the same time: each waits in a loop for the one before it.
void RelayByMemory(int procs, bool nested) {
  RunGo(
      [=] {
        for (int round = 0; round < 3; ++round) {
          WaitGroup wg;
          std::atomic<int> x{0};
          auto runner = [&](int p) {
            for (int i = 0; i < 3; ++i) {
              const int expected = procs * i + p;
              while (x.load() != expected) std::this_thread::yield();
              x.store(expected + 1);
            }
          };
          if (nested) {
            for (int p = 0; p < procs; p += 2) {
              wg.Go([&, p] {
                for (int k = 0; k < 2; ++k) wg.Go([&, p, k] { runner(p + k); });
              });
            }
          } else {
            for (int p = 0; p < procs; ++p) wg.Go([&, p] { runner(p); });
          }
          wg.Wait();
        }
      },
      {.procs = procs});
}

TEST(ProcTest, TestGoroutineParallelism) { RelayByMemory(4, /*nested=*/false); }

TEST(ProcTest, TestGoroutineParallelism2) { RelayByMemory(4, /*nested=*/true); }

TEST(ProcTest, TestBlockLocked) {
  RunGo([] {
    Chan<int> c(0);
    WaitGroup wg;
    wg.Go([=] {
      LockOSThread();
      const pid_t thread = ThreadId();
      for (int i = 0; i < 10; ++i) {
        c.Send(i);
        EXPECT_EQ(ThreadId(), thread);
      }
      UnlockOSThread();
    });
    for (int i = 0; i < 10; ++i) EXPECT_EQ(c.Recv(), i);
    wg.Wait();
  });
}

TEST(ProcTest, TestTimerFairness) {
  for (int procs : {1, 4}) {
    RunGo(
        [] {
          Chan<bool> c(0);
          Chan<Unit> done(0);
          WaitGroup wg;
          for (int i = 0; i < 2; ++i) {
            wg.Go([=] {
              while (Select(Send(c, true), Recv(done)) == 0) {
              }
            });
          }
          RecvChan<Time> timer = After(milliseconds(5));
          while (Select(Recv(c), Recv(timer)) == 0) {
          }
          done.Close();
          wg.Wait();
        },
        {.procs = procs});
  }
}

TEST(ProcTest, TestTimerFairness2) {
  RunGo([] {
    Chan<bool> c(0);
    Chan<Unit> done(0);
    WaitGroup wg;
    for (int i = 0; i < 2; ++i) {
      wg.Go([=] {
        RecvChan<Time> timer = After(milliseconds(5));
        for (;;) {
          Blocking([] { return getppid(); });
          if (Select(Send(c, true), Recv(c), Recv(timer), Recv(done)) >= 2) break;
        }
      });
    }
    wg.Wait();
  });
}

TEST(ProcTest, TestNumGoroutine) {
  RunGo([] {
    EXPECT_EQ(NumGoroutine(), 1);
    Chan<Unit> release(0);
    WaitGroup wg;
    for (int i = 0; i < 10; ++i) {
      wg.Go([=] { release.Recv(); });
    }
    EXPECT_EQ(NumGoroutine(), 11);
    release.Close();
    wg.Wait();
    conformance::YieldUntil([] { return NumGoroutine() == 1; });
  });
}

TEST(ProcTest, TestLockOSThreadNesting) {
  RunGo([] {
    WaitGroup wg;
    wg.Go([] {
      LockOSThread();
      LockOSThread();
      const pid_t thread = ThreadId();
      UnlockOSThread();
      for (int i = 0; i < 50; ++i) {
        Gosched();
        EXPECT_EQ(ThreadId(), thread) << "still locked once";
      }
      UnlockOSThread();
      UnlockOSThread();  // once too often: no effect
    });
    for (int i = 0; i < 200; ++i) Gosched();
    wg.Wait();
  });
}

bool ThreadExists(pid_t id) {
  return access(("/proc/self/task/" + std::to_string(id)).c_str(), F_OK) == 0;
}

TEST(ProcTest, TestLockOSThreadExit) {
  RunGo([] {
    pid_t thread = 0;
    Chan<Unit> locked(0);
    go([&] {
      LockOSThread();
      thread = ThreadId();
      locked.Send({});
    });
    locked.Recv();
    // The thread of a goroutine that ends locked ends with it, and nobody runs there any more.
    while (ThreadExists(thread)) {
      Sleep(std::chrono::microseconds(100));
      EXPECT_NE(ThreadId(), thread);
    }
  });
}

// What a locked goroutine does to its thread reaches no other goroutine.
TEST(ProcTest, TestLockOSThreadAvoidsStatePropagation) {
  RunGo([] {
    Chan<Unit> changed(0);
    go([=] {
      LockOSThread();
      sigset_t blocked;
      sigemptyset(&blocked);
      sigaddset(&blocked, SIGWINCH);
      pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
      changed.Send({});
    });
    changed.Recv();
    std::atomic<int> tainted{0};
    WaitGroup wg;
    for (int i = 0; i < 50; ++i) {
      wg.Go([&] {
        for (int k = 0; k < 10; ++k) {
          sigset_t now;
          pthread_sigmask(SIG_BLOCK, nullptr, &now);
          if (sigismember(&now, SIGWINCH) == 1) ++tainted;
          Blocking([] { usleep(10); });  // any system call: asks for more threads
        }
      });
    }
    wg.Wait();
    EXPECT_EQ(tainted, 0);
  });
}

TEST(ProcTest, TestLockOSThreadTemplateThreadRace) {
  RunGo([] {
    for (int i = 0; i < Scaled(100); ++i) {
      WaitGroup wg;
      for (int k = 0; k < 2; ++k) {
        wg.Go([] {
          LockOSThread();
          Gosched();
          UnlockOSThread();
        });
        wg.Go([] {
          LockOSThread();
          Gosched();
        });
      }
      wg.Wait();
    }
  });
}

TEST(ProcTest, TestBigGOMAXPROCS) {
  const int most = conformance::kThreadSanitizer ? 64 : 1024;
  RunGo(
      [=] {
        EXPECT_EQ(GOMAXPROCS(0), most);
        EXPECT_EQ(GOMAXPROCS(2), most);
        EXPECT_EQ(GOMAXPROCS(-1), 2);
        WaitGroup wg;
        for (int i = 0; i < 100; ++i) wg.Go([] { Gosched(); });
        wg.Wait();
      },
      {.procs = most});
}

// ---- blocking hand-off, work conservation, fairness ----

// A goroutine in a blocking system call does not keep the others from running, also with one P.
TEST(ProcTest, BlockingSectionsGiveTheirPAway) {
  RunGo(
      [] {
        int fds[2];
        ASSERT_EQ(pipe(fds), 0);
        WaitGroup wg;
        wg.Go([&] {
          char c = 0;
          EXPECT_EQ(Blocking([&] { return read(fds[0], &c, 1); }), 1);
          EXPECT_EQ(c, 'x');
        });
        Gosched();  // it blocks now
        std::atomic<int> ran{0};
        WaitGroup others;
        for (int i = 0; i < 10; ++i) others.Go([&] { ++ran; });
        others.Wait();
        EXPECT_EQ(ran, 10);
        EXPECT_EQ(write(fds[1], "x", 1), 1);
        wg.Wait();
        close(fds[0]);
        close(fds[1]);
      },
      {.procs = 1});
}

TEST(ProcTest, ManyBlockingSectionsAtOnce) {
  RunGo(
      [] {
        int fds[2];
        ASSERT_EQ(pipe(fds), 0);
        constexpr int kReaders = 20;
        std::atomic<int> entered{0};
        WaitGroup wg;
        for (int i = 0; i < kReaders; ++i) {
          wg.Go([&] {
            ++entered;
            char c;
            EXPECT_EQ(Blocking([&] { return read(fds[0], &c, 1); }), 1);
          });
        }
        conformance::YieldUntil([&] { return entered == kReaders; });
        EXPECT_EQ(write(fds[1], std::string(kReaders, 'x').data(), kReaders), kReaders);
        wg.Wait();
        close(fds[0]);
        close(fds[1]);
      },
      {.procs = 2});
}

// Two goroutines that keep readying each other do not keep out a third on the same P.
TEST(ProcTest, APingPongDoesNotStarveOthers) {
  RunGo(
      [] {
        Chan<int> ping(0);
        Chan<int> pong(0);
        std::atomic<bool> stop{false};
        std::atomic<std::int64_t> rallies{0};
        WaitGroup wg;
        wg.Go([=] {
          for (int v : ping) pong.Send(v);
          pong.Close();
        });
        wg.Go([&, ping, pong] {
          while (!stop) {
            ping.Send(1);
            pong.Recv();
            ++rallies;
          }
          ping.Close();
        });
        conformance::YieldUntil([&] { return rallies > 1000; });
        stop = true;
        wg.Wait();
      },
      {.procs = 1});
}

// ---- exceptions, errno and threads ----

// The address of errno is a thread's, and a compiler may keep it across a park: functions that park
// should ask for it anew each time, as these do.
[[gnu::noinline]] void SetErrno(int value) { errno = value; }
[[gnu::noinline]] int GetErrno() {
  asm volatile("" ::: "memory");
  return errno;
}

TEST(GoroutineStateTest, ErrnoIsTheGoroutinesOwn) {
  RunGo([] {
    WaitGroup wg;
    std::atomic<int> mixed{0};
    for (int g = 1; g <= 8; ++g) {
      wg.Go([&, g] {
        for (int i = 0; i < Scaled(1000); ++i) {
          SetErrno(g);
          Gosched();
          if (GetErrno() != g) ++mixed;
        }
      });
    }
    wg.Wait();
    EXPECT_EQ(mixed, 0);
  });
}

// Parks inside handlers and destructors, on changing threads.
TEST(GoroutineStateTest, ExceptionsSurviveParksAndMigration) {
  RunGo([] {
    struct ParksWhenDestroyed {
      ~ParksWhenDestroyed() { Gosched(); }
    };
    WaitGroup wg;
    std::atomic<int> wrong{0};
    for (int g = 0; g < 20; ++g) {
      wg.Go([&, g] {
        for (int i = 0; i < Scaled(300); ++i) {
          const std::string outer = "outer " + std::to_string(g * 1000 + i);
          try {
            ParksWhenDestroyed guard;
            throw std::runtime_error(outer);
          } catch (const std::runtime_error& e) {
            Gosched();
            try {
              throw std::logic_error("inner");
            } catch (const std::logic_error& inner) {
              Sleep(Duration(1));
              if (std::string(inner.what()) != "inner") ++wrong;
            }
            try {
              Gosched();
              throw;  // the outer one again
            } catch (const std::exception& again) {
              if (again.what() != outer) ++wrong;
            }
            if (e.what() != outer || std::uncaught_exceptions() != 0) ++wrong;
          }
        }
      });
    }
    wg.Wait();
    EXPECT_EQ(wrong, 0);
  });
}

TEST(GoroutineStateTest, RuntimesFollowEachOther) {
  for (int i = 0; i < 5; ++i) {
    int ran = 0;
    RunGo(
        [&] {
          EXPECT_EQ(NumGoroutine(), 1);
          WaitGroup wg;
          wg.Go([&] { ++ran; });
          wg.Wait();
          go([] { Select(); });
        },
        {.leaves_goroutines = true});
    EXPECT_EQ(ran, 1);
  }
  EXPECT_EQ(Main([] { return 7; }), 7);
  EXPECT_EQ(Main([] {}), 0);
}

TEST(GoroutineStateTest, TwoRuntimesAtOnceAreRefused) {
  RunGo([] { EXPECT_THROW(Foreign([] { return Main([] {}); }), std::logic_error); });
  RunGo([] {});  // and the refusal has broken nothing
}

TEST(GoroutineStateTest, ForeignRunsOnALargeStack) {
  RunGo([] {
    WaitGroup wg;
    wg.Go([] {
      const int sum = Foreign(
          [](int add) {
            volatile char frame[1 << 20];  // sixteen times a goroutine's stack
            for (std::size_t i = 0; i < sizeof(frame); i += 4096) frame[i] = 1;
            int n = 0;
            for (std::size_t i = 0; i < sizeof(frame); i += 4096) n += frame[i];
            return n + add;
          },
          44);
      EXPECT_EQ(sum, 300);
      EXPECT_EQ(PanicText([] { Foreign([] { Panic("foreign"); }); }), "foreign");
    });
    wg.Wait();
  });
}

// ---- crash_test.go: ends of the program ----

class CrashDeathTest : public testing::Test {
 protected:
  void SetUp() override { testing::FLAGS_gtest_death_test_style = "threadsafe"; }
};

constexpr char kDeadlock[] = "fatal error: all goroutines are asleep - deadlock!";
const std::string kAny = "(.|\n)*";

TEST_F(CrashDeathTest, TestSimpleDeadlock) {
  EXPECT_EXIT(RunGo([] { Select(); }), ExitedWithCode(2),
              kDeadlock + kAny + "goroutine 1 \\[select \\(no cases\\)\\]:");
}

TEST_F(CrashDeathTest, TestLockedDeadlock) {
  EXPECT_EXIT(RunGo([] {
                LockOSThread();
                Select();
              }),
              ExitedWithCode(2), kDeadlock);
}

TEST_F(CrashDeathTest, TestLockedDeadlock2) {
  EXPECT_EXIT(RunGo([] {
                go([] {
                  LockOSThread();
                  Select();
                });
                Sleep(milliseconds(1));
                Select();
              }),
              ExitedWithCode(2), kDeadlock);
}

TEST_F(CrashDeathTest, TestGoexitDeadlock) {
  EXPECT_EXIT(RunGo([] {
                go([] {});
                go([] {});
                Goexit();
              }),
              ExitedWithCode(2),
              "fatal error: no goroutines \\(main called runtime.Goexit\\) - deadlock!");
}

// Main may end by Goexit while others go on; the program ends when they do.
TEST_F(CrashDeathTest, TestGoexitCrash) {
  EXPECT_EXIT(
      RunGo([] {
        go([] {
          Sleep(milliseconds(2));
          std::fputs("still running\n", stderr);
        });
        Goexit();
      }),
      ExitedWithCode(2),
      "still running" + kAny + "no goroutines \\(main called runtime.Goexit\\) - deadlock!");
}

TEST(GoexitTest, TestGoexitDefer) {
  RunGo([] {
    Chan<Unit> deferred(0);
    go([=] {
      struct Defer {
        Chan<Unit> c;
        ~Defer() { c.Close(); }
      } defer{deferred};
      Goexit();
    });
    deferred.Recv();
  });
}

// A handler for everything that throws again, and typed ones, let Goexit pass.
TEST(GoexitTest, PassesHandlers) {
  RunGo([] {
    WaitGroup wg;
    std::atomic<int> reached{0};
    wg.Go([&] {
      try {
        try {
          Goexit();
        } catch (const std::exception&) {
          ++reached;
        }
        ++reached;
      } catch (...) {
        throw;
      }
      ++reached;
    });
    wg.Wait();
    EXPECT_EQ(reached, 0);
  });
}

TEST_F(CrashDeathTest, TestGoNil) {
  EXPECT_EXIT(RunGo([] {
                go(std::function<void()>());
                Select();
              }),
              ExitedWithCode(2), "panic: ");
}

TEST_F(CrashDeathTest, TestMainGoroutineID) {
  EXPECT_EXIT(RunGo([] { Panic("test"); }), ExitedWithCode(2),
              "panic: test" + kAny + "goroutine 1 \\[running\\]:");
}

TEST_F(CrashDeathTest, TestNoHelperGoroutines) {
  EXPECT_EXIT(RunGo([] {
                AfterFunc(std::chrono::hours(1), [] {});
                if (NumGoroutine() != 1) std::_Exit(0);
                Panic("oops");
              }),
              ExitedWithCode(2), "goroutine 1 \\[running\\]:");
}

TEST_F(CrashDeathTest, APanicInAGoroutineEndsTheProgram) {
  EXPECT_EXIT(RunGo([] {
                go([] { Panic("elsewhere"); });
                Select();
              }),
              ExitedWithCode(2), "panic: elsewhere" + kAny + "goroutine [0-9]+ \\[running\\]:");
}

TEST_F(CrashDeathTest, AnyExceptionThatNobodyCatchesIsAPanic) {
  EXPECT_EXIT(RunGo([] { throw std::runtime_error("plain exception"); }), ExitedWithCode(2),
              "panic: .*plain exception");
}

// Recovered panics leave no trace; the one that is not recovered is reported.
TEST_F(CrashDeathTest, TestRecursivePanic) {
  EXPECT_EXIT(RunGo([] {
                try {
                  try {
                    Panic("bad");
                  } catch (const PanicError& e) {
                    Panic(std::string("wrap: ") + e.what());
                  }
                } catch (const PanicError& e) {
                  std::fprintf(stderr, "%s\n", e.what());
                }
                Panic("again");
              }),
              ExitedWithCode(2), "wrap: bad" + kAny + "panic: again");
}

TEST_F(CrashDeathTest, TestRepanickedPanic) {
  EXPECT_EXIT(RunGo([] {
                try {
                  Panic("first");
                } catch (const PanicError&) {
                  throw;
                }
              }),
              ExitedWithCode(2), "panic: first");
}

// Goexit while a panic unwinds would be a throwing destructor, which C++ forbids; out of a handler
// it ends the goroutine.
TEST(GoexitTest, TestGoexitInPanic) {
  RunGo([] {
    WaitGroup wg;
    wg.Go([] {
      try {
        Panic("hello");
      } catch (const PanicError&) {
        Goexit();
      }
    });
    wg.Wait();
  });
}

TEST(GoexitTest, TestRecoverBeforePanicAfterGoexit) {
  RunGo([] {
    // A panic inside a destructor that Goexit runs, recovered there, does not undo the Goexit.
    struct PanicsAndRecovers {
      ~PanicsAndRecovers() {
        EXPECT_EQ(PanicText([] { Panic("hello"); }), "hello");
      }
    };
    WaitGroup wg;
    bool went_on = false;
    wg.Go([&] {
      PanicsAndRecovers defer;
      Goexit();
      went_on = true;
    });
    wg.Wait();
    EXPECT_FALSE(went_on);
  });
}

TEST_F(CrashDeathTest, TestPanicTraceback) {
  EXPECT_EXIT(RunGo([] { Panic("hello"); }), ExitedWithCode(2),
              "panic: hello" + kAny + "goroutine 1 \\[running\\]:\n.+");
}

TEST_F(CrashDeathTest, TestPanicDeadlockGosched) {
  // The text of the panic value is made before the report; making it may use the runtime.
  EXPECT_EXIT(RunGo([] {
                auto text = [] {
                  Gosched();
                  return std::string("yielded");
                };
                Panic(text());
              }),
              ExitedWithCode(2), "panic: yielded");
}

TEST_F(CrashDeathTest, TestPanicDeadlockSyscall) {
  EXPECT_EXIT(RunGo([] {
                auto text = [] {
                  Blocking([] { std::fputs("said first\n", stderr); });
                  return std::string("said later");
                };
                Panic(text());
              }),
              ExitedWithCode(2), "said first" + kAny + "panic: said later");
}

// However many panic at once, there is one end of the program.
TEST_F(CrashDeathTest, TestPanicRace) {
  EXPECT_EXIT(RunGo([] {
                Chan<Unit> start(0);
                for (int i = 0; i < 20; ++i) {
                  go([=] {
                    start.Recv();
                    Panic("crash");
                  });
                }
                Gosched();
                start.Close();
                Select();
              }),
              ExitedWithCode(2), "panic: crash");
}

TEST_F(CrashDeathTest, FatalCannotBeCaught) {
  EXPECT_EXIT(RunGo([] {
                try {
                  Fatal("broken for good");
                } catch (...) {
                }
              }),
              ExitedWithCode(2), "fatal error: broken for good");
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
volatile int depth_limit = -1;  // never reached

[[gnu::noinline]] int Recurse(int n) {
  volatile char frame[512];
  frame[n % 512] = static_cast<char>(n);
  return n == depth_limit ? 0 : Recurse(n + 1) + frame[(n * 7) % 512];
}

TEST_F(CrashDeathTest, TestStackOverflow) {
  EXPECT_EXIT(RunGo([] {
                WaitGroup wg;
                wg.Go([] { std::_Exit(Recurse(0) == 0 ? 0 : 1); });
                wg.Wait();
              }),
              ExitedWithCode(2), "stack overflow");
}
#endif

// ---- deadlocks of the seeds, and the dump ----

// Workers that wait for the group they belong to, the Done coming after the Wait.
TEST_F(CrashDeathTest, SelfBarrierDeadlock) {
  EXPECT_EXIT(RunGo([] {
                WaitGroup wg;
                wg.Add(2);
                for (int i = 0; i < 2; ++i) {
                  go([&] {
                    wg.Wait();
                    wg.Done();
                  });
                }
                wg.Wait();
              }),
              ExitedWithCode(2),
              kDeadlock + kAny + "goroutine 1 \\[" + kAny + "goroutine [0-9]+ \\[");
}

// Mutual exclusion, hold and wait, no preemption, circular wait: two locks in opposite order.
TEST_F(CrashDeathTest, CoffmanDeadlock) {
  EXPECT_EXIT(RunGo([] {
                Mutex a;
                Mutex b;
                Chan<Unit> holds_b(0);
                go([&] {
                  b.Lock();
                  holds_b.Send({});
                  a.Lock();
                });
                a.Lock();
                holds_b.Recv();
                b.Lock();
              }),
              ExitedWithCode(2),
              kDeadlock + kAny + "\\[sync.Mutex.Lock\\]" + kAny + "\\[sync.Mutex.Lock\\]");
}

TEST_F(CrashDeathTest, TheDumpNamesEveryWaitReason) {
  EXPECT_EXIT(
      RunGo([] {
        Chan<int> c(0);
        RWMutex rw, written;
        Mutex mu;
        Cond cond(&mu);
        WaitGroup wg;
        wg.Add(1);
        rw.RLock();
        written.Lock();
        go([&] { c.Recv(); });
        go([] { Chan<int>(0).Send(1); });
        go([] { Select(); });
        go([&] { written.Lock(); });  // behind the other writer, which has a Mutex in Go
        go([&] { Select(Recv(c), Recv(Chan<int>())); });
        go([&] { written.RLock(); });
        go([&] { rw.Lock(); });
        go([&] {
          mu.Lock();
          cond.Wait();
        });
        wg.Wait();
      }),
      ExitedWithCode(2),
      testing::AllOf(
          testing::StartsWith("fatal error: all goroutines are asleep"),
          testing::HasSubstr("goroutine 1 [sync.WaitGroup.Wait]:\n"),
          testing::HasSubstr(" [chan receive]:\n"), testing::HasSubstr(" [chan send]:\n"),
          testing::HasSubstr(" [select]:\n"), testing::HasSubstr(" [select (no cases)]:\n"),
          testing::HasSubstr(" [sync.RWMutex.RLock]:\n"),
          testing::HasSubstr(" [sync.RWMutex.Lock]:\n"),
          testing::HasSubstr(" [sync.Mutex.Lock]:\n"), testing::HasSubstr(" [sync.Cond.Wait]:\n")));
}

TEST_F(CrashDeathTest, ATimerIsNoDeadlock) {
  EXPECT_EXIT(RunGo([] {
                Chan<Unit> c(0);
                AfterFunc(milliseconds(2), [=] { c.Close(); });
                c.Recv();
                std::fputs("woken\n", stderr);
                std::_Exit(0);
              }),
              ExitedWithCode(0), "woken");
}

}  // namespace
}  // namespace unpark
