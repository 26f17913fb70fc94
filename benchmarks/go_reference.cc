// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Each row is a process of its own, so that it has its GOMAXPROCS and its quota from the start.

#include "benchmarks/go_reference.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <utility>

#include "benchmarks/command.h"
#include "benchmarks/machine.h"
#include "benchmarks/measure.h"
#include "benchmarks/quota.h"
#include "benchmarks/suite.h"
#include "benchmarks/text.h"

namespace unpark::benchmarks {
namespace {

namespace fs = std::filesystem;
using patterns::Case;
using patterns::PairError;
using patterns::PairInfo;
using Run = ::benchmark::BenchmarkReporter::Run;

constexpr int kLeastMinor = 23;
constexpr char kInstall[] =
    "install Go 1.23 or later (https://go.dev/doc/install) and put go on PATH";

// "^BenchmarkRow$/^pair$/^variant$/^producers:8$"
std::string Pattern(const Case& c) {
  std::string pattern = "^BenchmarkRow$";
  for (const std::string& part : {c.pair, c.variant, c.workload}) {
    pattern += "/^";
    for (char character : part) {
      if (character == '.') pattern += '\\';
      pattern += character;
    }
    pattern += "$";
  }
  return pattern;
}

class GoRunner final : public RowRunner {
 public:
  GoRunner(const Flags& flags, std::string binary)
      : canaries_(flags), flags_(flags), binary_(std::move(binary)) {}

  // Go's own benchmark function checks the row before and after it times it.
  void Check(Row* row) override {
    if (row->IsCanary()) return canaries_.Check(row);
    if (row->test_case->cpu_quota) row->not_measured = CpuQuota::WhyNot();
  }

  Run Time(const Row& row, int round, int rounds) override {
    if (row.IsCanary()) return canaries_.Time(row, round, rounds);
    Run run;
    std::string wrong = RunRow(row, &run);
    run.error_occurred = !wrong.empty();
    run.error_message = wrong;
    CompleteRecord(row, round, rounds, &run);
    return run;
  }

  // Go finds the iterations by itself, in steps.
  double Expected(const Row& row) const override {
    return row.IsCanary() ? canaries_.Expected(row) : 2.5 * MinTime(row);
  }

 private:
  // Under a quota a row must last several of the kernel's periods of 100 ms.
  double MinTime(const Row& row) const {
    return row.test_case->cpu_quota ? std::max(flags_.min_time, 0.3) : flags_.min_time;
  }

  std::string RunRow(const Row& row, Run* run) const {
    std::unique_ptr<CpuQuota> quota;
    std::string why_not;
    if (row.test_case->cpu_quota) {
      quota = CpuQuota::Impose(*row.test_case->cpu_quota, &why_not);
      if (quota == nullptr) return why_not;
    }
    CommandResult result =
        RunCommand(".", {binary_, "-test.run=^$", "-test.bench=" + Pattern(*row.test_case),
                         "-test.benchtime=" + std::to_string(MinTime(row)) + "s",
                         "-test.cpu=" + std::to_string(row.procs),
                         "-test.timeout=" + std::to_string(flags_.row_limit_seconds) + "s"});
    if (result.status != 0) {
      return "the Go benchmark ended with status " + std::to_string(result.status) + ": " +
             (result.error.empty() ? result.output : result.Reason());
    }
    return ReadBenchmarkLine(result.output, row, run);
  }

  RuntimeRunner canaries_;
  Flags flags_;
  std::string binary_;
};

Case CaseFromLine(const std::string& line) {
  std::vector<std::string> fields = Split(line, '\t');
  Case made;
  if (fields.size() == 8) made.operations = std::atoll(fields[3].c_str());
  if (made.operations < 1)
    throw PairError("the Go benchmarks list '" + line + "', which is no row");
  made.pair = fields[0];
  made.variant = fields[1];
  made.workload = fields[2];
  if (int procs = std::atoi(fields[4].c_str())) made.procs = procs;
  if (double quota = std::atof(fields[5].c_str())) made.cpu_quota = quota;
  made.full_only = fields[6] == "true";
  made.wrong_on_purpose = fields[7] == "true";
  return made;
}

}  // namespace

GoBenchmarks::GoBenchmarks() {
  const std::map<std::string, std::string> kOffline = {{"GOTOOLCHAIN", "local"},
                                                       {"CGO_ENABLED", "1"}};
  CommandResult version = RunCommand(".", {"go", "version"}, kOffline);
  std::string why_not = version.status == 127 ? std::string("there is no go on PATH: ") + kInstall
                                              : WhyNotGo(version.output);
  if (!why_not.empty()) throw PairError(why_not);
  version_ = version.output;

  std::string pattern = fs::temp_directory_path() / "unpark-go-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) {
    throw PairError(pattern + ": cannot make such a folder: " + std::strerror(errno));
  }
  folder_ = {new fs::path(pattern), [](fs::path* folder) {
               std::error_code ignored;
               fs::remove_all(*folder, ignored);
               delete folder;
             }};
  std::string sources = (fs::path(WorkspaceDirectory()) / "benchmarks" / "go").string();
  CommandResult build = RunCommand(sources, {"go", "test", "-c", "-o", Binary(), "."}, kOffline);
  if (build.status != 0) throw PairError("go test -c in " + sources + ": " + build.Reason());
  CommandResult list = RunCommand(".", {Binary(), "-unpark.list"});
  if (list.status != 0) throw PairError("the Go benchmarks: " + list.Reason());
  list_ = list.output;
}

