// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Tests of GoReference: which Go is enough, what is read of its output.

#include "benchmarks/go_reference.h"

#include <string>
#include <vector>

#include "benchmarks/measure.h"
#include "gtest/gtest.h"

namespace unpark::benchmarks {
namespace {

using Record = ::benchmark::BenchmarkReporter::Run;

std::vector<patterns::PairInfo> Known() {
  std::vector<patterns::PairInfo> known(2);
  known[0].name = "one";
  known[0].lesson = "a lesson";
  known[1].name = "two";
  return known;
}

TEST(WhyNotGo, TakesGo123AndLater) {
  EXPECT_EQ(WhyNotGo("go version go1.23 linux/amd64"), "");
  EXPECT_EQ(WhyNotGo("go version go1.26.8 linux/amd64"), "");
  EXPECT_EQ(WhyNotGo("go version go2.0 linux/amd64"), "");
  EXPECT_TRUE(
      WhyNotGo("go version go1.19.8 linux/amd64")
          .starts_with("'go version go1.19.8 linux/amd64' is too old: install Go 1.23 or later"));
  EXPECT_NE(WhyNotGo("nonsense"), "");
}

TEST(PairsFromList, TakesCasesFromGoAndTheRestFromThePairs) {
  auto pairs = PairsFromList(
      "one\tbefore\tn:1\t100\t0\t0\tfalse\ttrue\n"
      "one\tafter\tn:1\t100\t64\t1.25\ttrue\tfalse\n"
      "two\tbefore\tn:2\t7\t0\t0\tfalse\tfalse\n",
      Known());
  ASSERT_EQ(pairs.size(), 2u);
  EXPECT_EQ(pairs[0].lesson, "a lesson");
  ASSERT_EQ(pairs[0].cases.size(), 2u);
  EXPECT_TRUE(pairs[0].cases[0].wrong_on_purpose);
  EXPECT_FALSE(pairs[0].cases[0].procs.has_value());
  EXPECT_EQ(pairs[0].cases[1].procs, 64);
  EXPECT_EQ(pairs[0].cases[1].cpu_quota, 1.25);
  EXPECT_TRUE(pairs[0].cases[1].full_only);
  EXPECT_EQ(pairs[1].cases[0].operations, 7);
}

TEST(PairsFromList, RefusesWhatItDoesNotKnow) {
  EXPECT_THROW(PairsFromList("three\tbefore\tn:1\t1\t0\t0\tfalse\tfalse\n", Known()),
               patterns::PairError);
  EXPECT_THROW(PairsFromList("one before n:1\n", Known()), patterns::PairError);
}

class ReadLine : public ::testing::Test {
 protected:
  ReadLine() {
    test_case_.pair = "one";
    test_case_.variant = "before";
    test_case_.workload = "n:1";
    test_case_.operations = 100;
    row_ = CaseRow(test_case_, 2);
  }
  patterns::Case test_case_;
  Row row_;
};

TEST_F(ReadLine, GivesTimesAllocationsAndFigures) {
  Record run;
  EXPECT_EQ(ReadBenchmarkLine("goos: linux\n"
                              "BenchmarkRow/one/before/n:1-2  \t  50\t 2000 ns/op\t 3000 cpu_ns\t"
                              " 7.5 p99_ns\t 1 fig.lost_items\t 400 B/op\t 200 allocs/op\n"
                              "PASS\n",
                              row_, &run),
            "");
  EXPECT_EQ(run.iterations, 50);
  EXPECT_DOUBLE_EQ(run.real_accumulated_time, 50 * 2000e-9);
  EXPECT_DOUBLE_EQ(run.cpu_accumulated_time, 50 * 3000e-9);
  EXPECT_DOUBLE_EQ(run.counters["allocs_per_op"], 2);
  EXPECT_DOUBLE_EQ(run.counters["alloc_bytes_per_op"], 4);
  EXPECT_DOUBLE_EQ(run.counters["p99_ns"], 7.5);
  EXPECT_DOUBLE_EQ(run.counters["fig.lost_items"], 1);
  CompleteRecord(row_, 3, 10, &run);
  EXPECT_EQ(run.run_name.str(), "one/before/n:1/procs:2");
  EXPECT_EQ(run.repetition_index, 3);
  EXPECT_DOUBLE_EQ(run.counters["ns_per_op"], 20);
  EXPECT_DOUBLE_EQ(run.counters["cpu_ns_per_op"], 30);
}

TEST_F(ReadLine, SaysWhatIsMissing) {
  Record run;
  EXPECT_EQ(ReadBenchmarkLine("PASS\n", row_, &run),
            "go test printed no line for BenchmarkRow/one/before/n:1");
  EXPECT_NE(ReadBenchmarkLine("BenchmarkRow/one/before/n:1-2 50 20 B/op\n", row_, &run), "");
}

}  // namespace
}  // namespace unpark::benchmarks
