// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// What is Unpark's own about Context: large and deep trees, who frees what, and races between all
// of it. Go's properties are tested in runtime/conformance/context_test.cc.
#include "runtime/context/context.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "runtime/chan/select.h"
#include "runtime/conformance/run_go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark {
namespace {

using conformance::kThreadSanitizer;
using conformance::RunGo;
using conformance::Scaled;
using std::chrono::hours;
using std::chrono::milliseconds;

const ContextKey<std::shared_ptr<int>> kHeld("held");

TEST(ContextTreeTest, CancelReaches100000Children) {
  RunGo([] {
    const int count = Scaled(100000);
    auto [root, cancel] = WithCancel(Background());
    std::vector<std::pair<Context, CancelFunc>> children;
    children.reserve(count);
    for (int i = 0; i < count; ++i) {
      children.push_back(WithCancel(i % 2 == 0 ? root : children[i / 2].first));
      if (i % 3 == 0) children.back().first.Done();
    }
    cancel();
    for (auto& [ctx, stop] : children) {
      ASSERT_EQ(ctx.Err(), kCanceled);
      ASSERT_EQ(Select(Recv(ctx.Done()), kDefault), 0u);
    }
  });
}

TEST(ContextTreeTest, AChainOf100000IsCancelledAndFreedOnASmallStack) {
  RunGo([] {
    auto held = std::make_shared<int>(1);
    {
      auto [root, cancel] = WithCancel(WithValue(Background(), kHeld, held));
      Context leaf = root;
      for (int i = 0; i < Scaled(100000); ++i) leaf = WithCancel(leaf).first;
      RecvChan<Unit> done = leaf.Done();
      cancel();
      done.Recv();
      EXPECT_EQ(leaf.Err(), kCanceled);
      EXPECT_EQ(*leaf.Value(kHeld), held);
    }
    EXPECT_EQ(held.use_count(), 1);
  });
}

TEST(ContextTreeTest, ManyGoroutinesAreWokenByOneCancel) {
  RunGo([] {
    const int count = kThreadSanitizer ? 500 : 20000;
    auto [root, cancel] = WithCancel(Background());
    std::atomic<int> woken{0};
    WaitGroup wg;
    for (int i = 0; i < count; ++i) {
      wg.Go([&, root = root] {
        auto [child, stop] = WithCancel(root);
        child.Done().Recv();
        if (child.Err() == kCanceled) ++woken;
      });
    }
    cancel();
    wg.Wait();
    EXPECT_EQ(woken, count);
  });
}

// ---- who frees what ----

TEST(ContextLifeTest, DroppedWithoutCancelIsFreedAtOnce) {
  RunGo([] {
    auto held = std::make_shared<int>(1);
    auto [root, cancel] = WithCancel(Background());
    for (int i = 0; i < 10; ++i) {
      auto [child, stop] = WithCancel(WithValue(root, kHeld, held));
      auto [grandchild, stop2] = WithCancelCause(child);
    }
    EXPECT_EQ(held.use_count(), 1);
    cancel();
  });
}

TEST(ContextLifeTest, ADroppedContextStillWakesWhoKeptItsDoneChannel) {
  RunGo([] {
    auto [root, cancel] = WithCancel(Background());
    std::vector<RecvChan<Unit>> done;
    for (int i = 0; i < 10; ++i) {
      auto [child, stop] = WithCancel(root);
      auto [grandchild, stop2] = WithCancel(child);
      done.push_back(child.Done());
      done.push_back(grandchild.Done());
    }
    for (const auto& d : done) EXPECT_EQ(Select(Recv(d), kDefault), 1u);
    cancel();
    for (const auto& d : done) EXPECT_EQ(Select(Recv(d), kDefault), 0u);
  });
}

TEST(ContextLifeTest, OrphansGoWithTheTreeThatCouldHaveCancelledThem) {
  RunGo([] {
    auto held = std::make_shared<int>(1);
    RecvChan<Unit> done;
    {
      auto [root, cancel] = WithCancel(Background());
      auto [child, stop] = WithCancel(root);
      auto [grandchild, stop2] = WithCancel(child);
      done = grandchild.Done();
      AfterFunc(child, [held] { FAIL() << "nobody cancelled it"; });
      EXPECT_EQ(held.use_count(), 2);
    }
    EXPECT_EQ(held.use_count(), 1);
    EXPECT_EQ(Select(Recv(done), kDefault), 1u);
  });
}

TEST(ContextLifeTest, AStoppedAfterFuncFreesItsFunction) {
  RunGo([] {
    auto held = std::make_shared<int>(1);
    auto [ctx, cancel] = WithCancel(Background());
    {
      StopFunc stop = AfterFunc(ctx, [held] { FAIL(); });
      EXPECT_TRUE(stop());
    }
    EXPECT_EQ(held.use_count(), 1);
    cancel();
  });
}

TEST(ContextLifeTest, AFiredDeadlineFreesItsContext) {
  RunGo([] {
    auto held = std::make_shared<int>(1);
    RecvChan<Unit> done;
    {
      auto [ctx, cancel] = WithTimeout(WithValue(Background(), kHeld, held), milliseconds(1));
      done = ctx.Done();
    }
    done.Recv();  // the timer keeps it until it fires
    conformance::YieldUntil([&] { return held.use_count() == 1; });
  });
}

TEST(ContextLifeTest, CancellingAParentStopsTheTimersBelow) {
  RunGo([] {
    auto held = std::make_shared<int>(1);
    auto [root, cancel] = WithCancel(Background());
    for (int i = 0; i < 100; ++i) WithTimeout(WithValue(root, kHeld, held), hours(1));
    EXPECT_GT(held.use_count(), 1) << "timers hold their contexts";
    cancel();
    EXPECT_EQ(held.use_count(), 1);
  });
}

TEST(ContextLifeTest, HandlesMayOutliveTheRuntime) {
  Context ctx;
  RunGo([&] {
    auto [made, cancel] = WithCancel(WithValue(Background(), kHeld, std::make_shared<int>(7)));
    ctx = made;
    cancel();
  });
  EXPECT_EQ(ctx.Err(), kCanceled);
  EXPECT_EQ(**ctx.Value(kHeld), 7);
}

// ---- races ----

// Derive, ask, cancel and drop at random in one tree, from many goroutines: every Done channel that
// was kept is closed in the end, and everything is freed.
TEST(ContextRaceTest, RandomUseOfOneTree) {
  RunGo([] {
    auto held = std::make_shared<int>(1);
    for (int round = 0; round < Scaled(100); ++round) {
      auto [root, cancel_root] = WithCancel(WithValue(Background(), kHeld, held));
      std::atomic<int> functions{0};
      std::atomic<int> ran{0};
      WaitGroup wg;
      for (unsigned g = 0; g < 6; ++g) {
        wg.Go([&, g, root = root] {
          std::mt19937 random(round * 16 + g);
          std::vector<std::pair<Context, CancelFunc>> mine = {WithCancel(root)};
          std::vector<RecvChan<Unit>> done;
          for (int i = 0; i < 60; ++i) {
            const std::size_t at = random() % mine.size();
            switch (random() % 6) {
              case 0:
                mine.push_back(WithCancel(Context(mine[at].first)));
                break;
              case 1:
                mine.push_back(WithTimeout(Context(mine[at].first),
                                           std::chrono::microseconds(random() % 200)));
                break;
              case 2:
                done.push_back(mine[at].first.Done());
                break;
              case 3:
                mine[at].second();
                break;
              case 4:
                if (mine.size() > 1) mine.erase(mine.begin() + static_cast<std::ptrdiff_t>(at));
                break;
              default: {
                ++functions;
                StopFunc stop = AfterFunc(mine[at].first, [&ran] { ++ran; });
                if (random() % 2 == 0 && stop()) --functions;
              }
            }
          }
          root.Done().Recv();
          mine.clear();
          for (const auto& d : done) d.Recv();
        });
      }
      Gosched();
      cancel_root();
      wg.Wait();
      conformance::YieldUntil([&] { return ran == functions; });
    }
    conformance::YieldUntil([&] { return held.use_count() == 1; });
  });
}

}  // namespace
}  // namespace unpark
