// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Properties of Go's context tests.
#include "runtime/context/context.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "runtime/chan/select.h"
#include "runtime/conformance/run_go.h"
#include "runtime/sync/waitgroup.h"

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
namespace {
std::atomic<std::int64_t> allocated{0};
}  // namespace

// Counts the allocations of the whole program.
[[gnu::noinline]] void* operator new(std::size_t size) {
  allocated.fetch_add(1, std::memory_order_relaxed);
  if (void* p = std::malloc(size)) return p;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }
#endif

namespace unpark {
namespace {

using conformance::PanicText;
using conformance::RunGo;
using conformance::Scaled;
using std::chrono::hours;
using std::chrono::milliseconds;

const ContextKey<std::string> k1("k1");
const ContextKey<std::string> k2("k2");
const ContextKey<std::string> k3("k3");

bool IsDone(const Context& ctx) { return Select(Recv(ctx.Done()), kDefault) == 0; }

// Cancelled, as seen by everything that can be asked.
void ExpectCanceled(const Context& ctx, const Error& err, const Error& cause) {
  EXPECT_TRUE(IsDone(ctx)) << ctx.String();
  EXPECT_EQ(ctx.Err(), err) << ctx.String();
  EXPECT_EQ(Cause(ctx), cause) << ctx.String();
}

void ExpectLive(const Context& ctx) {
  EXPECT_FALSE(IsDone(ctx)) << ctx.String();
  EXPECT_FALSE(ctx.Err()) << ctx.String();
  EXPECT_FALSE(Cause(ctx)) << ctx.String();
}

// ---- context_test.go ----

TEST(ContextTest, TestParentFinishesChild) {
  RunGo([] {
    auto [parent, cancel] = WithCancel(Background());
    auto [child, stop_child] = WithCancel(parent);
    Context value = WithValue(parent, k1, "v");
    auto [below_value, stop_below] = WithCancel(value);
    auto [timer, stop_timer] = WithTimeout(value, hours(10));
    std::atomic<int> stopped_ran{0};
    StopFunc stop_after = AfterFunc(parent, [&] { ++stopped_ran; });
    for (const Context& ctx : {parent, child, value, below_value, timer}) ExpectLive(ctx);
    EXPECT_TRUE(stop_after());

    cancel();
    for (const Context& ctx : {parent, child, value, below_value, timer})
      ExpectCanceled(ctx, kCanceled, kCanceled);
    EXPECT_EQ(*value.Value(k1), "v");

    auto [late, stop_late] = WithTimeout(value, hours(10));
    ExpectCanceled(late, kCanceled, kCanceled);
    EXPECT_EQ(stopped_ran, 0);
  });
}

TEST(ContextTest, TestChildFinishesFirst) {
  RunGo([] {
    auto [cancelable, stop] = WithCancel(Background());
    for (const Context& parent : {Background(), cancelable}) {
      auto [child, cancel] = WithCancel(parent);
      RecvChan<Unit> parent_done = parent.Done();
      cancel();
      ExpectCanceled(child, kCanceled, kCanceled);
      EXPECT_FALSE(parent.Err());
      EXPECT_EQ(Select(Recv(parent_done), kDefault), 1u);
    }
    stop();
    ExpectCanceled(cancelable, kCanceled, kCanceled);
  });
}

// A cancelled child is off its parent: the parent keeps nothing of it. Seen by what the child's
// values hold.
TEST(ContextTest, TestCancelRemoves) {
  const ContextKey<std::shared_ptr<int>> key("held");
  RunGo([&] {
    auto [root, cancel_root] = WithCancel(Background());
    auto held = std::make_shared<int>(1);
    auto derive = [&](auto make) {
      Context with_value = WithValue(root, key, held);
      make(with_value);
    };
    derive([](const Context& ctx) {
      auto [child, cancel] = WithCancel(ctx);
      child.Done();
      cancel();
    });
    EXPECT_EQ(held.use_count(), 1);
    derive([](const Context& ctx) {
      auto [child, cancel] = WithTimeout(ctx, hours(1));
      child.Done();
      cancel();
    });
    EXPECT_EQ(held.use_count(), 1) << "a stopped timer keeps its context";
    derive([](const Context& ctx) { AfterFunc(ctx, [] { FAIL(); })(); });
    EXPECT_EQ(held.use_count(), 1);
    cancel_root();
  });
}

// ---- x_test.go ----

TEST(ContextTest, TestBackground) {
  RunGo([] {
    ExpectLive(Background());
    EXPECT_FALSE(Background().Done()) << "a context that is never done has a nil channel";
    EXPECT_EQ(Background().String(), "context.Background");
    EXPECT_EQ(Background().Deadline(), std::nullopt);
    EXPECT_EQ(Background(), Background());
  });
}

TEST(ContextTest, TestTODO) {
  RunGo([] {
    ExpectLive(TODO());
    EXPECT_EQ(TODO().String(), "context.TODO");
    EXPECT_FALSE(TODO() == Background());
  });
}

TEST(ContextTest, TestWithCancel) {
  RunGo([] {
    auto [c1, cancel] = WithCancel(Background());
    EXPECT_EQ(c1.String(), "context.Background.WithCancel");
    auto [c2, cancel2] = WithCancel(c1);
    for (const Context& c : {c1, c2}) {
      EXPECT_TRUE(c.Done());
      EXPECT_TRUE(c.Done() == c.Done());
      ExpectLive(c);
    }
    cancel();
    for (const Context& c : {c1, c2}) ExpectCanceled(c, kCanceled, kCanceled);
    cancel();  // again: no effect
    EXPECT_EQ(c1.Err(), kCanceled);
    EXPECT_EQ(kCanceled.text(), "context canceled");
  });
}

void ExpectDeadline(const Context& ctx) {
  ctx.Done().Recv();
  ExpectCanceled(ctx, kDeadlineExceeded, kDeadlineExceeded);
}

TEST(ContextTest, TestDeadline) {
  RunGo([] {
    const Time start = Now();
    auto [soon, cancel1] = WithDeadline(Background(), start + milliseconds(2));
    EXPECT_EQ(soon.String().rfind("context.Background.WithDeadline(", 0), 0u) << soon.String();
    EXPECT_EQ(soon.Deadline(), start + milliseconds(2));
    ExpectDeadline(soon);
    EXPECT_GE(Now() - start, milliseconds(2));

    auto [parent, cancel2] = WithDeadline(Background(), Now() + milliseconds(2));
    auto [child, cancel3] = WithDeadline(parent, Now() + hours(1000));
    EXPECT_EQ(child.Deadline(), parent.Deadline());
    ExpectDeadline(child);

    auto [past, cancel4] = WithDeadline(Background(), Now() - milliseconds(1));
    ExpectCanceled(past, kDeadlineExceeded, kDeadlineExceeded);
    auto [now, cancel5] = WithDeadline(Background(), Now());
    ExpectDeadline(now);
    EXPECT_EQ(kDeadlineExceeded.text(), "context deadline exceeded");
  });
}

TEST(ContextTest, TestTimeout) {
  RunGo([] {
    auto [soon, cancel1] = WithTimeout(Background(), milliseconds(1));
    EXPECT_EQ(soon.String().rfind("context.Background.WithDeadline(", 0), 0u) << soon.String();
    ExpectDeadline(soon);
    auto [parent, cancel2] = WithTimeout(Background(), milliseconds(1));
    auto [child, cancel3] = WithTimeout(WithValue(parent, k1, "v"), hours(1000));
    ExpectDeadline(child);
    auto [endless, cancel4] = WithTimeout(Background(), Duration::max());
    ExpectLive(endless);
    cancel4();
  });
}

TEST(ContextTest, TestCanceledTimeout) {
  RunGo([] {
    auto [parent, cancel_parent] = WithTimeout(Background(), hours(1));
    auto [child, cancel] = WithTimeout(parent, hours(1000));
    cancel();
    ExpectCanceled(child, kCanceled, kCanceled);
    ExpectLive(parent);
    cancel_parent();
  });
}

TEST(ContextTest, TestValues) {
  RunGo([] {
    auto check = [](const Context& ctx, std::optional<std::string> v1,
                    std::optional<std::string> v2, std::optional<std::string> v3) {
      auto get = [&](const ContextKey<std::string>& key) {
        const std::string* v = ctx.Value(key);
        return v == nullptr ? std::nullopt : std::optional(*v);
      };
      EXPECT_EQ(get(k1), v1);
      EXPECT_EQ(get(k2), v2);
      EXPECT_EQ(get(k3), v3);
    };
    check(Background(), {}, {}, {});
    Context c1 = WithValue(Background(), k1, "c1k1");
    check(c1, "c1k1", {}, {});
    EXPECT_EQ(c1.String(), "context.Background.WithValue(k1, c1k1)");
    Context c2 = WithValue(c1, k2, "c2k2");
    check(c2, "c1k1", "c2k2", {});
    EXPECT_EQ(c2.String(), "context.Background.WithValue(k1, c1k1).WithValue(k2, c2k2)");
    Context c3 = WithValue(c2, k3, "c3k3");
    check(c3, "c1k1", "c2k2", "c3k3");
    Context c4 = WithValue(c3, k1, "shadow");
    check(c4, "shadow", "c2k2", "c3k3");
    check(c3, "c1k1", "c2k2", "c3k3");

    const ContextKey<int> same_name("k1");
    EXPECT_EQ(c4.Value(same_name), nullptr) << "a key is its address, not its name";
    auto [below, cancel] = WithCancel(c3);
    check(below, "c1k1", "c2k2", "c3k3");
    cancel();
    check(below, "c1k1", "c2k2", "c3k3");
  });
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(ContextTest, TestAllocs) {
  RunGo(
      [] {
        Background().Done();
        auto allocations = [](auto f) {
          f();  // what the first call sets up stays
          const std::int64_t before = allocated;
          for (int i = 0; i < 10; ++i) f();
          return (allocated - before + 9) / 10;
        };
        EXPECT_EQ(allocations([] { Background(); }), 0);
        EXPECT_EQ(allocations([] { WithValue(Background(), k1, "short").Value(k1); }), 1);
        EXPECT_EQ(allocations([] {
                    auto [ctx, cancel] = WithCancel(Background());
                    cancel();
                    ctx.Done().Recv();
                  }),
                  1);
        EXPECT_LE(allocations([] {
                    auto [ctx, cancel] = WithTimeout(Background(), hours(1));
                    cancel();
                    ctx.Done().Recv();
                  }),
                  5);
        EXPECT_LE(allocations([] {
                    auto [ctx, cancel] = WithTimeout(Background(), std::chrono::nanoseconds(1));
                    ctx.Done().Recv();
                  }),
                  6);
      },
      {.procs = 1});
}
#endif

TEST(ContextTest, TestSimultaneousCancels) {
  RunGo([] {
    std::vector<std::pair<Context, CancelFunc>> tree = {WithCancel(Background())};
    for (std::size_t i = 0; tree.size() < 100; ++i) {
      for (int k = 0; k < 4; ++k) {
        Context parent = tree[i].first;
        tree.push_back(WithCancel(parent));
      }
    }
    std::shuffle(tree.begin(), tree.end(), std::mt19937(1));
    WaitGroup wg;
    for (auto& [ctx, cancel] : tree) wg.Go([&cancel = cancel] { cancel(); });
    for (auto& [ctx, cancel] : tree) ctx.Done().Recv();
    wg.Wait();
    for (auto& [ctx, cancel] : tree) ExpectCanceled(ctx, kCanceled, kCanceled);
  });
}

TEST(ContextTest, TestInterlockedCancels) {
  RunGo([] {
    auto [parent, cancel_parent] = WithCancel(Background());
    auto [child, cancel_child] = WithCancel(parent);
    WaitGroup wg;
    wg.Go([done = parent.Done(), cancel = cancel_child] {
      done.Recv();
      cancel();
    });
    cancel_parent();
    child.Done().Recv();
    wg.Wait();
  });
}

// Random chains of values, cancels and timeouts.
void Layers(unsigned seed, bool time_out) {
  RunGo([=] {
    std::mt19937 random(seed);
    std::vector<std::unique_ptr<ContextKey<int>>> keys;
    std::vector<CancelFunc> cancels;
    int timers = 0;
    Context ctx = Background();
    for (int i = 0; i < 30 || timers == 0 || cancels.empty() || keys.empty(); ++i) {
      switch (random() % 3) {
        case 0:
          keys.push_back(std::make_unique<ContextKey<int>>("key"));
          ctx = WithValue(ctx, *keys.back(), static_cast<int>(keys.size()));
          break;
        case 1: {
          auto [next, cancel] = WithCancel(ctx);
          ctx = next;
          cancels.push_back(cancel);
          break;
        }
        default: {
          auto [next, cancel] =
              WithTimeout(ctx, time_out ? Duration(milliseconds(1)) : Duration(hours(1000)));
          ctx = next;
          cancels.push_back(cancel);
          ++timers;
        }
      }
    }
    auto check_values = [&] {
      for (std::size_t i = 0; i < keys.size(); ++i)
        EXPECT_EQ(*ctx.Value(*keys[i]), static_cast<int>(i) + 1);
    };
    check_values();
    EXPECT_EQ(ctx.String().rfind("context.Background.", 0), 0u);
    if (time_out) {
      ctx.Done().Recv();
      EXPECT_EQ(ctx.Err(), kDeadlineExceeded);
    } else {
      EXPECT_FALSE(IsDone(ctx));
      cancels[random() % cancels.size()]();
      EXPECT_TRUE(IsDone(ctx));
      EXPECT_EQ(ctx.Err(), kCanceled);
    }
    check_values();
    for (const CancelFunc& cancel : cancels) cancel();
  });
}

TEST(ContextTest, TestLayersCancel) {
  for (unsigned seed = 0; seed < 20; ++seed) Layers(seed, /*time_out=*/false);
}

TEST(ContextTest, TestLayersTimeout) {
  for (unsigned seed = 0; seed < 5; ++seed) Layers(seed, /*time_out=*/true);
}

TEST(ContextTest, TestWithCancelCanceledParent) {
  RunGo([] {
    auto [parent, cancel] = WithCancelCause(Background());
    const Error because("because");
    cancel(because);
    auto [child, cancel_child] = WithCancel(parent);
    ExpectCanceled(child, kCanceled, because);
  });
}

TEST(ContextTest, TestWithCancelSimultaneouslyCanceledParent) {
  RunGo([] {
    for (int i = 0; i < Scaled(1000); ++i) {
      auto [parent, cancel] = WithCancelCause(Background());
      const Error because("because");
      go([cancel = cancel, because] { cancel(because); });
      auto [child, cancel_child] = WithCancel(parent);
      child.Done().Recv();
      ExpectCanceled(child, kCanceled, because);
    }
  });
}

TEST(ContextTest, TestInvalidDerivedFail) {
  RunGo([] {
    const std::string text = "cannot create context from nil parent";
    const Context nil;
    EXPECT_EQ(PanicText([&] { WithCancel(nil); }), text);
    EXPECT_EQ(PanicText([&] { WithCancelCause(nil); }), text);
    EXPECT_EQ(PanicText([&] { WithDeadline(nil, Now()); }), text);
    EXPECT_EQ(PanicText([&] { WithTimeout(nil, milliseconds(1)); }), text);
    EXPECT_EQ(PanicText([&] { WithValue(nil, k1, "v"); }), text);
    EXPECT_EQ(PanicText([&] { WithoutCancel(nil); }), text);
    EXPECT_EQ(PanicText([&] { nil.Err(); }), "invalid memory address or nil pointer dereference");
  });
}

TEST(ContextTest, TestDeadlineExceededSupportsTimeout) {
  EXPECT_TRUE(kDeadlineExceeded.Timeout());
  EXPECT_FALSE(kCanceled.Timeout());
}

// Each row makes a context and says what its Err and Cause are.
TEST(ContextTest, TestCause) {
  const Error parent_cause("parent cause");
  const Error child_cause("child cause");
  const Error too_slow("too slow");
  const Error early("finished early");
  const Error nil;
  const Duration zero{0};
  const Duration forever = hours(1000);
  struct Row {
    const char* name;
    std::function<Context()> make;
    Error err;
    Error cause;
  };
  const std::vector<Row> rows = {
      {"Background", [] { return Background(); }, nil, nil},
      {"TODO", [] { return TODO(); }, nil, nil},
      {"WithCancel",
       [] {
         auto [ctx, cancel] = WithCancel(Background());
         cancel();
         return ctx;
       },
       kCanceled, kCanceled},
      {"WithCancelCause",
       [&] {
         auto [ctx, cancel] = WithCancelCause(Background());
         cancel(parent_cause);
         return ctx;
       },
       kCanceled, parent_cause},
      {"WithCancelCause nil",
       [&] {
         auto [ctx, cancel] = WithCancelCause(Background());
         cancel(nil);
         return ctx;
       },
       kCanceled, kCanceled},
      {"parent's cause before the child's",
       [&] {
         auto [parent, cancel_parent] = WithCancelCause(Background());
         auto [ctx, cancel] = WithCancelCause(parent);
         cancel_parent(parent_cause);
         cancel(child_cause);
         return ctx;
       },
       kCanceled, parent_cause},
      {"parent's cause after the child's",
       [&] {
         auto [parent, cancel_parent] = WithCancelCause(Background());
         auto [ctx, cancel] = WithCancelCause(parent);
         cancel(child_cause);
         cancel_parent(parent_cause);
         return ctx;
       },
       kCanceled, child_cause},
      {"parent's cause before a plain cancel",
       [&] {
         auto [parent, cancel_parent] = WithCancelCause(Background());
         auto [ctx, cancel] = WithCancel(parent);
         cancel_parent(parent_cause);
         cancel();
         return ctx;
       },
       kCanceled, parent_cause},
      {"parent's cause after a plain cancel",
       [&] {
         auto [parent, cancel_parent] = WithCancelCause(Background());
         auto [ctx, cancel] = WithCancel(parent);
         cancel();
         cancel_parent(parent_cause);
         return ctx;
       },
       kCanceled, kCanceled},
      {"child's cause after a plain cancel of the parent",
       [&] {
         auto [parent, cancel_parent] = WithCancel(Background());
         auto [ctx, cancel] = WithCancelCause(parent);
         cancel_parent();
         cancel(child_cause);
         return ctx;
       },
       kCanceled, kCanceled},
      {"child's cause before a plain cancel of the parent",
       [&] {
         auto [parent, cancel_parent] = WithCancel(Background());
         auto [ctx, cancel] = WithCancelCause(parent);
         cancel(child_cause);
         cancel_parent();
         return ctx;
       },
       kCanceled, child_cause},
      {"WithTimeout",
       [&] {
         auto [ctx, cancel] = WithTimeout(Background(), zero);
         cancel();
         return ctx;
       },
       kDeadlineExceeded, kDeadlineExceeded},
      {"WithTimeout canceled",
       [&] {
         auto [ctx, cancel] = WithTimeout(Background(), forever);
         cancel();
         return ctx;
       },
       kCanceled, kCanceled},
      {"WithTimeoutCause",
       [&] {
         auto [ctx, cancel] = WithTimeoutCause(Background(), zero, too_slow);
         cancel();
         return ctx;
       },
       kDeadlineExceeded, too_slow},
      {"WithTimeoutCause that fires",
       [&] {
         auto [ctx, cancel] = WithTimeoutCause(Background(), milliseconds(1), too_slow);
         ctx.Done().Recv();
         return ctx;
       },
       kDeadlineExceeded, too_slow},
      {"WithTimeoutCause canceled",
       [&] {
         auto [ctx, cancel] = WithTimeoutCause(Background(), forever, too_slow);
         cancel();
         return ctx;
       },
       kCanceled, kCanceled},
      {"WithTimeoutCause stacked",
       [&] {
         auto [parent, cancel_parent] = WithCancelCause(Background());
         auto [ctx, cancel] = WithTimeoutCause(parent, zero, too_slow);
         cancel_parent(early);
         return ctx;
       },
       kDeadlineExceeded, too_slow},
      {"WithTimeoutCause stacked, parent canceled",
       [&] {
         auto [parent, cancel_parent] = WithCancelCause(Background());
         auto [ctx, cancel] = WithTimeoutCause(parent, forever, too_slow);
         cancel_parent(early);
         return ctx;
       },
       kCanceled, early},
      {"WithoutCancel", [] { return WithoutCancel(Background()); }, nil, nil},
      {"WithoutCancel of a canceled one",
       [&] {
         auto [parent, cancel] = WithCancelCause(Background());
         Context ctx = WithoutCancel(parent);
         cancel(early);
         return ctx;
       },
       nil, nil},
      {"WithoutCancel of a timed-out one",
       [&] {
         auto [parent, cancel] = WithTimeoutCause(Background(), zero, too_slow);
         return WithoutCancel(parent);
       },
       nil, nil},
  };
  RunGo([&] {
    for (const Row& row : rows) {
      Context ctx = row.make();
      EXPECT_EQ(ctx.Err(), row.err) << row.name;
      EXPECT_EQ(Cause(ctx), row.cause) << row.name;
      EXPECT_EQ(IsDone(ctx), static_cast<bool>(row.err)) << row.name;
    }
  });
}

TEST(ContextTest, TestCauseRace) {
  RunGo([] {
    for (int i = 0; i < Scaled(200); ++i) {
      const Error cause("cause race");
      auto [ctx, cancel] = WithCancelCause(Background());
      go([cancel = cancel, cause] { cancel(cause); });
      Error seen;
      while (!(seen = Cause(ctx))) Gosched();
      ASSERT_EQ(seen, cause);
    }
  });
}

TEST(ContextTest, TestWithoutCancel) {
  RunGo([] {
    auto [parent, cancel] = WithTimeout(WithValue(Background(), k1, "value"), hours(1));
    Context ctx = WithoutCancel(parent);
    EXPECT_EQ(ctx.Deadline(), std::nullopt);
    EXPECT_FALSE(ctx.Done());
    EXPECT_FALSE(ctx.Err());
    EXPECT_EQ(*ctx.Value(k1), "value");
    auto [below, cancel_below] = WithCancel(ctx);
    cancel();
    ExpectLive(below);
    cancel_below();
  });
}

TEST(ContextTest, TestAfterFuncCalledAfterCancel) {
  RunGo([] {
    auto [ctx, cancel] = WithCancel(Background());
    Chan<Unit> ran(0);
    std::atomic<bool> canceled{false};
    StopFunc stop = AfterFunc(ctx, [&] {
      EXPECT_TRUE(canceled);
      ran.Close();
    });
    for (int i = 0; i < 100; ++i) Gosched();
    EXPECT_EQ(Select(Recv(ran), kDefault), 1u);
    canceled = true;
    cancel();
    ran.Recv();
    EXPECT_FALSE(stop());
  });
}

TEST(ContextTest, TestAfterFuncCalledAfterTimeout) {
  RunGo([] {
    auto [ctx, cancel] = WithTimeout(Background(), milliseconds(1));
    Chan<Unit> ran(0);
    AfterFunc(ctx, [ran] { ran.Close(); });  // runs although its StopFunc is dropped
    ran.Recv();
    EXPECT_EQ(ctx.Err(), kDeadlineExceeded);
  });
}

TEST(ContextTest, TestAfterFuncCalledImmediately) {
  RunGo([] {
    auto [ctx, cancel] = WithCancel(Background());
    cancel();
    Chan<Unit> ran(0);
    StopFunc stop = AfterFunc(ctx, [ran] { ran.Close(); });
    ran.Recv();
    EXPECT_FALSE(stop());
  });
}

TEST(ContextTest, TestAfterFuncNotCalledAfterStop) {
  RunGo([] {
    auto [ctx, cancel] = WithCancel(Background());
    std::atomic<bool> ran{false};
    StopFunc stop = AfterFunc(ctx, [&] { ran = true; });
    EXPECT_TRUE(stop());
    cancel();
    for (int i = 0; i < 100; ++i) Gosched();
    EXPECT_FALSE(ran);
    EXPECT_FALSE(stop());
  });
}

TEST(ContextTest, TestAfterFuncCalledAsynchronously) {
  RunGo([] {
    auto [ctx, cancel] = WithCancel(Background());
    Chan<Unit> unbuffered(0);
    AfterFunc(ctx, [=] { unbuffered.Send({}); });
    cancel();  // returns although the function cannot end yet
    unbuffered.Recv();
  });
}

TEST(ContextTest, TestContextErrDoneRace) {
  RunGo([] {
    for (int i = 0; i < Scaled(500); ++i) {
      auto [ctx, cancel] = WithCancel(Background());
      RecvChan<Unit> done = ctx.Done();
      go([cancel = cancel] { cancel(); });
      while (!ctx.Err()) Gosched();
      ASSERT_EQ(Select(Recv(done), kDefault), 0u) << "Err is set although Done is not closed";
    }
  });
}

}  // namespace
}  // namespace unpark
