// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Explore: runs a concurrent program under many schedules and says which one breaks it.
//
//   const auto found = testing::Explore({.strategy = testing::Strategy::kPct, .runs = 2000}, [] {
//     int total = 0;
//     Mutex mutex;
//     WaitGroup all;
//     for (int i = 0; i < 2; ++i) all.Go([&] { std::lock_guard guard(mutex); ++total; });
//     all.Wait();
//     testing::Check(total == 2, "an increment is lost");
//   });
//   EXPECT_TRUE(found.ok()) << found.Report();
//
// The program runs as the main goroutine of a runtime with one thread, again for each run. At every
// operation of the runtime, the explorer chooses who goes on. Plain memory between two operations
// belongs to one step: whoever wants races on a variable found makes it a testing::Atomic or puts a
// testing::Yield where another goroutine may come in between.
//
// Time is virtual: it stands still while anybody can run, and jumps to the next timer when all
// wait.
//
// A run fails by a deadlock, an uncaught exception, a fatal error, a Check, goroutines that are
// left when the program has returned, or too many steps (livelock). A failed run is abandoned: its
// goroutines are not unwound.
//
// Memory is sequentially consistent and the runtime has one P: weak orderings and races between
// threads of the scheduler itself are the business of the stress tests and ThreadSanitizer.
#ifndef UNPARK_RUNTIME_TESTING_EXPLORE_H_
#define UNPARK_RUNTIME_TESTING_EXPLORE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "runtime/os/explore.h"

namespace unpark::testing {

enum class Strategy {
  kRandom,  // anybody who can run, with equal chances, at each point
  kPct,     // random priorities and `depth` - 1 changes of them (Burckhardt et al., 2010): finds a
         // bug of that depth in a run of k points and n goroutines with probability 1/(n k^(d-1))
  kDfs,  // all schedules with at most `preemptions` preemptions, one after the other
};

// Where goroutines may change.
enum class Detail {
  kOperations,  // at operations of channels, locks, timers, contexts; go; testing::Yield and Atomic
  kAccesses,    // also at each atomic access and each lock inside the runtime's own code
};

// When virtual time moves.
enum class Clock {
  kWhenIdle,  // when nobody can run
  kRaces,     // a pending timer may fire at any point, as if the machine were slow
};

struct ExploreOptions {
  Strategy strategy = Strategy::kRandom;
  std::uint64_t runs = 1000;     // at most
  std::uint64_t seed = 1;        // kRandom and kPct
  int depth = 3;                 // kPct
  int preemptions = 2;           // kDfs; -1: any number
  std::uint64_t steps = 20'000;  // points in a run before it counts as a livelock
  Detail detail = Detail::kOperations;
  Clock clock = Clock::kWhenIdle;
  bool leaks_fail = true;   // goroutines that can never end are a failure
  bool shrink = true;       // after a failure, look for a simpler schedule that fails the same way
  std::string replay = {};  // a Failure's schedule: runs just that
  std::size_t stack_bytes = 64 << 10;
};

struct Failure {
  std::string what;      // "fatal error: all goroutines are asleep - deadlock!", "panic: ..."
  std::string dump;      // goroutines with their stacks
  std::string schedule;  // for ExploreOptions::replay
  std::string last;      // the last operations, one a line
  std::uint64_t run = 0;
};

struct Exploration {
  std::uint64_t runs = 0;
  std::uint64_t longest = 0;  // points in the longest run
  bool exhausted = false;     // kDfs: there is no other schedule
  std::optional<Failure> failure;

  bool ok() const { return !failure.has_value(); }
  // Everything that a person needs, the line that replays it last.
  std::string Report() const;
};

// Stops at the first failure. Throws std::invalid_argument naming a bad option, and
// std::logic_error in a build without explore points (see explore.bzl). REQUIRES: called outside of
// goroutines.
Exploration Explore(const ExploreOptions& options, const std::function<void()>& program);

// A point: others may run here.
inline void Yield() { explore::Operation("Yield"); }

// Ends the run as a failure unless `holds`. Outside of an exploration: panics.
void Check(bool holds, const std::string& text);

// A variable that goroutines share without a lock: each access is an operation.
template <typename T>
class Atomic {
 public:
  Atomic() = default;
  Atomic(T value) : value_(value) {}  // NOLINT: implicit, as std::atomic's
  Atomic(const Atomic&) = delete;
  Atomic& operator=(const Atomic&) = delete;

  T load() const {
    explore::Operation("atomic load");
    return value_.load();
  }
  void store(T value) {
    explore::Operation("atomic store");
    value_.store(value);
  }
  T exchange(T value) {
    explore::Operation("atomic exchange");
    return value_.exchange(value);
  }
  bool compare_exchange_strong(T& expected, T desired) {
    explore::Operation("atomic compare-exchange");
    return value_.compare_exchange_strong(expected, desired);
  }
  T fetch_add(T n) {
    explore::Operation("atomic add");
    return value_.fetch_add(n);
  }

 private:
  std::atomic<T> value_{};
};

}  // namespace unpark::testing

#endif  // UNPARK_RUNTIME_TESTING_EXPLORE_H_
