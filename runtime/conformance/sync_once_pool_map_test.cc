// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Properties of Go's tests of what goroutines share: Once and its functions, Pool, Map.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "runtime/chan/chan.h"
#include "runtime/chan/select.h"
#include "runtime/conformance/run_go.h"
#include "runtime/sync/map.h"
#include "runtime/sync/once.h"
#include "runtime/sync/pool.h"
#include "runtime/sync/waitgroup.h"

namespace unpark {
namespace {

using conformance::PanicText;
using conformance::RunGo;
using conformance::Scaled;
using testing::ExitedWithCode;

// ---- once_test.go, oncefunc_test.go ----

TEST(SyncOnceTest, TestOnce) {
  RunGo([] {
    Once once;
    int n = 0;
    WaitGroup wg;
    for (int i = 0; i < 10; ++i) {
      wg.Go([&] {
        once.Do([&] { ++n; });
        EXPECT_EQ(n, 1);
      });
    }
    wg.Wait();
    EXPECT_EQ(n, 1);
  });
}

TEST(SyncOnceTest, TestOncePanic) {
  RunGo([] {
    Once once;
    EXPECT_EQ(PanicText([&] { once.Do([] { Panic("failed"); }); }), "failed");
    once.Do([] { FAIL() << "called twice"; });
  });
}

TEST(SyncOnceFuncTest, TestOnceFunc) {
  RunGo([] {
    int calls = 0;
    auto f = OnceFunc([&] { ++calls; });
    for (int i = 0; i < 10; ++i) f();
    auto copy = f;
    copy();
    EXPECT_EQ(calls, 1);
  });
}

TEST(SyncOnceFuncTest, TestOnceValue) {
  RunGo([] {
    int calls = 0;
    auto f = OnceValue([&] { return ++calls; });
    for (int i = 0; i < 10; ++i) EXPECT_EQ(f(), 1);
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(&f(), &f()) << "the value is shared, not copied";
  });
}

TEST(SyncOnceFuncTest, TestOnceValues) {
  RunGo([] {
    int calls = 0;
    auto f = OnceValue([&] {
      ++calls;
      return std::pair(calls, calls + 1);
    });
    for (int i = 0; i < 10; ++i) {
      auto [a, b] = f();
      EXPECT_EQ(a, 1);
      EXPECT_EQ(b, 2);
    }
    EXPECT_EQ(calls, 1);
  });
}

// Every call panics with the same value; the function runs once.
template <typename F>
void ExpectPanicsAlways(F f, const int& calls) {
  for (int i = 0; i < 2; ++i) EXPECT_EQ(PanicText(f), "x");
  EXPECT_EQ(calls, 1);
}

TEST(SyncOnceFuncTest, TestOnceFuncPanic) {
  RunGo([] {
    int calls = 0;
    ExpectPanicsAlways(OnceFunc([&] {
                         ++calls;
                         Panic("x");
                       }),
                       calls);
  });
}

TEST(SyncOnceFuncTest, TestOnceValuePanic) {
  RunGo([] {
    int calls = 0;
    ExpectPanicsAlways(OnceValue([&] {
                         ++calls;
                         if (calls > 0) Panic("x");
                         return 0;
                       }),
                       calls);
  });
}

TEST(SyncOnceFuncTest, TestOnceValuesPanic) {
  RunGo([] {
    int calls = 0;
    ExpectPanicsAlways(OnceValue([&] {
                         ++calls;
                         if (calls > 0) Panic("x");
                         return std::pair(0, 0);
                       }),
                       calls);
  });
}

TEST(SyncOnceFuncTest, TestOnceFuncGoexit) {
  RunGo([] {
    int calls = 0;
    auto f = OnceFunc([&] {
      ++calls;
      Goexit();
    });
    for (int i = 0; i < 2; ++i) {
      WaitGroup wg;
      wg.Go([&] {
        f();
        ADD_FAILURE() << "the function has not returned, so neither may its caller";
      });
      wg.Wait();
    }
    EXPECT_EQ(calls, 1);
  });
}

TEST(SyncOnceFuncDeathTest, TestOnceFuncPanicTraceback) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(RunGo([] { OnceFunc([] { Panic("deep"); })(); }), ExitedWithCode(2), "panic: deep");
}

// What the function holds is released once it has run, whether it returned or not.
TEST(SyncOnceFuncTest, TestOnceXGC) {
  RunGo([] {
    for (bool panics : {false, true}) {
      auto held = std::make_shared<int>(1);
      auto f = OnceFunc([held, panics] {
        if (panics) Panic("test panic");
      });
      EXPECT_EQ(held.use_count(), 2);
      for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(PanicText(f), panics ? "test panic" : "did not panic");
        EXPECT_EQ(held.use_count(), 1);
      }
    }
  });
}

