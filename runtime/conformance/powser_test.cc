// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Power series as streams of rational coefficients: hundreds of goroutines that ask each other for
// the next term. After Go's test/chan/powser1 and powser2, themselves after M. D. McIlroy,
// "Squinting at Power Series" (1990).
#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <numeric>
#include <ostream>
#include <utility>
#include <vector>

#include "runtime/chan/chan.h"
#include "runtime/chan/select.h"
#include "runtime/conformance/run_go.h"
#include "runtime/sync/mutex.h"
#include "runtime/sync/waitgroup.h"

namespace unpark {
namespace {

using conformance::RunGo;

struct Rational {
  std::int64_t num = 0;
  std::int64_t den = 1;

  Rational() = default;
  Rational(std::int64_t n, std::int64_t d = 1) {  // NOLINT: integers are rationals
    const std::int64_t g = std::gcd(n, d) * (d < 0 ? -1 : 1);
    num = n / g;
    den = d / g;
  }
  friend Rational operator+(Rational a, Rational b) {
    return {a.num * b.den + b.num * a.den, a.den * b.den};
  }
  friend Rational operator*(Rational a, Rational b) { return {a.num * b.num, a.den * b.den}; }
  friend Rational operator-(Rational a) { return {-a.num, a.den}; }
  bool operator==(const Rational&) const = default;
  friend std::ostream& operator<<(std::ostream& out, Rational r) {
    return out << r.num << '/' << r.den;
  }
};

// A demand-driven stream: the reader sends a request and receives a term. All of a test's streams
// stop together.
struct Series {
  Chan<Unit> request{0};
  Chan<Rational> term{0};
};

class PowserTest : public testing::Test {
 protected:
  using Source = std::function<bool(Rational*)>;  // false: stopped

  // A stream whose goroutine calls make_source once and then the source for each term.
  Series Stream(std::function<Source()> make_source) {
    Series out;
    wg_.Go([this, out, make_source = std::move(make_source)] {
      Source source = make_source();
      Rational value;
      while (Select(Recv(out.request), Recv(stop_)) == 0) {
        if (!source(&value) || Select(Send(out.term, value), Recv(stop_)) == 1) return;
      }
    });
    return out;
  }

  bool Get(const Series& in, Rational* value) {
    return Select(Send(in.request, Unit{}), Recv(stop_)) == 0 &&
           Select(Recv(in.term, value), Recv(stop_)) == 0;
  }

  Series Constant(Rational c) {  // c + 0x + 0x^2 + ...
    return Stream([c] {
      return [c, first = true](Rational* v) mutable {
        *v = std::exchange(first, false) ? c : Rational(0);
        return true;
      };
    });
  }
  Series Ones() {  // 1 + x + x^2 + ...
    return Stream([] {
      return [](Rational* v) {
        *v = 1;
        return true;
      };
    });
  }
  Series Map(Series f, std::function<Rational(std::int64_t n, Rational)> op) {
    return Stream([=, this] {
      return [=, this, n = std::int64_t{0}](Rational* v) mutable {
        if (!Get(f, v)) return false;
        *v = op(n++, *v);
        return true;
      };
    });
  }
  Series Negate(Series f) {
    return Map(f, [](std::int64_t, Rational v) { return -v; });
  }
  Series Scale(Series f, Rational c) {
    return Map(f, [c](std::int64_t, Rational v) { return c * v; });
  }
  Series Add(Series f, Series g) {
    return Stream([=, this] {
      return [=, this](Rational* v) {
        Rational b;
        if (!Get(f, v) || !Get(g, &b)) return false;
        *v = *v + b;
        return true;
      };
    });
  }
  Series Prepend(Rational c,
                 std::function<Series()> make_rest) {  // c + x * rest, the rest made when asked for
    return Stream([=, this] {
      return [=, this, first = true, rest = Series()](Rational* v) mutable {
        if (std::exchange(first, false)) {
          *v = c;
          rest = make_rest();
          return true;
        }
        return Get(rest, v);
      };
    });
  }
  Series Differentiate(Series f) {
    return Stream([=, this] {
      return [=, this, n = std::int64_t{0}](Rational* v) mutable {
        if (n == 0 && !Get(f, v)) return false;
        ++n;
        if (!Get(f, v)) return false;
        *v = Rational(n) * *v;
        return true;
      };
    });
  }
  Series Integrate(Rational c, Series f) {
    return Stream([=, this] {
      return [=, this, n = std::int64_t{0}](Rational* v) mutable {
        if (n++ == 0) {
          *v = c;
          return true;
        }
        if (!Get(f, v)) return false;
        *v = *v * Rational(1, n - 1);
        return true;
      };
    });
  }
  // Two readers of one stream, at their own pace. A term that the stream needs to make its next one
  // may come from the reader that is behind, so that one must go on while the other fetches.
  std::pair<Series, Series> Split(Series f) {
    struct Shared {
      Mutex fetch;
      Mutex mu;
      std::deque<Rational> ahead[2];  // guarded by mu

      bool Pop(int self, Rational* v) {
        std::lock_guard<Mutex> lock(mu);
        if (ahead[self].empty()) return false;
        *v = ahead[self].front();
        ahead[self].pop_front();
        return true;
      }
      void Push(int self, Rational v) {
        std::lock_guard<Mutex> lock(mu);
        ahead[self].push_back(v);
      }
    };
    auto shared = std::make_shared<Shared>();
    auto reader = [=, this](int self) {
      return Stream([=, this] {
        return [=, this](Rational* v) {
          if (shared->Pop(self, v)) return true;
          std::lock_guard<Mutex> lock(shared->fetch);
          if (shared->Pop(self, v)) return true;
          if (!Get(f, v)) return false;
          shared->Push(1 - self, *v);
          return true;
        };
      });
    };
    return {reader(0), reader(1)};
  }
  // (f0 + xF)(g0 + xG) = f0 g0 + x(f0 G + g0 F + x F G)
  Series Multiply(Series f, Series g) {
    return Stream([=, this] {
      return [=, this, n = 0, rest = Series()](Rational* v) mutable {
        if (n++ > 0) return Get(rest, v);
        Rational f0;
        Rational g0;
        if (!Get(f, &f0) || !Get(g, &g0)) return false;
        auto [f1, f2] = Split(f);
        auto [g1, g2] = Split(g);
        rest = Add(Add(Scale(g1, f0), Scale(f1, g0)),
                   Prepend(0, [=, this, a = f2, b = g2] { return Multiply(a, b); }));
        *v = f0 * g0;
        return true;
      };
    });
  }

