// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Pair: one concurrency task with its before, its after and the result both must give; and the list
// of all pairs.
//
// A pair is registered by one statement in its pair.cc:
//
//   const bool kRegistered = Register(Pair<CounterWorkload, std::int64_t>{
//       .name = "channel_counter", .exercise = 5, .tier = "profile",
//       .lesson = "Add to an atomic; do not send each increment to an owner.",
//       .claim = ArticleClaim(44, "about 44 times faster"),
//       .premature_below = "100,000 increments a second",
//       .reference = CountSequentially,
//       .before = CountByChannel, .after = CountByAtomic,
//       .variants = {{"sharded", CountByShards}},
//       .smoke = {.increments = 100},
//       .workloads = {{"producers:8", {.producers = 8}}},
//   });
//
// A workload is a copyable struct of parameters with `std::int64_t Operations() const`. If it has
// `void Prepare()`, that is called on the copy that the variants get, outside the timed part.
//
// A variant is either a function `Result(const Workload&)`, or `Prepared<C>`: a class built from a
// `const Workload&` outside the timed part, with `Result Run()`, which may also have
// `void TakeLatencies(std::vector<std::int64_t>*)` and `std::map<std::string, double> Figures()
// const`.
//
// Everything of a variant runs inside a goroutine. When it is destroyed, its goroutines are gone.

#ifndef UNPARK_PATTERNS_PAIR_H_
#define UNPARK_PATTERNS_PAIR_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <ranges>
#include <source_location>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "runtime/options.h"

namespace unpark::patterns {

// What somebody published about the pair. ratio = before / after; 0: no number was given.
struct Claim {
  double ratio = 0;
  std::string text;
  std::string source;
};

// A claim of "Scheduler Source: Optimization", the article that the seventeen exercises come from.
Claim ArticleClaim(double ratio, std::string text);

// A scheduler event that the before spends its time in and the after must not show, per operation.
// `counter` is a name of runtime/observe/counters.h, or "parks" (the sum of parks_*), or of what
// only the harness counts: "allocs_per_op", and under a quota "cgroup_throttled".
struct Expect {
  std::string counter;
  double before_at_least;
  double after_at_most;
  std::string workload = {};  // the one it holds for; empty: all
};

// One prepared variant with its workload. Made, used and destroyed inside goroutines.
class Instance {
 public:
  Instance() = default;
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;
  virtual ~Instance() = default;

  // The timed part: the whole workload once.
  virtual void Run() = 0;

  // Compares the last Run's result with the reference. Empty: right; else what differs.
  // REQUIRES: Run was called.
  virtual std::string Check() const = 0;

  // Appends the latency of each request since the last call, in nanoseconds; most pairs have none.
  virtual void TakeLatencies(std::vector<std::int64_t>* ns);

  // Further figures of the last Run by name, such as "lost_items".
  virtual std::map<std::string, double> Figures() const;
};

// One variant with one workload: what a harness times. Its name is pair/variant/workload.
struct Case {
  std::string pair, variant, workload;
  std::int64_t operations = 0;    // per Run; times and events are divided by it
  bool wrong_on_purpose = false;  // Check must find a fault within some Runs; never part of a ratio
  std::string wrong_why = {};
  bool full_only = false;         // as large as the claim's: too long for the core suite
  std::optional<int> procs = {};  // absent: the harness chooses
  // CPUs; the harness runs the case inside a cgroup with that quota.
  std::optional<double> cpu_quota = {};
  std::optional<Preemption> preemption = {};  // absent: the runtime's default
  std::function<std::unique_ptr<Instance>()> prepare = {};
};

// The before and the after with one parameter moved: where does the after stop paying?
struct SweepInfo {
  std::string parameter;             // "work_rounds"; empty: there is no sweep
  std::vector<std::int64_t> values;  // ascending
  std::vector<Case> cases;           // before and after of each value
};

struct PairInfo {
  std::string name, slug;  // "channel_counter", "ex05_channel_counter"
  int exercise = 0;
  std::string lesson;
  Claim claim;
  std::vector<Expect> signature;
  std::string premature_below;
  std::string tier;  // "always", "profile" (only behind a profile) or "specialty"
  // Not in a default run: timed when asked for by name, or with the full sizes.
  bool on_request = false;
  std::string file;                                        // where it is registered
  std::string readme;                                      // the README.md beside `file`
  std::vector<std::string> variants = {}, workloads = {};  // as registered, before and after first
  std::vector<Case> cases = {};                            // every variant with every workload
  std::vector<Case> smoke = {};  // every variant with a tiny workload, for tests
  double premature_rate = 0;     // premature_below in operations a second; 0: it is no rate
  SweepInfo sweep = {};
};

// A pair that may not be run. what() has one line a fault: file, pair, field.
class PairError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// What is wrong with these pairs, one line each; empty: nothing.
std::vector<std::string> Faults(const std::vector<PairInfo>& pairs);

// Adds a pair to the list. Called before main by the pair.cc files. Always true.
bool Register(PairInfo info);

// All pairs that are linked in, by exercise number. Throws PairError when one of them has a fault.
const std::vector<PairInfo>& AllPairs();

// ---- The typed front: what a pair.cc fills in. ----

template <typename Workload>
struct SideOptions {
  std::string wrong_why = {};                 // not empty: wrong on purpose
  int (*procs)(const Workload&) = nullptr;    // null: the harness chooses
  std::string only = {};                      // the one workload it is for; empty: all
  std::optional<Preemption> preemption = {};  // absent: the runtime's default
};

template <typename C>
struct PreparedVariant {};
template <typename C>
// NOLINTNEXTLINE(readability-identifier-naming): Prepared<C> reads as a call, not as a constant.
inline constexpr PreparedVariant<C> Prepared{};

// The way of one variant from a workload to an Instance.
template <typename Workload, typename Result>
class Side {
 public:
  using Reference = Result (*)(const Workload&);

