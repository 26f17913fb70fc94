// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// RunGo: runs a test's body as the main goroutine, and the little that every conformance test needs
// beside it.
#ifndef UNPARK_RUNTIME_CONFORMANCE_RUN_GO_H_
#define UNPARK_RUNTIME_CONFORMANCE_RUN_GO_H_

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include "runtime/go.h"
#include "runtime/observe/counters.h"

namespace unpark::conformance {

#if defined(__SANITIZE_THREAD__)
inline constexpr bool kThreadSanitizer = true;
#else
inline constexpr bool kThreadSanitizer = false;
#endif

// Thread sanitizer allows some 8,000 goroutines in a process's life at a time and is ten times
// slower: tests scale by these.
inline constexpr int kScale = kThreadSanitizer ? 10 : 1;
constexpr int Scaled(int n) { return n / kScale; }

struct GoOptions {
  int procs = 4;
  bool leaves_goroutines = false;  // on purpose
};

// Runs other goroutines until condition() holds.
template <typename Condition>
void YieldUntil(Condition condition) {
  while (!condition()) Gosched();
}

// Runs body as the main goroutine. The others must have ended, or be about to, when it returns.
template <typename F>
void RunGo(F body, GoOptions options = {}) {
  Options runtime;
  runtime.procs = options.procs;
  Main(runtime, [&] {
    body();
    if (options.leaves_goroutines) return;
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    YieldUntil([&] { return NumGoroutine() == 1 || std::chrono::steady_clock::now() > patience; });
    EXPECT_EQ(NumGoroutine(), 1) << "goroutines are left behind";
  });
}

// ParkWatch: tells that goroutines have parked since it was made. What a parked goroutine does next
// depends on others, so a test can wait for this instead of sleeping.
class ParkWatch {
 public:
  explicit ParkWatch(std::uint64_t Counters::*event)
      : event_(event), before_(ReadCounters().*event) {}
  void Await(std::uint64_t n) const {
    YieldUntil([&] { return ReadCounters().*event_ - before_ >= n; });
  }

 private:
  std::uint64_t Counters::*const event_;
  const std::uint64_t before_;
};

// The text of the panic f ends with; "did not panic" if it returns.
template <typename F>
std::string PanicText(F f) {
  try {
    f();
  } catch (const PanicError& error) {
    return error.what();
  }
  return "did not panic";
}

}  // namespace unpark::conformance

#endif  // UNPARK_RUNTIME_CONFORMANCE_RUN_GO_H_