  // Serves `out`, which somebody reads already, with the terms of f.
  void Forward(Series f, Series out) {
    wg_.Go([=, this] {
      Rational value;
      while (Select(Recv(out.request), Recv(stop_)) == 0) {
        if (!Get(f, &value) || Select(Send(out.term, value), Recv(stop_)) == 1) return;
      }
    });
  }

  std::vector<Rational> Take(Series f, int n) {
    std::vector<Rational> terms(n);
    for (Rational& v : terms) EXPECT_TRUE(Get(f, &v));
    return terms;
  }
  void Stop() {
    stop_.Close();
    wg_.Wait();
  }

  Chan<Unit> stop_{0};
  WaitGroup wg_;
};

std::vector<Rational> Factorials(int n) {
  std::vector<Rational> terms = {1};
  for (int i = 1; i < n; ++i) terms.push_back(terms.back() * Rational(1, i));
  return terms;
}

TEST_F(PowserTest, Powser1) {
  RunGo([&] {
    using Terms = std::vector<Rational>;
    EXPECT_EQ(Take(Ones(), 5), (Terms{1, 1, 1, 1, 1}));
    EXPECT_EQ(Take(Add(Ones(), Negate(Constant(1))), 4), (Terms{0, 1, 1, 1}));
    EXPECT_EQ(Take(Differentiate(Ones()), 5), (Terms{1, 2, 3, 4, 5}));
    EXPECT_EQ(Take(Integrate(0, Ones()), 5), (Terms{0, 1, {1, 2}, {1, 3}, {1, 4}}));
    EXPECT_EQ(Take(Multiply(Ones(), Ones()), 8), (Terms{1, 2, 3, 4, 5, 6, 7, 8}));
    auto [a, b] = Split(Differentiate(Ones()));
    EXPECT_EQ(Take(a, 6), (Terms{1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(Take(b, 3), (Terms{1, 2, 3}));
    Stop();
  });
}

// Streams defined by themselves: e^x is the integral of itself; sine and cosine are integrals of
// each other.
TEST_F(PowserTest, Powser2) {
  RunGo([&] {
    const int n = conformance::kThreadSanitizer ? 4 : 8;
    Series exp_feed;  // what the integral reads; filled from its own copy
    Series exp = Integrate(1, exp_feed);
    auto [exp_out, exp_back] = Split(exp);
    Forward(exp_back, exp_feed);
    EXPECT_EQ(Take(exp_out, n), Factorials(n));

    Series sin_feed;
    Series cos_feed;
    auto [sin, sin_back] = Split(Integrate(0, cos_feed));
    auto [cos, cos_back] = Split(Integrate(1, Negate(sin_feed)));
    Forward(sin_back, sin_feed);
    Forward(cos_back, cos_feed);
    auto [sin1, sin2] = Split(sin);
    auto [cos1, cos2] = Split(cos);
    std::vector<Rational> one(n);
    one[0] = 1;
    EXPECT_EQ(Take(Add(Multiply(sin1, sin2), Multiply(cos1, cos2)), n), one);
    Stop();
  });
}

}  // namespace
}  // namespace unpark