  Side() = default;                                                          // no such side
  Side(Result (*run)(const Workload&), SideOptions<Workload> options = {});  // NOLINT: implicit
  template <typename C>
  Side(PreparedVariant<C>, SideOptions<Workload> options = {});  // NOLINT: implicit

  explicit operator bool() const { return make_ != nullptr; }
  const SideOptions<Workload>& options() const { return options_; }
  std::unique_ptr<Instance> Make(const Workload& workload, Reference reference) const {
    return make_(workload, reference);
  }

 private:
  std::function<std::unique_ptr<Instance>(const Workload&, Reference)> make_;
  SideOptions<Workload> options_;
};

template <typename Workload, typename Result>
struct NamedSide {
  std::string name;
  Side<Workload, Result> side;
};

struct WorkloadOptions {
  bool full_only = false;
  std::optional<double> cpu_quota = std::nullopt;
};

template <typename Workload>
struct NamedWorkload {
  std::string name;
  Workload workload;
  WorkloadOptions options = {};
};

// set(workload, value) puts a value into the first workload.
template <typename Workload>
struct Sweep {
  std::string parameter = {};
  std::vector<std::int64_t> values = {};
  void (*set)(Workload*, std::int64_t) = nullptr;
  double (*cpu_quota)(const Workload&) = nullptr;  // null, or 0 of a workload: no quota
};

template <typename Workload, typename Result>
struct Pair {
  std::string name;
  int exercise = 0;
  std::string tier;
  bool on_request = false;
  std::string lesson;
  Claim claim;
  std::vector<Expect> signature = {};  // empty: no event is certain to fall
  std::string premature_below;
  double premature_rate = 0;  // the same in operations a second, where it is a rate
  Result (*reference)(const Workload&) = nullptr;  // sequential, and not by way of a variant
  Side<Workload, Result> before, after;
  std::vector<NamedSide<Workload, Result>> variants = {};
  Workload smoke = {};  // tiny, for tests
  std::vector<NamedWorkload<Workload>> workloads;
  Sweep<Workload> sweep = {};  // where the after may stop paying
};

template <typename Workload, typename Result>
bool Register(const Pair<Workload, Result>& pair,
              std::source_location where = std::source_location::current());

// ---- Implementation of the typed front. ----

namespace internal {

// "ex05_channel_counter"
std::string SlugOf(int exercise, const std::string& name);
// The README.md beside `file`.
std::string ReadmeBeside(const std::string& file);

template <typename T>
std::string ToText(const T& value) {
  if constexpr (requires { std::to_string(value); }) {
    return std::to_string(value);
  } else {
    return "another value";
  }
}

// How `got` differs from `want`; empty: it does not.
template <typename Result>
std::string Difference(const Result& got, const Result& want) {
  if (got == want) return "";
  if constexpr (std::ranges::random_access_range<const Result>) {
    if (got.size() != want.size()) {
      return "got " + std::to_string(got.size()) + " results, want " + std::to_string(want.size());
    }
    std::size_t wrong = 0, first = 0;
    for (std::size_t i = got.size(); i-- > 0;) {
      if (got[i] == want[i]) continue;
      ++wrong;
      first = i;
    }
    return std::to_string(wrong) + " of " + std::to_string(want.size()) +
           " results differ, first [" + std::to_string(first) + "]: got " + ToText(got[first]) +
           ", want " + ToText(want[first]);
  } else if constexpr (requires { got.DifferenceFrom(want); }) {
    return got.DifferenceFrom(want);
  } else {
    return "got " + ToText(got) + ", want " + ToText(want);
  }
}

// A function as a class with Run().
template <typename Workload, typename Result>
class FunctionVariant {
 public:
  FunctionVariant(const Workload& workload, Result (*run)(const Workload&))
      : workload_(workload), run_(run) {}
  Result Run() { return run_(workload_); }

