// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Tests of Progress: the line's form, how often it comes, and the time that it promises.

#include "benchmarks/progress.h"

#include <cstdio>
#include <string>

#include "gtest/gtest.h"

namespace unpark::benchmarks {
namespace {

// A stream that can be read back.
class Paper {
 public:
  Paper() : stream_(open_memstream(&text_, &size_)) {}
  ~Paper() {
    std::fclose(stream_);
    free(text_);
  }
  std::FILE* stream() { return stream_; }
  std::string Text() {
    std::fflush(stream_);
    return std::string(text_, size_);
  }

 private:
  char* text_ = nullptr;
  std::size_t size_ = 0;
  std::FILE* stream_;
};

TEST(Progress, DurationsReadWell) {
  EXPECT_EQ(DurationText(0.2), "0s");
  EXPECT_EQ(DurationText(59.4), "59s");
  EXPECT_EQ(DurationText(190), "3m10s");
  EXPECT_EQ(DurationText(7500), "2h05m");
}

TEST(Progress, RewritesOneLineOnATerminal) {
  Paper paper;
  double now = 0;
  Progress progress(paper.stream(), true, [&now] { return now; });
  progress.Begin(210, 190);
  progress.Step("a long name of a row", 1);
  progress.Step("short", 1);
  progress.End();
  EXPECT_EQ(paper.Text(),
            "\r[  1/210] a long name of a row   about 3m10s left"
            "\r[  2/210] short   about 3m09s left               \n");
}

TEST(Progress, SpeaksEveryTenSecondsInALog) {
  Paper paper;
  double now = 100;
  Progress progress(paper.stream(), false, [&now] { return now; });
  progress.Begin(4, 0);
  for (const char* name : {"a", "b", "c", "d"}) {
    progress.Step(name, 0);
    now += 6;
  }
  progress.End();
  EXPECT_EQ(paper.Text(), "[1/4] a\n[3/4] c\n");
}

TEST(Progress, CorrectsItsPromiseByThePaceSoFar) {
  Paper paper;
  double now = 0;
  Progress progress(paper.stream(), false, [&now] { return now; });
  progress.Begin(4, 40);
  progress.Step("a", 10);
  now += 20;  // twice as long as expected
  progress.Step("b", 10);
  EXPECT_EQ(paper.Text(), "[1/4] a   about 40s left\n[2/4] b   about 1m00s left\n");
}

}  // namespace
}  // namespace unpark::benchmarks