// ---- pool_test.go ----

TEST(SyncPoolTest, TestPool) {
  RunGo(
      [] {
        Pool<std::string> pool;
        EXPECT_EQ(pool.Get(), nullptr);
        auto a = std::make_unique<std::string>("a");
        std::string* const address = a.get();
        pool.Put(std::move(a));
        pool.Put(std::make_unique<std::string>("b"));
        EXPECT_EQ(pool.Get().get() == address, true);
        EXPECT_EQ(*pool.Get(), "b");
        EXPECT_EQ(pool.Get(), nullptr);
        pool.Put(nullptr);
        EXPECT_EQ(pool.Get(), nullptr);
      },
      {.procs = 1});
}

TEST(SyncPoolTest, TestPoolNew) {
  RunGo(
      [] {
        int made = 0;
        Pool<int> pool([&] { return std::make_unique<int>(++made); });
        EXPECT_EQ(*pool.Get(), 1);
        EXPECT_EQ(*pool.Get(), 2);
        pool.Put(std::make_unique<int>(42));
        EXPECT_EQ(*pool.Get(), 42);
        EXPECT_EQ(*pool.Get(), 3);
      },
      {.procs = 1});
}

struct Tracked {
  explicit Tracked(std::atomic<int>* count) : live(count) { ++*live; }
  ~Tracked() { --*live; }
  std::atomic<int>* live;
};

// Without a collector: what does not fit is freed at once, and the rest with the pool.
TEST(SyncPoolTest, TestPoolRelease) {
  RunGo(
      [] {
        std::atomic<int> live{0};
        {
          Pool<Tracked> pool(nullptr, /*per_p=*/10);
          for (int i = 0; i < 100; ++i) pool.Put(std::make_unique<Tracked>(&live));
          EXPECT_EQ(live, 10);
        }
        EXPECT_EQ(live, 0);
      },
      {.procs = 1});
}

TEST(SyncPoolTest, TestPoolGC) {
  RunGo(
      [] {
        std::atomic<int> live{0};
        Pool<Tracked> pool;
        for (int i = 0; i < 20; ++i) pool.Put(std::make_unique<Tracked>(&live));
        for (int i = 0; i < 20; ++i) EXPECT_NE(pool.Get(), nullptr);
        EXPECT_EQ(live, 0) << "the pool holds on to what it has given away";
      },
      {.procs = 1});
}

TEST(SyncPoolTest, TestPoolStress) {
  RunGo([] {
    std::atomic<int> live{0};
    {
      struct Exclusive {
        explicit Exclusive(std::atomic<int>* count) : tracked(count) {}
        Tracked tracked;
        int users = 0;  // not atomic: a Put happens before the Get of the same object
      };
      Pool<Exclusive> pool([&] { return std::make_unique<Exclusive>(&live); }, /*per_p=*/4);
      WaitGroup wg;
      for (int g = 0; g < 10; ++g) {
        wg.Go([&] {
          for (int i = 0; i < Scaled(20000); ++i) {
            std::unique_ptr<Exclusive> object = pool.Get();
            EXPECT_EQ(++object->users, 1) << "an object was given to two";
            if (i % 64 == 0) Gosched();
            --object->users;
            pool.Put(std::move(object));
          }
        });
      }
      wg.Wait();
    }
    EXPECT_EQ(live, 0);
  });
}

// ---- map_test.go ----

