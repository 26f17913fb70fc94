// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Signatures in what the harness counts: allocations, and the kernel's stops under a CPU quota.

#include <algorithm>
#include <string>

#include "benchmarks/flags.h"
#include "benchmarks/measure.h"
#include "benchmarks/plan.h"
#include "benchmarks/quota.h"
#include "gtest/gtest.h"
#include "patterns/pair.h"

namespace unpark::benchmarks {
namespace {

using patterns::Case;
using patterns::Expect;
using patterns::PairInfo;

const std::string kProgram = "signature_test";

double CounterOf(const Case& test_case, const std::string& counter) {
  InitializeGoogleBenchmark(kProgram, Flags());
  Row row = CaseRow(test_case, 1);  // at one proc the schedule is always the same
  auto run = TimeRow(Settings(), row, 0, 1);
  EXPECT_FALSE(run.error_occurred) << run.error_message;
  return run.counters[counter].value;
}

const Case& FindCase(const std::string& pair, const std::string& variant,
                     const std::string& workload) {
  for (const PairInfo& info : patterns::AllPairs()) {
    for (const Case& c : info.cases) {
      if (c.pair == pair && c.variant == variant && c.workload == workload) return c;
    }
  }
  throw patterns::PairError("no case " + pair + "/" + variant + "/" + workload);
}

TEST(Signature, AllocationsCollapseWhereThePairSaysSo) {
  int expected = 0;
  for (const PairInfo& pair : patterns::AllPairs()) {
    for (const Expect& expect : pair.signature) {
      if (expect.counter != "allocs_per_op") continue;
      ++expected;
      for (const Case& c : pair.cases) {
        if (c.full_only || (!expect.workload.empty() && c.workload != expect.workload)) continue;
        const std::string where = c.pair + "/" + c.variant + "/" + c.workload;
        if (c.variant == "before") {
          EXPECT_GE(CounterOf(c, expect.counter), expect.before_at_least) << where;
        } else if (c.variant == "after") {
          EXPECT_LE(CounterOf(c, expect.counter), expect.after_at_most) << where;
        }
      }
    }
  }
  EXPECT_GT(expected, 0);
}

// The text's "0 allocations" holds after, and here before as well: a started goroutine takes its G,
// its closure's room and its stack from stocks.
TEST(Signature, ChildGoroutinesAllocateNothingAfterAndHereNothingBefore) {
  for (const char* variant : {"before", "after"}) {
    EXPECT_LT(CounterOf(FindCase("child_goroutines", variant, "workers:8"), "allocs_per_op"), 0.1)
        << variant;
  }
}

// The before is taken at the smaller quota: that one is used up even on a machine that is so busy
// that the process gets a single CPU.
TEST(Signature, ManyPsAreThrottledAndTheQuotasFloorIsNot) {
  const std::string why_not = CpuQuota::WhyNot();
  if (!why_not.empty()) GTEST_SKIP() << "no quota can be made here: " << why_not;
  const std::string pair = "quota_oversubscribed";
  double throttled = 0;
  while (throttled == 0) {
    throttled = CounterOf(FindCase(pair, "before", "quota:0.5"), "ev.cgroup_throttled");
  }
  EXPECT_EQ(CounterOf(FindCase(pair, "after", "quota:1.25"), "ev.cgroup_throttled"), 0);
}

}  // namespace
}  // namespace unpark::benchmarks