std::string GoBenchmarks::Binary() const { return (*folder_ / "rows").string(); }

std::vector<PairInfo> GoBenchmarks::Pairs(const std::vector<PairInfo>& known) const {
  return PairsFromList(list_, known);
}

std::unique_ptr<RowRunner> GoBenchmarks::Runner(const Flags& flags) const {
  return std::make_unique<GoRunner>(flags, Binary());
}

std::map<std::string, std::string> GoBenchmarks::Context() const {
  // Another policy than any of Unpark's: the dashboard keeps the histories apart.
  return {{"policy", "go"},
          {"go_version", version_},
          {"build_id", HashFile(Binary())},
          {"compiler", version_},
          {"compiler_flags", "go test -c"}};
}

std::string WhyNotGo(const std::string& version) {
  int major = 0, minor = 0;
  bool read = std::sscanf(version.c_str(), "go version go%d.%d", &major, &minor) == 2;
  if (read && (major > 1 || minor >= kLeastMinor)) return "";
  return "'" + version + "' is too old: " + kInstall;
}

std::vector<PairInfo> PairsFromList(const std::string& list, const std::vector<PairInfo>& known) {
  std::vector<PairInfo> pairs;
  for (const std::string& line : Split(list, '\n')) {
    Case made = CaseFromLine(line);
    if (pairs.empty() || pairs.back().name != made.pair) {
      auto found = std::find_if(known.begin(), known.end(),
                                [&](const PairInfo& pair) { return pair.name == made.pair; });
      if (found == known.end()) {
        throw PairError("the Go benchmarks list the pair " + made.pair + ", which is unknown");
      }
      pairs.push_back(*found);
      pairs.back().cases.clear();
    }
    pairs.back().cases.push_back(std::move(made));
  }
  return pairs;
}

std::string ReadBenchmarkLine(const std::string& output, const Row& row, Run* run) {
  const std::string start = "BenchmarkRow/" + row.test_case->pair + "/" + row.test_case->variant +
                            "/" + row.test_case->workload;
  for (const std::string& line : Split(output, '\n')) {
    // NAME-PROCS ITERATIONS VALUE UNIT VALUE UNIT ...
    std::stringstream words(line);
    std::string name;
    double ns = -1;
    if (!(words >> name >> run->iterations) || !name.starts_with(start)) continue;
    double operations = static_cast<double>(row.Operations());
    std::string unit;
    for (double value; words >> value >> unit;) {
      if (unit == "ns/op") {
        ns = value;
      } else if (unit == "cpu_ns") {
        run->cpu_accumulated_time = value * 1e-9 * static_cast<double>(run->iterations);
      } else if (unit == "B/op") {
        run->counters["alloc_bytes_per_op"] = value / operations;
      } else if (unit == "allocs/op") {
        run->counters["allocs_per_op"] = value / operations;
      } else {
        run->counters[unit] = value;  // p50_ns, p99_ns, fig.*
      }
    }
    if (ns < 0 || run->iterations < 1) return "go test printed '" + line + "', without ns/op";
    run->real_accumulated_time = ns * 1e-9 * static_cast<double>(run->iterations);
    if (row.test_case->wrong_on_purpose) run->counters["wrong_on_purpose"] = 1;
    return "";
  }
  return "go test printed no line for " + start;
}

int GoReferenceMain(const std::string& program, const std::vector<std::string>& arguments,
                    const std::vector<PairInfo>& (*known)()) {
  for (const std::string& argument : arguments) {
    if (argument.starts_with("--policy")) {
      std::fprintf(stderr, "go_reference: %s is of Unpark's runtime, not of Go's\n",
                   argument.c_str());
      return 2;
    }
  }
  std::optional<GoBenchmarks> go;
  std::vector<PairInfo> pairs;
  Suite suite;
  suite.name = "go_reference";
  suite.pairs = [&]() -> const std::vector<PairInfo>& {
    return pairs = go.emplace().Pairs(known());
  };
  suite.runner = [&](const Flags& flags) { return go->Runner(flags); };
  suite.context = [&] { return go->Context(); };
  return SuiteMain(program, arguments, suite);
}

}  // namespace unpark::benchmarks