// Random calls have the same results as on a plain map.
TEST(SyncMapTest, TestMapMatchesRWMutex) {
  RunGo([] {
    std::mt19937 random(7);
    for (int round = 0; round < 20; ++round) {
      Map<std::string, int> map;
      std::map<std::string, int> model;
      for (int i = 0; i < 500; ++i) {
        const std::string key(random() % 3, static_cast<char>('a' + random() % 3));
        const int value = static_cast<int>(random() % 5);
        auto it = model.find(key);
        const std::optional<int> had = it == model.end() ? std::nullopt : std::optional(it->second);
        switch (random() % 9) {
          case 0:
            ASSERT_EQ(map.Load(key), had);
            break;
          case 1:
            map.Store(key, value);
            model[key] = value;
            break;
          case 2: {
            auto [actual, loaded] = map.LoadOrStore(key, value);
            ASSERT_EQ(loaded, had.has_value());
            ASSERT_EQ(actual, had.value_or(value));
            model.emplace(key, value);
            break;
          }
          case 3:
            ASSERT_EQ(map.LoadAndDelete(key), had);
            model.erase(key);
            break;
          case 4:
            map.Delete(key);
            model.erase(key);
            break;
          case 5:
            ASSERT_EQ(map.Swap(key, value), had);
            model[key] = value;
            break;
          case 6:
            ASSERT_EQ(map.CompareAndSwap(key, value, value + 1), had == value);
            if (had == value) model[key] = value + 1;
            break;
          case 7:
            ASSERT_EQ(map.CompareAndDelete(key, value), had == value);
            if (had == value) model.erase(key);
            break;
          default:
            if (random() % 20 == 0) {
              map.Clear();
              model.clear();
            }
        }
      }
      std::map<std::string, int> found;
      map.Range([&](const std::string& key, int value) {
        EXPECT_TRUE(found.emplace(key, value).second);
        return true;
      });
      EXPECT_EQ(found, model);
    }
  });
}

TEST(SyncMapTest, TestConcurrentRange) {
  RunGo([] {
    constexpr std::int64_t kSize = 256;
    Map<std::int64_t, std::int64_t> map;
    for (std::int64_t n = 1; n <= kSize; ++n) map.Store(n, n);
    Chan<Unit> done(0);
    WaitGroup wg;
    for (std::int64_t g = 1; g <= 4; ++g) {
      wg.Go([&, g] {
        std::mt19937_64 random(g);
        for (std::int64_t i = 0; Select(Recv(done), kDefault) == 1; ++i) {
          const auto n = static_cast<std::int64_t>(random() % (kSize - 1)) + 1;
          if (random() % 4 == 0) {
            map.Store(n, n * i * g);  // always a multiple of its key
          } else {
            map.Load(n);
          }
          if (i % 128 == 0) Gosched();
        }
      });
    }
    for (int i = 0; i < 16; ++i) {
      std::set<std::int64_t> seen;
      map.Range([&](std::int64_t key, std::int64_t value) {
        EXPECT_EQ(value % key, 0);
        EXPECT_TRUE(seen.insert(key).second) << "key " << key << " came twice";
        return true;
      });
      EXPECT_EQ(seen.size(), static_cast<std::size_t>(kSize));
    }
    done.Close();
    wg.Wait();
  });
}

TEST(SyncMapTest, TestIssue40999) {
  RunGo([] {
    Map<std::shared_ptr<int>, int> map;
    auto key = std::make_shared<int>(1);
    map.Store(nullptr, 0);
    map.Store(key, 1);
    EXPECT_EQ(key.use_count(), 2);
    map.Delete(key);
    EXPECT_EQ(key.use_count(), 1) << "a deleted key is kept";
  });
}

TEST(SyncMapTest, TestMapRangeNestedCall) {
  RunGo([] {
    Map<int, std::string> map;
    map.Store(0, "hello");
    map.Store(1, "world");
    map.Store(2, "unpark");
    map.Range([&](int key, const std::string&) {
      map.Range([&](int inner_key, const std::string& inner_value) {
        EXPECT_EQ(map.Load(inner_key), inner_value);
        EXPECT_FALSE(map.LoadOrStore(42, "dummy").second);
        map.Store(42, "value");
        EXPECT_EQ(map.LoadAndDelete(42), "value");
        return true;
      });
      map.Delete(key);
      return true;
    });
    int left = 0;
    map.Range([&](int, const std::string&) {
      ++left;
      return true;
    });
    EXPECT_EQ(left, 0);
  });
}

TEST(SyncMapTest, TestCompareAndSwap_NonExistingKey) {
  RunGo([] {
    Map<int, int> map;
    EXPECT_FALSE(map.CompareAndSwap(1, 0, 42));
    EXPECT_EQ(map.Load(1), std::nullopt);
  });
}

TEST(SyncMapTest, TestConcurrentClear) {
  RunGo([] {
    Map<int, int> map;
    WaitGroup wg;
    for (int i = 0; i < 10; ++i) {
      wg.Go([&, i] { map.Store(i, i * 10); });
      wg.Go([&, i] {
        if (auto v = map.Load(i)) {
          EXPECT_EQ(*v, i * 10);
        }
      });
      wg.Go([&] { map.Clear(); });
    }
    wg.Wait();
    map.Clear();
    map.Range([](int key, int) {
      ADD_FAILURE() << "key " << key << " survived Clear";
      return true;
    });
  });
}

}  // namespace
}  // namespace unpark
