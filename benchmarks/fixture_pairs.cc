// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Pairs that add numbers: right ones, wrong ones, and one for each way to fail.

#include "benchmarks/fixture_pairs.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <utility>

namespace unpark::benchmarks {
namespace {

using patterns::Case;
using patterns::Instance;
using patterns::PairInfo;

// Adds 1 to `additions`, so many times; allocates `allocations` times a Run.
class Adder : public Instance {
 public:
  Adder(int additions, int allocations) : additions_(additions), allocations_(allocations) {}

  void Run() override {
    sum_ = 0;
    for (int i = 0; i < additions_; ++i) asm volatile("" : "+r"(++sum_));
    for (int i = 0; i < allocations_; ++i) {
      auto memory = std::make_unique<char[]>(10);
      asm volatile("" : : "r"(memory.get()) : "memory");
    }
    ++runs_;
  }
  std::string Check() const override {
    if (sum_ == additions_) return "";
    return "got " + std::to_string(sum_) + ", want " + std::to_string(additions_);
  }
  void TakeLatencies(std::vector<std::int64_t>* ns) override {
    if (allocations_ == 0) return;
    for (std::int64_t i = 1; i <= 100; ++i) ns->push_back(i);
  }
  std::map<std::string, double> Figures() const override { return {{"answer", 42}}; }

 protected:
  int additions_, allocations_;
  int sum_ = 0;
  int runs_ = 0;
};

// Is right in its first Run and wrong from the `from`-th on.
class Flaky final : public Adder {
 public:
  explicit Flaky(int from) : Adder(100, 0), from_(from) {}
  void Run() override {
    Adder::Run();
    if (runs_ >= from_) --sum_;
  }

 private:
  int from_;
};

class Crash final : public Adder {
 public:
  Crash() : Adder(1, 0) {}
  void Run() override { std::abort(); }
};

class Quit final : public Adder {
 public:
  Quit() : Adder(1, 0) {}
  void Run() override { _exit(2); }
};

// Tells the test that it runs, and never ends by itself.
class Stuck final : public Adder {
 public:
  Stuck() : Adder(1, 0) {}
  void Run() override {
    std::fputs("stuck\n", stderr);
    for (;;) pause();
  }
};

// Interrupts the suite in the sixth Run of all, which is in a timed row.
class Interrupter final : public Adder {
 public:
  Interrupter() : Adder(1, 0) {}
  void Run() override {
    Adder::Run();
    static std::atomic<int> calls{0};
    if (++calls == 6) kill(getppid(), SIGTERM);
  }
};

template <typename T, typename... Args>
Case MakeCase(const std::string& pair, const std::string& variant, Args... args) {
  Case made;
  made.pair = pair;
  made.variant = variant;
  made.workload = "n:100";
  made.operations = 100;
  made.prepare = [args...] { return std::make_unique<T>(args...); };
  return made;
}

PairInfo MakePair(int exercise, const std::string& name, std::vector<Case> cases) {
  PairInfo pair;
  pair.name = name;
  pair.slug = "ex" + std::to_string(exercise) + "_" + name;
  pair.exercise = exercise;
  pair.file = name + "/pair.cc";
  pair.lesson = "Say \"no\" to \\ waste.";
  pair.claim = {44, "44 times", "a test"};
  pair.signature = {{"parks", 1, 0.25}};
  pair.tier = "always";
  pair.premature_below = "1 op/s";
  for (const Case& c : cases) {
    if (std::find(pair.workloads.begin(), pair.workloads.end(), c.workload) ==
        pair.workloads.end()) {
      pair.workloads.push_back(c.workload);
    }
  }
  pair.cases = std::move(cases);
  return pair;
}

std::vector<PairInfo> GoodPairs() {
  std::vector<Case> one = {MakeCase<Adder>("one", "before", 400, 100),
                           MakeCase<Adder>("one", "after", 100, 0),
                           MakeCase<Adder>("one", "sharded", 50, 0)};
  Case large = MakeCase<Adder>("one", "before", 800, 0);
  large.workload = "n:800";
  large.full_only = true;
  one.push_back(large);
  std::vector<Case> two = {MakeCase<Adder>("two", "before", 200, 0),
                           MakeCase<Adder>("two", "after", 100, 0),
                           MakeCase<Flaky>("two", "wrong", 3)};
  PairInfo swept = MakePair(98, "one", one);
  swept.premature_rate = 1'000;
  swept.sweep = {.parameter = "n",
                 .values = {1, 2},
                 .cases = {one[0], one[1], MakeCase<Adder>("one", "before", 100, 0),
                           MakeCase<Adder>("one", "after", 100, 0)}};
  two[0].procs = 64;
  two[1].procs = 1;
  two[2].wrong_on_purpose = true;
  two[2].wrong_why = "it loses one";
  return {swept, MakePair(99, "two", two)};
}

// A pair whose other variants are right.
std::vector<PairInfo> PairWith(Case odd) {
  return {MakePair(97, "odd", {MakeCase<Adder>("odd", "after", 100, 0), std::move(odd)})};
}

}  // namespace

std::vector<PairInfo> FixturePairs(const std::string& scenario) {
  if (scenario == "good") return GoodPairs();
  if (scenario == "wrong") return PairWith(MakeCase<Flaky>("odd", "before", 1));
  if (scenario == "late") return PairWith(MakeCase<Flaky>("odd", "before", 6));
  if (scenario == "crash") return PairWith(MakeCase<Crash>("odd", "before"));
  if (scenario == "quit") return PairWith(MakeCase<Quit>("odd", "before"));
  if (scenario == "stuck") return PairWith(MakeCase<Stuck>("odd", "before"));
  if (scenario == "interrupt") return PairWith(MakeCase<Interrupter>("odd", "before"));
  if (scenario == "refused") throw patterns::PairError("pair.cc: \"odd\": it has no lesson");
  Case odd = MakeCase<Adder>("odd", "before", 100, 0);
  if (scenario == "blind") odd.wrong_on_purpose = true;
  if (scenario == "quota") odd.cpu_quota = 0.5;
  return PairWith(odd);
}

}  // namespace unpark::benchmarks
