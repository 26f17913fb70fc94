// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// The model on programs whose outcomes are plain to see.
#include "runtime/conformance/differential/model.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <stdexcept>
#include <string>

#include "runtime/conformance/differential/generate.h"
#include "runtime/conformance/differential/program.h"

namespace unpark::differential {
namespace {

using Set = std::set<std::string>;

Set OutcomesOf(const std::string& text) { return *Outcomes(Parse(text), 100'000); }

TEST(Model, AnUnbufferedExchangeHasOneOutcome) {
  EXPECT_EQ(OutcomesOf("c0 w m0 q0;* s0=7;* v0"), (Set{"done |7"}));
}

TEST(Model, TwoSendersMayComeInEitherOrder) {
  EXPECT_EQ(OutcomesOf("c0 w m0 q0;* s0=1;* s0=2;* v0 v0"), (Set{"done ||1 2", "done ||2 1"}));
}

TEST(Model, OneSendersValuesStayInOrder) {
  EXPECT_EQ(OutcomesOf("c2 w m0 q0;* s0=1 s0=2 s0=3 c0;* R0"), (Set{"done |1 2 3 ."}));
}

TEST(Model, ASenderWithoutReceiverWaitsForEver) {
  EXPECT_EQ(OutcomesOf("c0 w m0 q0;* s0=1"), (Set{"deadlock chan send,sync.WaitGroup.Wait"}));
  EXPECT_EQ(OutcomesOf("c1 w m0 q0;* s0=1"), (Set{"done "}));
}

TEST(Model, NilChannelsAreNeverReady) {
  EXPECT_EQ(OutcomesOf("c- w m0 q0;* s0=1;* v0;* S[v0];* S[v0,d]"),
            (Set{"deadlock chan receive (nil chan),chan send (nil chan),select,"
                 "sync.WaitGroup.Wait"}));
  EXPECT_EQ(OutcomesOf("c- w m0 q0;*! c0"), (Set{"done !close of nil channel"}));
}

TEST(Model, SelectMayTakeAnyReadyCase) {
  EXPECT_EQ(OutcomesOf("c1,1 w m0 q0;* s0=1 s1=2 S[v0,v1,v0]"),
            (Set{"done 0:1", "done 1:2", "done 2:1"}));
  EXPECT_EQ(OutcomesOf("c1 w m0 q0;* S[v0,s0=3]"), (Set{"done 1"}));
  EXPECT_EQ(OutcomesOf("c1 w m0 q0;* S[v0,d]"), (Set{"done d"}));
}

TEST(Model, DefaultIsTakenOnlyWhenNothingIsReady) {
  // The exchange can come before or after; a buffered value is always there.
  EXPECT_EQ(OutcomesOf("c0 w m0 q0;* S[v0,d];* S[s0=1,d]"), (Set{"done d|d"}));
  EXPECT_EQ(OutcomesOf("c1 w m0 q0;* s0=1 S[v0,d]"), (Set{"done 0:1"}));
}

TEST(Model, ASelectNeverServesItself) {
  EXPECT_EQ(OutcomesOf("c0 w m0 q0;* S[v0,s0=3]"), (Set{"deadlock select,sync.WaitGroup.Wait"}));
}

TEST(Model, CloseWakesReceiversAndPanicsSenders) {
  EXPECT_EQ(OutcomesOf("c0 w m0 q0;* v0 v0;* c0"), (Set{"done - -|"}));
  EXPECT_EQ(OutcomesOf("c0 w m0 q0;*! s0=1;* c0"), (Set{"done !send on closed channel|"}));
  EXPECT_EQ(OutcomesOf("c0 w m0 q0;* s0=1;* c0"), (Set{"panic send on closed channel"}));
  EXPECT_EQ(OutcomesOf("c0 w m0 q0;* c0 c0"), (Set{"panic close of closed channel"}));
}

TEST(Model, WaitersAreServedFirstComeFirst) {
  // Body 1 waits before body 0 says so by the buffered channel; nobody else orders them.
  EXPECT_EQ(OutcomesOf("c0 w1 m0 q0;* v0;* v0;* s0=1 s0=2"), (Set{"done 1|2|", "done 2|1|"}));
}

TEST(Model, LocksExclude) {
  EXPECT_EQ(OutcomesOf("c w m1 q0;* L0 n0 U0;* L0 n0 U0"), (Set{"done 0|1", "done 1|0"}));
  EXPECT_EQ(OutcomesOf("c w m1 q0;* L0 L0"), (Set{"deadlock sync.Mutex.Lock,sync.WaitGroup.Wait"}));
  EXPECT_EQ(OutcomesOf("c w m1 q0;*! U0"), (Set{"fatal sync: unlock of unlocked mutex"}));
}

TEST(Model, AWaitingWriterKeepsNewReadersOut) {
  EXPECT_EQ(OutcomesOf("c w m0 q1;* l0 p0 u0;* X0 N0 Y0"), (Set{"done 0|0", "done 1|0"}));
  EXPECT_EQ(OutcomesOf("c w m0 q1;* l0 l0 u0 u0;* X0 Y0"),
            (Set{"done |", "deadlock sync.RWMutex.Lock,sync.RWMutex.RLock,sync.WaitGroup.Wait"}));
}

TEST(Model, WaitGroups) {
  EXPECT_EQ(OutcomesOf("c0 w1 m0 q0;* W0 s0=1;* D0 v0"), (Set{"done |1"}));
  EXPECT_EQ(OutcomesOf("c w0 m0 q0;* D0"), (Set{"panic sync: negative WaitGroup counter"}));
  EXPECT_EQ(OutcomesOf("c w1 m0 q0;* W0"),
            (Set{"deadlock sync.WaitGroup.Wait,sync.WaitGroup.Wait"}));
}

TEST(Model, GivesUpOnAProgramThatIsTooLarge) {
  EXPECT_EQ(Outcomes(Parse("c3 w m0 q0;* s0=1 s0=2;* s0=3 s0=4;* v0 v0 v0 v0"), 10), std::nullopt);
}

TEST(Program, SurvivesItsTextForm) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 2000; ++i) {
    const std::string text = ToText(Generate(&random));
    EXPECT_EQ(ToText(Parse(text)), text);
  }
}

TEST(Program, ABadTextIsRefusedByPosition) {
  try {
    Parse("c0 w m0 q0;* s0=1 z4");
    FAIL();
  } catch (const std::invalid_argument& e) {
    EXPECT_STREQ(e.what(), "program \"c0 w m0 q0;* s0=1 z4\", position 19: unknown operation");
  }
}

}  // namespace
}  // namespace unpark::differential
