// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// The list of pairs, and what makes a pair unfit to be run.

#include "patterns/pair.h"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <set>
#include <string_view>
#include <tuple>

#include "runtime/observe/counters.h"

namespace unpark::patterns {
namespace {

std::vector<PairInfo>& Registered() {
  static auto* pairs = new std::vector<PairInfo>;  // never destroyed: used before and after main
  return *pairs;
}

std::string Quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

// Names become parts of benchmark names and of the harness's --benchmark_filter expressions.
bool IsName(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == ':' || c == '.' ||
           c == ',';
  });
}

bool IsCounter(const std::string& name) {
  // The last two are the harness's: it replaces operator new and makes the cgroup.
  bool known = name == "parks" || name == "allocs_per_op" || name == "cgroup_throttled";
  Counters().ForEach([&](const char* counter, std::uint64_t) { known |= name == counter; });
  return known;
}

// Collects the faults of one pair, each opened by its file and name.
class Inspection {
 public:
  Inspection(const PairInfo& pair, std::vector<std::string>* faults)
      : pair_(pair), faults_(*faults) {}

  void All() {
    Texts();
    Names("variant", pair_.variants);
    Names("workload", pair_.workloads);
    Cases();
    Signature();
    Sweep();
  }

 private:
  void Fault(const std::string& what) {
    faults_.push_back(pair_.file + ": " + Quoted(pair_.name) + ": " + what);
  }

  void Texts() {
    if (!IsName(pair_.name)) Fault("name may have only a-z 0-9 _ : . ,");
    if (pair_.exercise < 1) Fault("exercise is " + std::to_string(pair_.exercise) + ", not >= 1");
    if (pair_.lesson.empty()) Fault("it has no lesson");
    if (pair_.claim.text.empty()) Fault("claim.text is missing (say so if nobody claims anything)");
    if (pair_.claim.source.empty()) Fault("claim.source is missing");
    if (!(pair_.claim.ratio >= 0)) Fault("claim.ratio is negative");
    if (pair_.premature_below.empty()) Fault("premature_below is missing");
    if (pair_.tier != "always" && pair_.tier != "profile" && pair_.tier != "specialty") {
      Fault("tier is " + Quoted(pair_.tier) + ", not always, profile or specialty");
    }
  }

  void Names(const std::string& kind, const std::vector<std::string>& names) {
    std::set<std::string> seen;
    for (const std::string& name : names) {
      if (!IsName(name))
        Fault(kind + " " + Quoted(name) + ": a name may have only a-z 0-9 _ : . ,");
      if (!seen.insert(name).second) Fault(kind + " " + Quoted(name) + " is registered twice");
    }
    for (const char* side : {"before", "after"}) {
      if (kind == "variant" && !seen.contains(side)) Fault(std::string("it has no ") + side);
    }
    if (names.empty() && kind == "workload") Fault("it has no workload");
  }

  void Cases() {
    for (const std::string& variant : pair_.variants) {
      if (!pair_.workloads.empty() &&
          std::ranges::none_of(pair_.cases, [&](const Case& c) { return c.variant == variant; })) {
        Fault("variant " + Quoted(variant) + " is only for a workload that there is not");
      }
    }
    for (const Case& c : pair_.cases) {
      const std::string where = "variant " + Quoted(c.variant) + ", workload " + Quoted(c.workload);
      if (!c.prepare) Fault(where + ": there is no check: no reference or nothing to run");
      if (c.operations < 1) Fault(where + ": operations is " + std::to_string(c.operations));
      if (c.wrong_on_purpose != !c.wrong_why.empty()) {
        Fault(where + ": a variant wrong on purpose needs wrong_why, and only such a variant");
      }
      if (c.procs && *c.procs < 1) Fault(where + ": procs is " + std::to_string(*c.procs));
      if (c.cpu_quota && !(*c.cpu_quota > 0)) Fault(where + ": cpu_quota is not above 0");
    }
    if (!pair_.cases.empty() && std::ranges::all_of(pair_.cases, &Case::full_only)) {
      Fault("every workload is full_only: the core suite would not show it");
    }
  }

  void Signature() {
    for (const Expect& expect : pair_.signature) {
      if (!IsCounter(expect.counter)) {
        Fault("signature: there is no counter " + Quoted(expect.counter));
      }
      if (!expect.workload.empty() && !std::ranges::count(pair_.workloads, expect.workload)) {
        Fault("signature: there is no workload " + Quoted(expect.workload));
      }
      if (!(expect.after_at_most >= 0) || !(expect.before_at_least > expect.after_at_most)) {
        Fault("signature: " + Quoted(expect.counter) + " does not collapse from before to after");
      }
    }
  }

  void Sweep() {
    const SweepInfo& sweep = pair_.sweep;
    if (sweep.parameter.empty() != sweep.values.empty()) {
      Fault("sweep: it needs a parameter and values, or neither");
    }
    if (sweep.cases.size() != 2 * sweep.values.size())
      Fault("sweep: there is no way to set a value");
    if (!std::ranges::is_sorted(sweep.values, std::less_equal<>())) {
      Fault("sweep: the values do not ascend");
    }
    if (!(pair_.premature_rate >= 0)) Fault("premature_rate is negative");
  }

  const PairInfo& pair_;
  std::vector<std::string>& faults_;
};

}  // namespace

namespace internal {

std::string SlugOf(int exercise, const std::string& name) {
  char number[16];
  std::snprintf(number, sizeof number, "ex%02d_", exercise);
  return number + name;
}

std::string ReadmeBeside(const std::string& file) {
  const std::size_t slash = file.rfind('/');
  return (slash == std::string::npos ? "" : file.substr(0, slash + 1)) + "README.md";
}

}  // namespace internal

void Instance::TakeLatencies(std::vector<std::int64_t>*) {}

std::map<std::string, double> Instance::Figures() const { return {}; }

Claim ArticleClaim(double ratio, std::string text) {
  return {.ratio = ratio,
          .text = std::move(text),
          .source = "Scheduler Source: Optimization (Go 1.23, amd64, GOMAXPROCS=8)"};
}

std::vector<std::string> Faults(const std::vector<PairInfo>& pairs) {
  std::vector<std::string> faults;
  std::map<std::string, std::string> files;  // by pair name
  for (const PairInfo& pair : pairs) {
    Inspection(pair, &faults).All();
    const auto [first, added] = files.emplace(pair.name, pair.file);
    if (!added) {
      faults.push_back(pair.file + ": " + Quoted(pair.name) + ": " + first->second +
                       " has a pair of this name already");
    }
  }
  return faults;
}

bool Register(PairInfo info) {
  Registered().push_back(std::move(info));
  return true;
}

const std::vector<PairInfo>& AllPairs() {
  static const auto* pairs = [] {
    const std::vector<std::string> faults = Faults(Registered());
    if (!faults.empty()) {
      std::string text;
      for (const std::string& fault : faults) text += (text.empty() ? "" : "\n") + fault;
      throw PairError(text);
    }
    auto* sorted = new std::vector<PairInfo>(Registered());
    std::ranges::sort(*sorted, [](const PairInfo& a, const PairInfo& b) {
      return std::tie(a.exercise, a.name) < std::tie(b.exercise, b.name);
    });
    return sorted;
  }();
  return *pairs;
}

}  // namespace unpark::patterns
