// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Progress: tells on standard error what runs, how much is left and for how long.

#ifndef BENCHMARKS_PROGRESS_H_
#define BENCHMARKS_PROGRESS_H_

#include <cstdio>
#include <functional>
#include <string>

namespace unpark::benchmarks {

// On a terminal one line that is written over; elsewhere a line every ten seconds, so that a log
// stays short.
//
//   [ 37/210] round 2/5 channel_counter/before/producers:8/procs:2   about 3m10s left
class Progress {
 public:
  using Clock = std::function<double()>;  // seconds

  Progress(std::FILE* stream, bool terminal, Clock clock);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Opens a part of `steps` steps that are expected to take so many seconds in all; 0: unknown.
  void Begin(int steps, double expected_seconds);
  // The next step starts; it is expected to take so many seconds.
  void Step(const std::string& what, double expected_seconds);
  // Ends the line on a terminal, so that other text may follow.
  void End();

 private:
  std::string Left() const;

  std::FILE* stream_;
  bool terminal_;
  Clock clock_;
  int steps_ = 0, step_ = 0;
  double expected_ = 0;         // of the whole part
  double expected_before_ = 0;  // of the steps that ended
  double expected_step_ = 0;
  double began_ = 0, last_line_ = 0;
  std::size_t shown_ = 0;  // characters of the line on the terminal
};

// "45s", "3m10s", "2h05m"
std::string DurationText(double seconds);

}  // namespace unpark::benchmarks

#endif  // BENCHMARKS_PROGRESS_H_
