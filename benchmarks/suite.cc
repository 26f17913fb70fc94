// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Google Benchmark can shuffle repetitions, but not in rounds, and not by pairs. So the suite
// drives it from outside: it registers one row, runs it once, keeps the record, and goes on to the
// next row of the round; at the end all records go through Google Benchmark's own reporters.

#include "benchmarks/suite.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "benchmark/benchmark.h"
#include "benchmarks/flags.h"
#include "benchmarks/machine.h"
#include "benchmarks/measure.h"
#include "benchmarks/plan.h"
#include "benchmarks/progress.h"
#include "benchmarks/quota.h"
#include "benchmarks/report.h"
#include "benchmarks/supervise.h"

namespace unpark::benchmarks {
namespace {

constexpr int kExitUsage = 2;

double Now() {
  auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

class SuiteRun {
 public:
  SuiteRun(const Suite& suite, std::string program, Flags flags,
           const std::vector<patterns::PairInfo>& pairs, std::vector<Row> rows, Commit commit)
      : suite_(suite),
        program_(std::move(program)),
        flags_(std::move(flags)),
        pairs_(pairs),
        rows_(std::move(rows)),
        commit_(std::move(commit)),
        seed_(flags_.seed.value_or(static_cast<std::uint64_t>(
            std::chrono::system_clock::now().time_since_epoch().count()))),
        progress_(stderr, isatty(STDERR_FILENO) != 0, Now),
        runner_(suite.runner(flags_)) {}

  // In the child process.
  int Go(Whereabouts* whereabouts) {
    InitializeGoogleBenchmark(program_, flags_);
    for (const auto& [key, value] : Context()) context_[key] = value;
    CheckAll(whereabouts);
    bool fit = std::ranges::all_of(rows_, [](const Row& row) { return row.error.empty(); });
    if (fit && !Interrupted()) TimeAll(whereabouts);
    progress_.End();
    if (Interrupted()) {
      Say("interrupted; nothing was written");
      return kExitInterrupted;
    }
    whereabouts->Leave();
    if (fit) return Write();
    Say("nothing was timed");
    return kExitFailed;
  }

 private:
  // Before anything is timed: a long run must not end with a wrong answer.
  void CheckAll(Whereabouts* whereabouts) {
    progress_.Begin(static_cast<int>(rows_.size()), 0);
    for (Row& row : rows_) {
      if (Interrupted()) return;
      progress_.Step("check " + row.name, 0);
      whereabouts->Enter("check of " + row.name);
      runner_->Check(&row);
      if (!row.error.empty()) Complain(FileOf(row) + row.name, row.error);
    }
    LeaveOutUnmeasured();
    records_.resize(rows_.size());
  }

  // "patterns/ex05_channel_counter/pair.cc: ", where the row's pair has a file.
  std::string FileOf(const Row& row) const {
    for (const patterns::PairInfo& pair : pairs_) {
      if (!row.IsCanary() && pair.name == row.test_case->pair) return pair.file + ": ";
    }
    return "";
  }

  void LeaveOutUnmeasured() {
    for (const Row& row : rows_) {
      if (row.not_measured.empty()) continue;
      progress_.End();
      Say(row.name + ": not measured here: " + row.not_measured);
      not_measured_[row.test_case->pair] = row.not_measured;
    }
    std::erase_if(rows_, [](const Row& row) { return !row.not_measured.empty(); });
  }

  void TimeAll(Whereabouts* whereabouts) {
    int rounds = flags_.Rounds();
    double expected = 0;
    for (const Row& row : rows_) expected += runner_->Expected(row) * rounds;
    progress_.Begin(static_cast<int>(rows_.size()) * rounds, expected);
    for (int round = 0; round < rounds; ++round) {
      std::string of = "round " + std::to_string(round + 1) + "/" + std::to_string(rounds) + " ";
      for (std::size_t i : RoundOrder(rows_, seed_, round, flags_.enable_random_interleaving)) {
        if (Interrupted()) return;
        progress_.Step(of + rows_[i].name, runner_->Expected(rows_[i]));
        whereabouts->Enter(of + rows_[i].name);
        TimeOne(i, round, rounds);
      }
    }
  }

  // A row that failed has one record with its error and is not run again.
  void TimeOne(std::size_t i, int round, int rounds) {
    if (!records_[i].empty() && records_[i].back().error_occurred) return;
    Run record = runner_->Time(rows_[i], round, rounds);
    record.family_index = static_cast<std::int64_t>(i);
    record.per_family_instance_index = 0;
    if (record.error_occurred) Complain(rows_[i].name, record.error_message);
    failed_ = failed_ || record.error_occurred;
    records_[i].push_back(std::move(record));
  }

  void Complain(const std::string& name, const std::string& what) {
    progress_.End();
    Say(name + ": " + what);
  }

  void Say(const std::string& what) const {
    std::fprintf(stderr, "%s: %s\n", suite_.name.c_str(), what.c_str());
  }

  std::map<std::string, std::string> Context() const {
    std::map<std::string, std::string> context = DescribeMachine();
    context["unpark_schema"] = "1";
    context["seed"] = std::to_string(seed_);
    context["policy"] = flags_.PolicyText();
    context["rounds"] = std::to_string(flags_.Rounds());
    context["size"] = flags_.full ? "full" : "core";
    if (!commit_.hash.empty()) context["git_commit"] = commit_.hash;
    if (!commit_.dirty.empty()) context["git_dirty"] = commit_.dirty;
    if (!commit_.time.empty()) context["git_time"] = commit_.time;
    for (const std::string& pair : flags_.context) {
      std::size_t equals = pair.find('=');
      context[pair.substr(0, equals)] = pair.substr(equals + 1);
    }
    for (const auto& [key, value] : suite_.context()) context[key] = value;
    return context;
  }

  // The pairs of the plan, those included whose rows could not be measured.
  void AddPairsToContext() {
    std::set<std::string> planned;
    for (const Row& row : rows_) {
      if (!row.IsCanary()) planned.insert(row.test_case->pair);
    }
    for (const patterns::PairInfo& pair : pairs_) {
      auto missing = not_measured_.find(pair.name);
      bool unmeasured = missing != not_measured_.end();
      if (!unmeasured && !planned.contains(pair.name)) continue;
      context_["pair." + pair.name] = PairContext(pair, unmeasured ? missing->second : "");
    }
  }

  int Write() {
    AddPairsToContext();
    for (const auto& [key, value] : context_) ::benchmark::AddCustomContext(key, value);
    bool display_aggregates = flags_.report_aggregates_only || flags_.display_aggregates_only;
    WriteRuns(flags_.format, records_, context_, display_aggregates, flags_, pairs_, &std::cout);
    if (!flags_.out.empty()) {
      std::stringstream content;
      WriteRuns(flags_.out_format, records_, context_, flags_.report_aggregates_only, flags_,
                pairs_, &content);
      std::string path = UserPath(flags_.out);
      std::string wrong = WriteAtomically(path, content.str());
      if (!wrong.empty()) {
        Say("cannot write the results: " + wrong);
        return kExitFailed;
      }
      Say("wrote " + path);
    }
    return failed_ ? kExitFailed : 0;
  }

  const Suite& suite_;
  std::string program_;
  Flags flags_;
  const std::vector<patterns::PairInfo>& pairs_;
  std::vector<Row> rows_;
  Commit commit_;
  std::uint64_t seed_;
  Progress progress_;
  std::unique_ptr<RowRunner> runner_;
  std::map<std::string, std::string> context_;
  std::map<std::string, std::string> not_measured_;  // by pair: why
  std::vector<std::vector<Run>> records_;            // by row, in the order of the rounds
  bool failed_ = false;
};

// Says why the results could not be written at the end, or nothing.
std::string CheckOutput(const Flags& flags, Commit* commit) {
  std::string wrong = FindCommit(WorkspaceDirectory(), flags.commit, commit);
  if (flags.out.empty()) return "";
  if (!wrong.empty()) return wrong;
  std::string why_not = WhyNotWritable(UserPath(flags.out));
  return why_not.empty() ? "" : "--benchmark_out='" + flags.out + "' cannot be written: " + why_not;
}

std::vector<CaseSource>& CaseSources() {
  static std::vector<CaseSource> sources;
  return sources;
}

}  // namespace

bool RegisterCases(CaseSource source) {
  CaseSources().push_back(source);
  return true;
}

int SuiteMain(const std::string& program, const std::vector<std::string>& arguments,
              const Suite& suite) {
  auto refuse = [&suite](const std::string& why) {
    std::fprintf(stderr, "%s: %s\n", suite.name.c_str(), why.c_str());
    return kExitUsage;
  };
  Flags flags;
  std::string wrong = ParseFlags(arguments, std::getenv, &flags);
  if (!wrong.empty()) return refuse(wrong);
  if (flags.help) {
    std::fputs(Usage().c_str(), stdout);
    return 0;
  }
  const std::vector<patterns::PairInfo>* pairs = nullptr;
  try {
    pairs = &suite.pairs();
  } catch (const patterns::PairError& error) {
    return refuse(error.what());
  }
  std::vector<Row> rows = MakePlan(*pairs, flags, ProcsOf(flags, CpuCount()));
  for (CaseSource source : CaseSources()) {
    if (flags.scenarios) break;  // they are none
    for (const patterns::Case& made : source()) rows.push_back(CaseRow(made, *made.procs));
  }
  std::size_t before = rows.size();
  if (Select(flags.filter, &rows) == 0) {
    return refuse("--benchmark_filter='" + flags.filter + "' matches none of " +
                  std::to_string(before) + " benchmarks (--benchmark_list_tests lists them)");
  }
  if (flags.list_tests) {
    for (const Row& row : rows) std::puts(row.name.c_str());
    return 0;
  }
  Commit commit;
  wrong = CheckOutput(flags, &commit);
  if (!wrong.empty()) return refuse(wrong);
  int status = Supervise(suite.name, flags.row_limit_seconds, [&](Whereabouts* whereabouts) {
    RemoveStaleQuotas();
    return SuiteRun(suite, program, flags, *pairs, rows, commit).Go(whereabouts);
  });
  RemoveStaleQuotas();  // of a child that crashed under its quota
  return status;
}

}  // namespace unpark::benchmarks
