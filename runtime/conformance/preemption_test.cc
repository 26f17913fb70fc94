// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Preemption as Go's proc_test.go tests it. What each mode promises is in ../preempt_test.cc.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>

#include "runtime/chan/chan.h"
#include "runtime/conformance/run_go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark {
namespace {

using conformance::RunGo;

// Two goroutines on one P, each waiting in a loop for the other's turn to be over.
TEST(PreemptionTest, TestPreemption) {
  RunGo(
      [] {
        std::atomic<int> turn{0};
        WaitGroup done;
        for (int g = 0; g < 2; ++g) {
          done.Go([&, g] {
            for (int i = 0; i < 5; ++i) {
              while (turn != g) {
              }
              turn = 1 - g;
            }
          });
        }
        done.Wait();
      },
      {.procs = 1});
}

// Go stops the world by a collection; here GOMAXPROCS does. The world starts again each time.
TEST(PreemptionTest, TestPreemptionGC) {
  RunGo(
      [] {
        std::atomic<bool> stop{false};
        WaitGroup done;
        for (int i = 0; i < 3; ++i) {
          done.Go([&] {
            while (!stop) {
            }
          });
        }
        for (int i = 0; i < 10; ++i) {
          Gosched();
          GOMAXPROCS(2 + i % 2);
        }
        stop = true;
        done.Wait();
      },
      {.procs = 3});
}

// Loops without any call; the program ends while they run.
TEST(PreemptionTest, TestAsyncPreempt) {
  static std::atomic<bool> stop;
  static std::atomic<int> running;
  stop = false;
  running = 0;
  RunGo(
      [] {
        for (int i = 0; i < 2; ++i) {
          go([] {
            ++running;
            while (!stop) {
            }
          });
        }
        while (running < 2) Gosched();
        GOMAXPROCS(2);
      },
      {.procs = 1, .leaves_goroutines = true});
  stop = true;
}

[[gnu::noinline]] std::size_t BigFrame(std::size_t seed) {
  volatile unsigned char frame[16 << 10];
  for (std::size_t i = 0; i < sizeof frame; i += 1024) frame[i] = static_cast<unsigned char>(seed);
  return frame[seed % 16 * 1024];
}

// A loop that calls a function with a large frame.
TEST(PreemptionTest, TestPreemptSplitBig) {
  RunGo(
      [] {
        std::atomic<bool> stop{false};
        Chan<Unit> begun(0);
        WaitGroup done;
        done.Go([&, begun] {
          begun.Send({});
          for (std::size_t i = 0; !stop; ++i) BigFrame(i);
        });
        begun.Recv();
        GOMAXPROCS(2);
        stop = true;
        done.Wait();
      },
      {.procs = 1});
}

// A loop that follows a system call, whether its P was kept for it or not.
TEST(PreemptionTest, TestPreemptionAfterSyscall) {
  for (unsigned us : {10u, 1000u, 20'000u}) {
    RunGo(
        [us] {
          std::atomic<bool> stop{false};
          Chan<Unit> begun(1);
          WaitGroup done;
          done.Go([&, begun] {
            Blocking([&] { return usleep(us); });  // the system call; nothing waits for its length
            begun.Send({});
            while (!stop) {
            }
          });
          begun.Recv();
          WaitGroup others;
          for (int i = 0; i < 100; ++i) others.Go([] {});
          others.Wait();
          stop = true;
          done.Wait();
        },
        {.procs = 1});
  }
}

}  // namespace
}  // namespace unpark