 private:
  const Workload& workload_;
  Result (*run_)(const Workload&);
};

template <typename Workload>
Workload PreparedCopy(Workload workload) {
  if constexpr (requires { workload.Prepare(); }) workload.Prepare();
  return workload;
}

template <typename Workload, typename Result, typename C>
class VariantInstance final : public Instance {
 public:
  template <typename... Args>
  VariantInstance(const Workload& workload, Result (*reference)(const Workload&), Args... args)
      : workload_(PreparedCopy(workload)),
        want_(reference(workload_)),
        variant_(workload_, args...) {}

  void Run() override { got_ = variant_.Run(); }
  std::string Check() const override {
    return got_ ? Difference(*got_, want_) : "it was never run";
  }
  void TakeLatencies(std::vector<std::int64_t>* ns) override {
    if constexpr (requires { variant_.TakeLatencies(ns); }) variant_.TakeLatencies(ns);
  }
  std::map<std::string, double> Figures() const override {
    if constexpr (requires { variant_.Figures(); }) return variant_.Figures();
    return {};
  }

 private:
  const Workload workload_;
  const Result want_;
  std::optional<Result> got_;
  C variant_;  // last: its goroutines may use what stands above
};

}  // namespace internal

template <typename Workload, typename Result>
Side<Workload, Result>::Side(Result (*run)(const Workload&), SideOptions<Workload> options)
    : options_(std::move(options)) {
  if (run == nullptr) return;
  using Function = internal::FunctionVariant<Workload, Result>;
  make_ = [run](const Workload& workload, Reference reference) {
    return std::make_unique<internal::VariantInstance<Workload, Result, Function>>(workload,
                                                                                   reference, run);
  };
}

template <typename Workload, typename Result>
template <typename C>
Side<Workload, Result>::Side(PreparedVariant<C>, SideOptions<Workload> options)
    : make_([](const Workload& workload, Reference reference) {
        return std::make_unique<internal::VariantInstance<Workload, Result, C>>(workload,
                                                                                reference);
      }),
      options_(std::move(options)) {}

template <typename Workload, typename Result>
bool Register(const Pair<Workload, Result>& pair, std::source_location where) {
  PairInfo info{.name = pair.name,
                .slug = internal::SlugOf(pair.exercise, pair.name),
                .exercise = pair.exercise,
                .lesson = pair.lesson,
                .claim = pair.claim,
                .signature = pair.signature,
                .premature_below = pair.premature_below,
                .tier = pair.tier,
                .on_request = pair.on_request,
                .file = where.file_name(),
                .readme = internal::ReadmeBeside(where.file_name())};
  std::vector<NamedSide<Workload, Result>> sides;
  if (pair.before) sides.push_back({"before", pair.before});
  if (pair.after) sides.push_back({"after", pair.after});
  sides.insert(sides.end(), pair.variants.begin(), pair.variants.end());

  auto make_case = [&](const NamedSide<Workload, Result>& named,
                       const NamedWorkload<Workload>& workload) {
    const SideOptions<Workload>& options = named.side.options();
    Case made{.pair = pair.name,
              .variant = named.name,
              .workload = workload.name,
              .operations = workload.workload.Operations(),
              .wrong_on_purpose = !options.wrong_why.empty(),
              .wrong_why = options.wrong_why,
              .full_only = workload.options.full_only,
              .cpu_quota = workload.options.cpu_quota,
              .preemption = options.preemption};
    if (options.procs != nullptr) made.procs = options.procs(workload.workload);
    if (pair.reference != nullptr && named.side) {
      made.prepare = [side = named.side, parameters = workload.workload,
                      reference = pair.reference] { return side.Make(parameters, reference); };
    }
    return made;
  };
  for (const auto& workload : pair.workloads) info.workloads.push_back(workload.name);
  for (const auto& named : sides) {
    info.variants.push_back(named.name);
    const std::string& only = named.side.options().only;
    for (const auto& workload : pair.workloads) {
      if (only.empty() || only == workload.name) info.cases.push_back(make_case(named, workload));
    }
    info.smoke.push_back(make_case(named, {.name = "smoke", .workload = pair.smoke}));
  }
  info.premature_rate = pair.premature_rate;
  info.sweep.parameter = pair.sweep.parameter;
  info.sweep.values = pair.sweep.values;
  for (std::int64_t value : pair.sweep.values) {
    if (pair.sweep.set == nullptr || pair.workloads.empty()) break;
    NamedWorkload<Workload> moved{pair.sweep.parameter + ":" + std::to_string(value),
                                  pair.workloads.front().workload};
    pair.sweep.set(&moved.workload, value);
    const double quota = pair.sweep.cpu_quota ? pair.sweep.cpu_quota(moved.workload) : 0;
    if (quota > 0) moved.options.cpu_quota = quota;
    info.sweep.cases.push_back(make_case({"before", pair.before}, moved));
    info.sweep.cases.push_back(make_case({"after", pair.after}, moved));
  }
  return Register(std::move(info));
}

}  // namespace unpark::patterns

#endif  // UNPARK_PATTERNS_PAIR_H_
