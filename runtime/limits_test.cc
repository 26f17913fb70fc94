// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Where the runtime ends: a million goroutines, small and large stacks, no memory, no guard pages.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <limits>
#include <stdexcept>
#include <string>

#include "runtime/chan/chan.h"
#include "runtime/go.h"
#include "runtime/os/stack.h"
#include "runtime/sync/waitgroup.h"

namespace unpark {
namespace {

// "Name: 123 kB" in a file of /proc.
long Kilobytes(const char* file, const std::string& name) {
  std::ifstream in(file);
  for (std::string word; in >> word; in.ignore(std::numeric_limits<std::streamsize>::max(), '\n')) {
    long n = 0;
    if (word == name && in >> n) return n;
  }
  return 0;
}

long Lines(const char* file) {
  std::ifstream in(file);
  long n = 0;
  for (std::string line; std::getline(in, line);) ++n;
  return n;
}

TEST(Limits, AMillionParkedGoroutines) {
  constexpr int kMillion = 1'000'000;
  if (Kilobytes("/proc/meminfo", "MemAvailable:") < 6'000'000)
    GTEST_SKIP() << "needs 6 GB of free memory";
  Main([] {
    Chan<Unit> hold(0);
    WaitGroup all;
    for (int i = 0; i < kMillion; ++i) all.Go([&hold] { hold.Recv(); });
    while (os::StackPoolFor(64 << 10)->guarded() + os::StackPoolFor(64 << 10)->unguarded() <
           kMillion) {
      Gosched();  // those that have not run yet have no stack
    }
    EXPECT_EQ(NumGoroutine(), kMillion + 1);
    // Under the default vm.max_map_count of 65,530, whatever this machine's is.
    EXPECT_LT(Lines("/proc/self/maps"), 65'530);
    EXPECT_LT(Kilobytes("/proc/self/status", "VmRSS:"), 5'500'000);
    hold.Close();
    all.Wait();
    while (NumGoroutine() > 1) Gosched();
  });
}

[[gnu::noipa]] int UseStack(std::size_t bytes) {
  std::array<volatile char, 4000> frame;
  frame[0] = 1;
  if (bytes < frame.size()) return frame[0];
  const int below = UseStack(bytes - frame.size());
  return below + frame[0];
}

TEST(StackBytes, AGoroutineCanHaveAStackOfItsOwnSize) {
  Main({.procs = 4}, [] {
    const os::StackPool* large = os::StackPoolFor(1 << 20);
    for (int round = 0; round < 100; ++round) {
      WaitGroup all;
      all.Add(8);
      for (int i = 0; i < 4; ++i) {
        go({.stack_bytes = 1 << 20}, [&] {
          EXPECT_GT(UseStack(900'000), 200);
          Gosched();
          EXPECT_GT(UseStack(900'000), 200);
          all.Done();
        });
        go([&] {
          EXPECT_GT(UseStack(40'000), 5);
          all.Done();
        });
      }
      all.Wait();
      while (NumGoroutine() > 1) Gosched();
    }
    // They are used again.
    EXPECT_EQ(large->guarded() + large->unguarded(), std::uint64_t{os::StackPool::kBatch});
  });
}

TEST(StackBytes, ABadSizeIsNamed) {
  Main([] {
    try {
      go({.stack_bytes = 30'000}, [] { ADD_FAILURE(); });
      FAIL();
    } catch (const std::invalid_argument& e) {
      EXPECT_STREQ(
          e.what(),
          "unpark::GoOptions: stack_bytes is 30000, not a power of two from 16384 to 1073741824");
    }
    EXPECT_EQ(NumGoroutine(), 1);
  });
}

class LimitsDeathTest : public testing::Test {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

[[gnu::noipa]] int Overflow(int n) {
  std::array<volatile char, 256> frame;
  frame[0] = static_cast<char>(n);
  return n < 0 ? 0 : Overflow(n + 1) + frame[0];
}

TEST_F(LimitsDeathTest, AStackOverflowNamesGoroutineLimitAndStack) {
  EXPECT_EXIT(Main({.stack_bytes = 32 << 10},
                   [] {
                     go([] { Overflow(0); });
                     Chan<int>().Recv();
                   }),
              testing::ExitedWithCode(2),
              "runtime: goroutine stack exceeds 32768-byte limit\nfatal error: stack overflow\n\n"
              "goroutine [0-9]+ \\[running\\]:\n"
              ".*Overflow\\(int\\) \\+0x[0-9a-f]+\n(.*Overflow\\(int\\) .*\n)+"
              "\\.\\.\\.additional frames elided\\.\\.\\.\n(.*Overflow\\(int\\) .*\n)+"
              "(.|\n)*created by .*\n\t.*limits_test.cc:[0-9]+\n");
}

TEST_F(LimitsDeathTest, AnOverflowOfALargeStackNamesItsOwnLimit) {
  EXPECT_EXIT(Main([] {
                go({.stack_bytes = 1 << 20}, [] { Overflow(0); });
                Chan<int>().Recv();
              }),
              testing::ExitedWithCode(2), "goroutine stack exceeds 1048576-byte limit\n");
  EXPECT_EXIT(Main([] { Overflow(0); }), testing::ExitedWithCode(2),
              "goroutine 1 \\[running\\]:\n(.|\n)*Overflow\\(int\\)");
}

// The address space of this process ends `more` bytes from here.
void LimitAddressSpace(long more) {
  const auto now = static_cast<rlim_t>(Kilobytes("/proc/self/status", "VmSize:") << 10);
  const rlimit limit{now + static_cast<rlim_t>(more), now + static_cast<rlim_t>(more)};
  ASSERT_EQ(setrlimit(RLIMIT_AS, &limit), 0);
}

void SpawnForEver() {
  Chan<int> hold(0);
  for (;;) {
    go([&hold] { hold.Recv(); });
    Gosched();
  }
}

TEST_F(LimitsDeathTest, NoMemoryForAStackIsAClearError) {
  EXPECT_EXIT(Main({.procs = 1, .preemption = Preemption::kOff},
                   [] {
                     LimitAddressSpace(256 << 20);
                     SpawnForEver();
                   }),
              testing::ExitedWithCode(2),
              "fatal error: out of memory: no stack of 65536 bytes for goroutine [0-9]+\n");
}

TEST_F(LimitsDeathTest, NoMemoryForAGoroutineIsAClearError) {
  EXPECT_EXIT(Main({.procs = 1, .preemption = Preemption::kOff},
                   [] {
                     LimitAddressSpace(32 << 20);
                     for (;;) go([] {});
                   }),
              testing::ExitedWithCode(2),
              "fatal error: out of memory: no room for a new goroutine\n");
}

// Goes down to the lowest page of a stack of `bytes`, which no goroutine may use.
[[gnu::noipa]] void Descend(std::uintptr_t top, std::size_t bytes) {
  std::array<volatile char, 512> frame;
  frame[0] = 1;
  if (top - reinterpret_cast<std::uintptr_t>(&frame) + 3000 < bytes) Descend(top, bytes);
  frame[1] = 2;
}
void Descend(std::size_t bytes) {
  Descend(reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)), bytes);
}

TEST_F(LimitsDeathTest, WithoutGuardPagesAnOverflowIsFoundAsTheGoroutineEnds) {
  EXPECT_EXIT(
      {
        os::LimitGuards(os::GuardKind::kMprotect, 64);
        Main({.procs = 1}, [] {
          Chan<Unit> hold(0);
          for (int i = 0; i < 100; ++i) go([&hold] { hold.Recv(); });
          Gosched();
          go([] { Descend(64 << 10); });
          for (;;) Gosched();
        });
      },
      testing::ExitedWithCode(2),
      "runtime: this kernel has no more guard pages after 64 stacks; an overflow of a further one "
      "is found only when its goroutine parks or ends\n"
      "runtime: goroutine stack exceeds 65536-byte limit\nfatal error: stack overflow\n\n"
      "goroutine [0-9]+ \\[running\\]:\n(.|\n)*created by (.|\n)*limits_test.cc:");
}

TEST_F(LimitsDeathTest, WithoutGuardPagesAnOverflowIsFoundAsTheGoroutineParks) {
  EXPECT_EXIT(
      {
        os::LimitGuards(os::GuardKind::kNone, 0);
        Main({.procs = 1}, [] {
          Descend(64 << 10);
          Chan<int>().Recv();  // else a deadlock
        });
      },
      testing::ExitedWithCode(2), "fatal error: stack overflow\n\ngoroutine 1 \\[running\\]:\n");
}

TEST(Limits, WithoutGuardPagesGoroutinesWorkAsBefore) {
  os::LimitGuards(os::GuardKind::kNone, 0);
  Main({.procs = 4, .stack_bytes = 128 << 10}, [] {  // a pool that no other test has made
    WaitGroup all;
    for (int i = 0; i < 1000; ++i) {
      all.Go([] {
        EXPECT_GT(UseStack(100'000), 20);
        Gosched();
      });
    }
    all.Wait();
    EXPECT_EQ(os::StackPoolFor(128 << 10)->guarded(), 0u);
  });
  os::LimitGuards(os::GuardKind::kMadvise, 24'000);
}

}  // namespace
}  // namespace unpark
