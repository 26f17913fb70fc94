// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// One runtime for each call, entered once.

#include "patterns/run_case.h"

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "runtime/go.h"
#include "runtime/observe/counters.h"

namespace unpark::patterns {
namespace {

Events PerOperation(const Counters& counters, std::int64_t operations) {
  Events events = {{"parks", static_cast<double>(counters.parks()) / operations}};
  counters.ForEach([&](const char* name, std::uint64_t count) {
    events[name] = static_cast<double>(count) / operations;
  });
  return events;
}

}  // namespace

Options OptionsFor(const Case& c, int procs) {
  Options options{.procs = c.procs.value_or(procs)};
  options.preemption = c.preemption.value_or(options.preemption);
  return options;
}

Report RunCase(const Case& c, int procs, int runs) {
  Report report;
  Main(OptionsFor(c, procs), [&] {
    const std::unique_ptr<Instance> instance = c.prepare();
    while (report.runs < runs && report.faults.empty()) {
      const Counters earlier = ReadCounters();
      instance->Run();
      const Counters later = ReadCounters();
      if (++report.runs == 1) {
        report.events = PerOperation(later - earlier, c.operations);
        instance->TakeLatencies(&report.latencies);
      }
      const std::string fault = instance->Check();
      if (!fault.empty()) report.faults.push_back(fault);
    }
    report.figures = instance->Figures();
  });
  return report;
}

const Case& FindCase(const std::vector<Case>& cases, const std::string& variant) {
  const auto found = std::ranges::find(cases, variant, &Case::variant);
  if (found == cases.end()) throw std::out_of_range("no variant " + variant);
  return *found;
}

const PairInfo& FindPair(const std::string& name) {
  const auto found = std::ranges::find(AllPairs(), name, &PairInfo::name);
  if (found == AllPairs().end()) throw std::out_of_range("no pair " + name);
  return *found;
}

}  // namespace unpark::patterns
