// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Supervise: runs the measurements in a child process, so that a crash ends them with a sentence.

#ifndef BENCHMARKS_SUPERVISE_H_
#define BENCHMARKS_SUPERVISE_H_

#include <functional>
#include <string>

namespace unpark::benchmarks {

// Where the child tells what it is doing, in memory shared with its parent.
class Whereabouts {
 public:
  // The child starts on a row. The parent kills it when it stays there longer than the limit.
  void Enter(const std::string& what);
  // The child does something that has no limit.
  void Leave();

 private:
  friend class Supervisor;
  struct Shared;
  explicit Whereabouts(Shared* shared) : shared_(shared) {}

  Shared* shared_;
};

inline constexpr int kExitFailed = 3;
inline constexpr int kExitInterrupted = 130;

// Runs `work` in a child process and returns its exit status. When the child crashes, ends by
// itself in the middle (as the runtime does after a panic), or exceeds the limit, says so in one
// line that opens with `program` and says what it was doing, and returns kExitFailed. Ctrl-C and
// SIGTERM make Interrupted() true in the child; the second one kills it.
//
// REQUIRES: this process has one thread.
int Supervise(const std::string& program, int limit_seconds,
              const std::function<int(Whereabouts*)>& work);

// In the child: whether it was asked to stop.
bool Interrupted();

}  // namespace unpark::benchmarks

#endif  // BENCHMARKS_SUPERVISE_H_
