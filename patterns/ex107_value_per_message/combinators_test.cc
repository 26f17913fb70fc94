// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Each combinator's promise, and that a closed `done` leaves nobody behind.

#include "patterns/ex107_value_per_message/combinators.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "runtime/go.h"

namespace unpark::patterns::value_per_message {
namespace {

RecvChan<int> Count(int values) {
  const Chan<int> out(0);
  go([=] {
    for (int i = 0; i < values; ++i) out.Send(i);
    out.Close();
  });
  return out;
}

std::vector<int> All(const RecvChan<int>& in) {
  std::vector<int> all;
  for (int value : in) all.push_back(value);
  return all;
}

std::vector<int> UpTo(int values) {
  std::vector<int> all(values);
  std::iota(all.begin(), all.end(), 0);
  return all;
}

// A goroutine that is never left behind is gone some yields later; else this waits for ever.
void AwaitOnlyMain() {
  while (NumGoroutine() > 1) Gosched();
}

class CombinatorsTest : public testing::TestWithParam<int> {
 protected:
  template <typename F>
  void InMain(F f) {
    Main(Options{.procs = GetParam()}, [&] {
      f();
      AwaitOnlyMain();
    });
  }
};

TEST_P(CombinatorsTest, OrIsClosedByAnyOfMany) {
  InMain([] {
    for (int closed = 0; closed < 9; ++closed) {
      std::vector<Chan<Unit>> channels;
      for (int i = 0; i < 9; ++i) channels.emplace_back(0);
      const Done any = Or({channels.begin(), channels.end()});
      EXPECT_EQ(Select(Recv(any), kDefault), 1u);
      channels[closed].Close();
      EXPECT_FALSE(any.Recv().has_value());
    }
  });
}

TEST_P(CombinatorsTest, OrDonePassesAllOnInOrder) {
  InMain([] { EXPECT_EQ(All(OrDone(Done(), Count(100))), UpTo(100)); });
}

TEST_P(CombinatorsTest, OrDoneEndsWithDoneThoughItsInputDoesNot) {
  InMain([] {
    const Chan<Unit> done(0);
    const Chan<int> silent(0);
    const RecvChan<int> out = OrDone<int>(done, silent);
    done.Close();
    EXPECT_FALSE(out.Recv().has_value());
  });
}

TEST_P(CombinatorsTest, TeeGivesBothEveryValueInOrder) {
  InMain([] {
    const auto [first, second] = Tee(Done(), Count(100));
    std::vector<int> one, two;
    WaitGroup wg;
    wg.Go([&, first = first] { one = All(first); });
    wg.Go([&, second = second] { two = All(second); });
    wg.Wait();
    EXPECT_EQ(one, UpTo(100));
    EXPECT_EQ(two, UpTo(100));
  });
}

TEST_P(CombinatorsTest, TeeEndsWithDoneThoughOneSideIsNotRead) {
  InMain([] {
    const Chan<Unit> done(0);
    const Chan<int> in(1);
    in.Send(7);
    const auto [first, second] = Tee<int>(done, in);
    EXPECT_EQ(first.Recv(), 7);
    done.Close();
    EXPECT_FALSE(first.Recv().has_value());
    EXPECT_FALSE(second.Recv().has_value());
  });
}

TEST_P(CombinatorsTest, BridgeReadsOneChannelAfterTheOther) {
  InMain([] {
    const Chan<RecvChan<int>> channels(3);
    for (int i = 0; i < 3; ++i) channels.Send(Count(10));
    channels.Close();
    std::vector<int> want;
    for (int i = 0; i < 3; ++i) {
      for (int value = 0; value < 10; ++value) want.push_back(value);
    }
    EXPECT_EQ(All(Bridge<int>(Done(), channels)), want);
  });
}

TEST_P(CombinatorsTest, FanInLosesNothing) {
  InMain([] {
    const RecvChan<int> shared = Count(100);
    std::vector<int> all = All(FanIn<int>(Done(), {shared, shared, shared}));
    std::ranges::sort(all);
    EXPECT_EQ(all, UpTo(100));
  });
}

TEST_P(CombinatorsTest, FanInEndsWithDoneThoughItsInputsDoNot) {
  InMain([] {
    const Chan<Unit> done(0);
    const Chan<int> silent(0);
    const RecvChan<int> out = FanIn<int>(done, {silent, silent});
    done.Close();
    EXPECT_FALSE(out.Recv().has_value());
  });
}

INSTANTIATE_TEST_SUITE_P(Procs, CombinatorsTest, testing::Values(1, 2, 4));

}  // namespace
}  // namespace unpark::patterns::value_per_message
