// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// The time left is the expected time of the steps to come, corrected by how the past ones went.

#include "benchmarks/progress.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace unpark::benchmarks {
namespace {

constexpr double kSecondsBetweenLines = 10;

}  // namespace

std::string DurationText(double seconds) {
  auto whole = std::lround(std::max(seconds, 0.0));
  char text[48];
  if (whole < 60) {
    std::snprintf(text, sizeof text, "%lds", whole);
  } else if (whole < 3600) {
    std::snprintf(text, sizeof text, "%ldm%02lds", whole / 60, whole % 60);
  } else {
    std::snprintf(text, sizeof text, "%ldh%02ldm", whole / 3600, whole % 3600 / 60);
  }
  return text;
}

Progress::Progress(std::FILE* stream, bool terminal, Clock clock)
    : stream_(stream), terminal_(terminal), clock_(std::move(clock)) {}

Progress::~Progress() { End(); }

void Progress::Begin(int steps, double expected_seconds) {
  steps_ = steps;
  step_ = 0;
  expected_ = expected_seconds;
  expected_before_ = expected_step_ = 0;
  began_ = clock_();
  last_line_ = began_ - kSecondsBetweenLines;  // the first step is always told
}

std::string Progress::Left() const {
  if (expected_ <= 0) return "";
  double pace = 1;
  if (expected_before_ > 0.02 * expected_) pace = (clock_() - began_) / expected_before_;
  return "   about " + DurationText((expected_ - expected_before_) * pace) + " left";
}

void Progress::Step(const std::string& what, double expected_seconds) {
  ++step_;
  expected_before_ += expected_step_;
  expected_step_ = expected_seconds;
  double now = clock_();
  if (!terminal_ && now - last_line_ < kSecondsBetweenLines) return;
  last_line_ = now;
  int width = static_cast<int>(std::to_string(steps_).size());
  char count[32];
  std::snprintf(count, sizeof count, "[%*d/%d] ", width, step_, steps_);
  std::string line = count + what + Left();
  std::size_t length = line.size();
  if (terminal_ && length < shown_) line.append(shown_ - length, ' ');
  shown_ = length;
  std::fprintf(stream_, terminal_ ? "\r%s" : "%s\n", line.c_str());
  std::fflush(stream_);
}

void Progress::End() {
  if (terminal_ && shown_ > 0) std::fputc('\n', stream_);
  std::fflush(stream_);
  shown_ = 0;
}

}  // namespace unpark::benchmarks
