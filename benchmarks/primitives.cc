// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// A row's batch is a case's run; its answer is the reference.

#include "benchmarks/primitives.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "benchmarks/peers/peer.h"
#include "benchmarks/peers/unpark/rows.h"
#include "benchmarks/suite.h"

namespace unpark::benchmarks {
namespace {

class Primitive final : public patterns::Instance {
 public:
  explicit Primitive(peers::Work work) : work_(std::move(work)) {}

  void Run() override { answer_ = work_.batch(); }

  std::string Check() const override {
    if (!answer_) return "it was never run";
    if (*answer_ == work_.answer) return "";
    return "got " + std::to_string(*answer_) + ", want " + std::to_string(work_.answer);
  }

  void TakeLatencies(std::vector<std::int64_t>* ns) override {
    if (work_.measured == nullptr) return;
    std::vector<std::int64_t>& taken = work_.measured->latencies_ns;
    ns->insert(ns->end(), taken.begin(), taken.end());
    taken.clear();
  }

 private:
  peers::Work work_;
  std::optional<std::uint64_t> answer_;
};

patterns::Case MakeCase(const peers::Series& series, int workers) {
  const peers::Prepare prepare = peers::UnparkRows().at(series.row).prepare;
  const peers::Params params = {.size = series.size, .workers = workers};
  return {.pair = "primitives",
          .variant = "unpark",
          .workload = series.name,
          .operations = prepare(params).operations,
          .procs = workers,
          .prepare = [=] { return std::make_unique<Primitive>(prepare(params)); }};
}

std::vector<patterns::Case> MakeCases() {
  std::vector<patterns::Case> cases;
  for (const peers::Series& series : peers::AllSeries()) {
    if (!series.in_suite) continue;
    for (int workers : series.workers) cases.push_back(MakeCase(series, workers));
  }
  return cases;
}

[[maybe_unused]] const bool kRegistered = RegisterCases(Primitives);

}  // namespace

const std::vector<patterns::Case>& Primitives() {
  static const std::vector<patterns::Case> kCases = MakeCases();
  return kCases;
}

}  // namespace unpark::benchmarks
