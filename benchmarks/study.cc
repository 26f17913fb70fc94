// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Times a pair's rows in many short rounds, and tells what came out beside what is claimed.

#include "benchmarks/study.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include "benchmarks/command.h"
#include "benchmarks/flags.h"
#include "benchmarks/go_reference.h"
#include "benchmarks/json.h"
#include "benchmarks/machine.h"
#include "benchmarks/measure.h"
#include "benchmarks/plan.h"
#include "benchmarks/progress.h"
#include "benchmarks/quota.h"
#include "benchmarks/ratio.h"
#include "benchmarks/supervise.h"
#include "benchmarks/sweep.h"

namespace unpark::benchmarks {
namespace {

using patterns::PairInfo;
using Run = ::benchmark::BenchmarkReporter::Run;

constexpr int kExitUsage = 2;
constexpr int kRounds = 11;  // the interval then is from the second smallest to the second largest

constexpr char kUsage[] =
    "Usage: bazel run //benchmarks:study -- EXERCISE [FLAGS]\n"
    "  EXERCISE         a number (5), a name (channel_counter) or a slug (ex05_channel_counter)\n"
    "  --list           the exercises, and nothing else\n"
    "  --source         print before and after first\n"
    "  --sweep          move the parameter that decides whether the after pays\n"
    "  --figure=FILE    with --sweep: draw it as well, as .svg or .png\n"
    "  --go             time the same in Go, too, where it is installed\n"
    "  --seconds=N      how long to measure; default 5\n"
    "  --procs=N        the runtime's procs; default: the machine's CPUs\n"
    "  --workload=NAME  one of the pair's workloads; default: the first\n"
    "  --json           the result, or with --list the list, for machines\n"
    "Exit status: 0; 2 bad arguments; 3 a wrong answer or a crash; 130 interrupted.\n";

struct Request {
  std::string exercise;
  bool list = false, source = false, json = false, help = false, sweep = false, go = false;
  std::string figure;
  double seconds = 5;
  int procs = 0;
  std::string workload;
};

template <typename Number>
bool ParseNumber(const std::string& text, Number low, Number high, Number* number) {
  auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
  return error == std::errc() && stop == text.data() + text.size() && *number >= low &&
         *number <= high;
}

std::string ParseArgument(const std::string& argument, Request* request) {
  auto value_of = [&argument](const char* flag) -> std::optional<std::string> {
    std::string prefix = std::string(flag) + "=";
    if (!argument.starts_with(prefix)) return std::nullopt;
    return argument.substr(prefix.size());
  };
  if (argument == "--list") return request->list = true, "";
  if (argument == "--source") return request->source = true, "";
  if (argument == "--sweep") return request->sweep = true, "";
  if (argument == "--go") return request->go = true, "";
  if (auto value = value_of("--figure")) {
    if (value->ends_with(".svg") || value->ends_with(".png")) return request->figure = *value, "";
    return "--figure='" + *value + "' is neither .svg nor .png";
  }
  if (argument == "--json") return request->json = true, "";
  if (argument == "--help") return request->help = true, "";
  if (auto value = value_of("--workload")) return request->workload = *value, "";
  if (auto value = value_of("--seconds")) {
    if (ParseNumber(*value, 0.01, 3600.0, &request->seconds)) return "";
    return "--seconds='" + *value + "' is not a number from 0.01 to 3600";
  }
  if (auto value = value_of("--procs")) {
    if (ParseNumber(*value, 1, 1024, &request->procs)) return "";
    return "--procs='" + *value + "' is not a number from 1 to 1024";
  }
  if (argument.starts_with("-")) return "unknown flag " + argument + " (--help lists the flags)";
  if (!request->exercise.empty()) {
    return "one exercise at a time: " + request->exercise + " or " + argument;
  }
  request->exercise = argument;
  return "";
}

// Edits (one character put in, left out or changed) from one text to the other.
std::size_t Distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      std::size_t change = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, change});
    }
  }
  return row[b.size()];
}

// One row's results over the rounds.
struct Measured {
  const Row* row = nullptr;
  std::vector<Run> rounds;

  // A counter's value in each round; empty: the row does not have it.
  std::vector<double> Values(const std::string& counter) const {
    std::vector<double> values;
    for (const Run& run : rounds) {
      auto found = run.counters.find(counter);
      if (found != run.counters.end()) values.push_back(found->second.value);
    }
    return values;
  }
  double Median(const std::string& counter) const {
    std::vector<double> values = Values(counter);
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
  }
  const std::string& variant() const { return row->test_case->variant; }
  bool wrong_on_purpose() const { return row->test_case->wrong_on_purpose; }
};

std::string Figure(double value) {
  char text[32];
  if (value != 0 && value < 0.001) return "<0.001";
  int digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
  std::snprintf(text, sizeof text, "%.*f", value == 0 ? 0 : digits, value);
  return text;
}

// What a pair is compared by: where both sides time requests one by one, their slowest hundredth.
std::string MetricOf(const Measured& before, const Measured& after) {
  bool latencies = !before.Values("p99_ns").empty() && !after.Values("p99_ns").empty();
  return latencies ? "p99_ns" : "ns_per_op";
}

class Report {
 public:
  Report(const PairInfo& pair, std::vector<Measured> measured)
      : pair_(pair), measured_(std::move(measured)) {
    for (const Measured& m : measured_) {
      if (m.variant() == "before") before_ = &m;
      if (m.variant() == "after") after_ = &m;
    }
    metric_ = MetricOf(*before_, *after_);
  }

  void Print(std::ostream& out) const {
    PrintTimes(out);
    PrintEvents(out);
    out << "\nVerdict: " << VerdictText() << "\n";
  }

  void PrintJson(std::ostream& out) const {
    out << "{\"exercise\":" << pair_.exercise << ",\"pair\":" << JsonText(pair_.name)
        << ",\"claim\":" << JsonNumber(pair_.claim.ratio) << ",\"metric\":" << JsonText(metric_)
        << ",\"verdict\":" << JsonText(VerdictText())
        << ",\"workload\":" << JsonText(before_->row->test_case->workload)
        << ",\"workloads\":" << CoreWorkloads() << ",\"variants\":";
    PrintVariants(out);
  }

  void PrintVariants(std::ostream& out) const {
    out << "[";
    for (const Measured& m : measured_) {
      if (&m != &measured_.front()) out << ",";
      RatioInterval ratio = RatioTo(m);
      out << "{\"name\":" << JsonText(m.row->name)
          << ",\"ns_per_op\":" << JsonNumber(m.Median("ns_per_op"))
          << ",\"allocs_per_op\":" << JsonNumber(m.Median("allocs_per_op"));
      if (metric_ == "p99_ns") out << ",\"p99_ns\":" << JsonNumber(m.Median("p99_ns"));
      if (!m.wrong_on_purpose() && !before_->wrong_on_purpose()) {
        out << ",\"ratio\":" << JsonNumber(ratio.ratio) << ",\"low\":" << JsonNumber(ratio.low)
            << ",\"high\":" << JsonNumber(ratio.high);
      }
      out << ",\"events\":{";
      bool first = true;
      for (const std::string& event : Events()) {
        out << (first ? "" : ",") << JsonText(event) << ":" << JsonNumber(m.Median("ev." + event));
        first = false;
      }
      out << "}}";
    }
    out << "]";
  }

  void PrintTimes(std::ostream& out) const {
    const Row& row = *before_->row;
    out << "\n"
        << row.test_case->workload << ", " << before_->rounds.size()
        << " interleaved rounds, median of each\n\n";
    char line[160];
    std::snprintf(line, sizeof line, "  %-14s %5s %12s %12s %10s  %s\n", "variant", "procs",
                  "ns/op", metric_ == "p99_ns" ? "p99 ns" : "cpu ns/op", "allocs/op",
                  "before / variant [95 % interval]");
    out << line;
    for (const Measured& m : measured_) {
      std::snprintf(line, sizeof line, "  %-14s %5d %12s %12s %10s  %s\n", m.variant().c_str(),
                    m.row->procs, Figure(m.Median("ns_per_op")).c_str(),
                    Figure(m.Median(metric_ == "p99_ns" ? "p99_ns" : "cpu_ns_per_op")).c_str(),
                    Figure(m.Median("allocs_per_op")).c_str(), Comparison(m).c_str());
      out << line;
    }
    for (const Measured& m : measured_) {
      if (m.wrong_on_purpose()) {
        out << "  " << m.variant() << " is wrong: " << m.row->test_case->wrong_why << "\n";
      }
    }
  }

 private:
  RatioInterval RatioTo(const Measured& m) const {
    return PairedRatio(before_->Values(metric_), m.Values(metric_));
  }

  // Those that are not for the full sizes alone, as a JSON array.
  std::string CoreWorkloads() const {
    std::string text;
    for (const patterns::Case& c : pair_.cases) {
      if (c.variant != "before" || c.full_only) continue;
      text += (text.empty() ? "[" : ",") + JsonText(c.workload);
    }
    return text + "]";
  }

  std::string Comparison(const Measured& m) const {
    if (m.wrong_on_purpose()) return "wrong on purpose";
    if (before_->wrong_on_purpose() || &m == before_) return "";
    RatioInterval ratio = RatioTo(m);
    return RatioText(ratio.ratio) + " [" + RatioText(ratio.low) + ", " + RatioText(ratio.high) +
           "]";
  }

  // Events that happen at least once in a thousand operations somewhere, and those of the
  // signature; parks by reason only where there is more than one reason.
  std::vector<std::string> Events() const {
    std::vector<std::string> events;
    for (const auto& [counter, value] : before_->rounds.front().counters) {
      if (!counter.starts_with("ev.")) continue;
      std::string event = counter.substr(3);
      bool in_signature = std::any_of(pair_.signature.begin(), pair_.signature.end(),
                                      [&](const auto& expect) { return expect.counter == event; });
      bool happens = std::any_of(
          measured_.begin(), measured_.end(),
          [&counter = counter](const Measured& m) { return m.Median(counter) >= 0.001; });
      if (happens || in_signature) events.push_back(event);
    }
    return events;
  }

  void PrintEvents(std::ostream& out) const {
    char cell[64];
    std::snprintf(cell, sizeof cell, "\n  %-24s", "events per operation");
    out << cell;
    for (const Measured& m : measured_) {
      std::snprintf(cell, sizeof cell, " %12s", m.variant().c_str());
      out << cell;
    }
    out << "\n";
    for (const std::string& event : Events()) {
      std::snprintf(cell, sizeof cell, "  %-24s", event.c_str());
      out << cell;
      for (const Measured& m : measured_) {
        std::snprintf(cell, sizeof cell, " %12s", Figure(m.Median("ev." + event)).c_str());
        out << cell;
      }
      out << "\n";
    }
  }

  // Per operation; `counter` is a signature's.
  static double CountOf(const Measured& m, const std::string& counter) {
    return m.Median(counter == "allocs_per_op" ? counter : "ev." + counter);
  }

  // Why the ratio is not the claimed one, as far as the events tell.
  std::string Because() const {
    if (pair_.signature.empty()) return "no event of the scheduler tells the sides apart here";
    std::vector<patterns::Expect> expected = pair_.signature;
    std::erase_if(expected, [this](const patterns::Expect& expect) {
      return !expect.workload.empty() && expect.workload != before_->row->test_case->workload;
    });
    if (expected.empty()) return "the claim's event shows with " + pair_.signature[0].workload;
    for (const patterns::Expect& expect : expected) {
      double before = CountOf(*before_, expect.counter);
      double after = CountOf(*after_, expect.counter);
      if (before < expect.before_at_least) {
        return "the before has only " + Figure(before) + " " + expect.counter +
               " per operation here, not " + Figure(expect.before_at_least);
      }
      if (after > expect.after_at_most) {
        return "the after still has " + Figure(after) + " " + expect.counter + " per operation";
      }
    }
    const patterns::Expect& first = expected.front();
    double events = CountOf(*before_, first.counter) - CountOf(*after_, first.counter);
    double saved = before_->Median("ns_per_op") - after_->Median("ns_per_op");
    std::string counts = first.counter + " falls from " + Figure(CountOf(*before_, first.counter)) +
                         " to " + Figure(CountOf(*after_, first.counter)) + " per operation";
    if (saved <= 0) return counts + ", but what replaces them costs as much";
    return counts + ", but that saves only " + Figure(saved / events) + " ns each";
  }

  std::string VerdictText() const {
    if (before_->wrong_on_purpose()) {
      return "the before is wrong, so its time is not compared: " +
             before_->row->test_case->wrong_why;
    }
    RatioInterval measured = RatioTo(*after_);
    std::string claim = RatioText(pair_.claim.ratio) + " claimed, " + RatioText(measured.ratio) +
                        " measured" + (metric_ == "p99_ns" ? " (p99)" : "");
    switch (Judge(pair_.claim.ratio, measured)) {
      case Verdict::kNoFigure:
        return "no figure is claimed; measured: " + RatioText(measured.ratio) +
               (metric_ == "p99_ns" ? " (p99)" : "");
      case Verdict::kReproduces:
        return "reproduces: " + claim;
      case Verdict::kWeaker:
        return "weaker here: " + claim + ", because " + Because();
      case Verdict::kDoesNot:
        return "does not reproduce: " + claim + ", because " + Because();
    }
    std::abort();
  }

  const PairInfo& pair_;
  std::vector<Measured> measured_;
  const Measured* before_ = nullptr;
  const Measured* after_ = nullptr;
  std::string metric_;
};

// Times rows in interleaved rounds, with a progress line.
class StudyRun {
 public:
  StudyRun(std::vector<Row> rows, int rounds)
      : rows_(std::move(rows)), rounds_(rounds), progress_(stderr, isatty(STDERR_FILENO) != 0, [] {
          auto now = std::chrono::steady_clock::now().time_since_epoch();
          return std::chrono::duration<double>(now).count();
        }) {}

  // In the child process. Returns 0 with the results, or the exit status.
  int Go(RowRunner* runner, Whereabouts* whereabouts, std::vector<Measured>* measured) {
    progress_.Begin(static_cast<int>(rows_.size()), 0);
    for (Row& row : rows_) {
      if (Interrupted()) return EndInterrupted();
      progress_.Step("check " + row.name, 0);
      whereabouts->Enter("check of " + row.name);
      runner->Check(&row);
      if (!row.not_measured.empty())
        return Fail(row.name + ": not measured here: " + row.not_measured);
      if (!row.error.empty()) return Fail(row.name + ": " + row.error);
    }
    for (const Row& row : rows_) measured->push_back({&row, {}});
    std::string wrong = TimeAll(runner, whereabouts, measured);
    if (Interrupted()) return EndInterrupted();
    if (!wrong.empty()) return Fail(wrong);
    progress_.End();
    whereabouts->Leave();
    return 0;
  }

 private:
  // Returns what went wrong.
  std::string TimeAll(RowRunner* runner, Whereabouts* whereabouts,
                      std::vector<Measured>* measured) {
    double expected = 0;
    for (const Row& row : rows_) expected += runner->Expected(row) * rounds_;
    progress_.Begin(rounds_ * static_cast<int>(rows_.size()), expected);
    constexpr std::uint64_t kSeed = 1;
    for (int round = 0; round < rounds_; ++round) {
      for (std::size_t i : RoundOrder(rows_, kSeed, round, true)) {
        if (Interrupted()) return "";
        progress_.Step(rows_[i].name, runner->Expected(rows_[i]));
        whereabouts->Enter(rows_[i].name);
        Run run = runner->Time(rows_[i], round, rounds_);
        if (run.error_occurred) return rows_[i].name + ": " + run.error_message;
        (*measured)[i].rounds.push_back(std::move(run));
      }
    }
    return "";
  }

  int Fail(const std::string& what) {
    progress_.End();
    std::fprintf(stderr, "study: %s\n", what.c_str());
    return kExitFailed;
  }

  int EndInterrupted() {
    progress_.End();
    std::fprintf(stderr, "study: interrupted\n");
    return kExitInterrupted;
  }

  std::vector<Row> rows_;
  const int rounds_;
  Progress progress_;
};

// How long each row's timed loop takes, so that all rounds of all rows take `seconds`.
Flags FlagsOf(double seconds, int rounds, std::size_t rows) {
  Flags flags;
  flags.min_time = seconds / (rounds * static_cast<double>(rows));
  return flags;
}

void PrintListAsJson(const std::vector<PairInfo>& pairs) {
  const char* before = "[";
  for (const PairInfo& pair : pairs) {
    std::cout << before << "{\"exercise\":" << pair.exercise << ",\"pair\":" << JsonText(pair.name)
              << ",\"tier\":" << JsonText(pair.tier) << ",\"lesson\":" << JsonText(pair.lesson)
              << ",\"claim\":" << JsonNumber(pair.claim.ratio) << "}";
    before = ",\n";
  }
  std::cout << "]" << std::endl;
}

void PrintList(const std::vector<PairInfo>& pairs) {
  for (const PairInfo& pair : pairs) {
    std::printf("%3d  %-24s %-10s %s\n", pair.exercise, pair.name.c_str(), pair.tier.c_str(),
                pair.lesson.c_str());
  }
}

void PrintLesson(const PairInfo& pair) {
  std::printf("%s %d: %s\n\n", pair.on_request ? "Scenario" : "Exercise", pair.exercise,
              pair.name.c_str());
  std::printf("  Lesson:           %s\n", pair.lesson.c_str());
  std::printf("  Claim:            %s\n", pair.claim.text.c_str());
  std::printf("  Premature below:  %s\n", pair.premature_below.c_str());
  std::printf("  More:             %s\n\n", pair.readme.c_str());
  std::fflush(stdout);
}

// Returns what is missing.
std::string PrintSources(const PairInfo& pair) {
  for (const char* side : {"before.h", "after.h"}) {
    std::filesystem::path path = std::filesystem::path(pair.file).parent_path() / side;
    std::ifstream file(std::filesystem::path(WorkspaceDirectory()) / path);
    if (!file) return path.string() + ": cannot be read in " + WorkspaceDirectory();
    std::cout << "---- " << path.string() << "\n" << file.rdbuf() << "\n";
  }
  std::cout.flush();
  return "";
}

int Refuse(const std::string& why) {
  std::fprintf(stderr, "study: %s\n", why.c_str());
  return kExitUsage;
}

// The rows of the one workload that is studied.
std::vector<Row> RowsOf(const PairInfo& pair, const Request& request, std::string* wrong) {
  std::string workload = request.workload;
  if (workload.empty()) workload = pair.cases.front().workload;
  std::vector<Row> rows;
  int procs = request.procs > 0 ? request.procs : CpuCount();
  for (const patterns::Case& test_case : pair.cases) {
    if (test_case.workload == workload) rows.push_back(CaseRow(test_case, procs));
  }
  if (rows.empty()) {
    *wrong = "--workload='" + workload + "' is none of";
    for (const std::string& name : pair.workloads) *wrong += " " + name;
  }
  return rows;
}

// The same side by side in Go.
struct GoSide {
  GoBenchmarks benchmarks;
  std::vector<PairInfo> pairs;  // the one that is studied
  std::vector<Row> rows;

  // Throws patterns::PairError.
  GoSide(const std::vector<PairInfo>& known, const PairInfo& pair, const Request& request)
      : pairs(benchmarks.Pairs(known)) {
    std::erase_if(pairs, [&pair](const PairInfo& other) { return other.name != pair.name; });
    if (pairs.empty()) throw patterns::PairError("there is no " + pair.name + " in Go");
    std::string wrong;
    rows = RowsOf(pairs.front(), request, &wrong);
    if (!wrong.empty()) throw patterns::PairError("in Go " + wrong);
  }
};

// In the child process: our side, then Go's, then what came out.
int StudyPair(const PairInfo& pair, const Request& request, std::vector<Row> rows, const GoSide* go,
              Whereabouts* whereabouts) {
  const Flags flags = FlagsOf(request.seconds, kRounds, rows.size());
  RuntimeRunner runner(flags);
  StudyRun ours(std::move(rows), kRounds);
  std::vector<Measured> measured;
  if (int status = ours.Go(&runner, whereabouts, &measured)) return status;
  Report report(pair, std::move(measured));
  std::optional<StudyRun> gos;
  std::optional<Report> in_go;
  if (go != nullptr) {
    constexpr double kStretch = 2.5;  // Go looks for its number of iterations in steps
    auto go_runner =
        go->benchmarks.Runner(FlagsOf(request.seconds / kStretch, kRounds, go->rows.size()));
    std::vector<Measured> go_measured;
    gos.emplace(go->rows, kRounds);
    if (int status = gos->Go(go_runner.get(), whereabouts, &go_measured)) return status;
    in_go.emplace(pair, std::move(go_measured));
  }
  if (request.json) {
    report.PrintJson(std::cout);
    if (in_go) {
      std::cout << ",\"go\":{\"version\":" << JsonText(go->benchmarks.version())
                << ",\"variants\":";
      in_go->PrintVariants(std::cout);
      std::cout << "}";
    }
    std::cout << "}\n";
  } else {
    report.Print(std::cout);
    if (in_go) {
      std::cout << "\n" << go->benchmarks.version() << "\n";
      in_go->PrintTimes(std::cout);
    }
  }
  std::cout.flush();
  return 0;
}

std::vector<SweepPoint> PointsOf(const PairInfo& pair, const std::vector<Measured>& measured,
                                 const std::string& metric) {
  std::vector<SweepPoint> points;
  for (std::size_t i = 0; i < pair.sweep.values.size(); ++i) {
    const Measured &before = measured[2 * i], &after = measured[2 * i + 1];
    points.push_back(
        {.value = pair.sweep.values[i],
         .before_ns = before.Median(metric),
         .after_ns = after.Median(metric),
         .saved_cpu_ns = before.Median("cpu_ns_per_op") - after.Median("cpu_ns_per_op"),
         .ratio = PairedRatio(before.Values(metric), after.Values(metric))});
  }
  return points;
}

// Has the program beside this one draw the sweep.
int DrawSweep(const std::string& program, const std::string& json, const std::string& figure) {
  std::error_code error;
  std::filesystem::path tool =
      std::filesystem::absolute(program + ".runfiles/unpark/benchmarks/sweep_figure", error);
  // Under `bazel run` the program starts in its own runfiles.
  if (!std::filesystem::exists(tool, error)) tool = "benchmarks/sweep_figure";
  CommandResult drawn = RunCommand(".", {tool.string(), json, UserPath(figure)});
  if (drawn.status == 0) {
    std::fprintf(stderr, "study: wrote %s\n", UserPath(figure).c_str());
    return 0;
  }
  std::fprintf(
      stderr, "study: --figure: %s: %s\n", tool.c_str(),
      drawn.status == 127 ? "there is no such program; use bazel run" : drawn.Reason().c_str());
  return kExitUsage;
}

// In the child process.
int StudySweep(const std::string& program, const PairInfo& pair, const Request& request,
               Whereabouts* whereabouts) {
  std::vector<Row> rows;
  int procs = request.procs > 0 ? request.procs : CpuCount();
  for (const patterns::Case& test_case : pair.sweep.cases) {
    rows.push_back(CaseRow(test_case, procs));
  }
  RuntimeRunner runner(FlagsOf(request.seconds, kRounds, rows.size()));
  StudyRun run(std::move(rows), kRounds);
  std::vector<Measured> measured;
  if (int status = run.Go(&runner, whereabouts, &measured)) return status;
  const std::string metric = MetricOf(measured[0], measured[1]);
  const std::vector<SweepPoint> points = PointsOf(pair, measured, metric);
  const std::string json = SweepJson(pair, metric, points);
  if (request.json) {
    std::cout << json;
  } else {
    PrintSweep(pair, metric, points, std::cout);
  }
  std::cout.flush();
  return request.figure.empty() ? 0 : DrawSweep(program, json, request.figure);
}

int Study(const std::string& program, const std::vector<PairInfo>& known, const PairInfo& pair,
          const Request& request) {
  std::string wrong;
  std::vector<Row> rows = RowsOf(pair, request, &wrong);
  if (!wrong.empty()) return Refuse(wrong);
  if (request.sweep && pair.sweep.values.empty()) {
    return Refuse("--sweep: no parameter decides whether " + pair.name +
                  " pays; premature below: " + pair.premature_below);
  }
  if (!request.figure.empty() && !request.sweep) return Refuse("--figure goes with --sweep");
  if (request.source && request.json) return Refuse("--source does not go with --json");
  if (request.go && request.sweep) return Refuse("--go does not go with --sweep");
  std::optional<GoSide> go;
  try {
    if (request.go) go.emplace(known, pair, request);
  } catch (const patterns::PairError& error) {
    return Refuse(std::string("--go: ") + error.what());
  }
  if (!request.json) PrintLesson(pair);
  if (request.source) wrong = PrintSources(pair);
  if (!wrong.empty()) return Refuse(wrong);
  constexpr int kLimitSeconds = 300;
  int status = Supervise("study", kLimitSeconds, [&](Whereabouts* whereabouts) {
    RemoveStaleQuotas();
    InitializeGoogleBenchmark(program, Flags());
    if (request.sweep) return StudySweep(program, pair, request, whereabouts);
    return StudyPair(pair, request, rows, go ? &*go : nullptr, whereabouts);
  });
  RemoveStaleQuotas();
  return status;
}

}  // namespace

const PairInfo* FindPair(const std::string& text, const std::vector<PairInfo>& pairs,
                         std::string* wrong) {
  int number = 0;
  bool is_number = ParseNumber(text, 0, 1'000'000, &number);
  const PairInfo* nearest = nullptr;
  std::size_t nearest_distance = 0;
  for (const PairInfo& pair : pairs) {
    if ((is_number && pair.exercise == number) || pair.name == text || pair.slug == text) {
      return &pair;
    }
    auto steps = static_cast<std::size_t>(std::abs(pair.exercise - number));
    std::size_t distance =
        is_number ? steps : std::min(Distance(text, pair.name), Distance(text, pair.slug));
    if (nearest == nullptr || distance < nearest_distance) {
      nearest = &pair;
      nearest_distance = distance;
    }
  }
  *wrong = "there is no exercise '" + text + "'";
  if (nearest != nullptr) {
    *wrong += "; the nearest is " + std::to_string(nearest->exercise) + ", " + nearest->name +
              " (--list shows all)";
  }
  return nullptr;
}

int StudyMain(const std::string& program, const std::vector<std::string>& arguments,
              const std::function<const std::vector<PairInfo>&()>& source) {
  Request request;
  for (const std::string& argument : arguments) {
    std::string wrong = ParseArgument(argument, &request);
    if (!wrong.empty()) return Refuse(wrong);
  }
  if (request.help) return std::fputs(kUsage, stdout), 0;
  const std::vector<PairInfo>* pairs = nullptr;
  try {
    pairs = &source();
  } catch (const patterns::PairError& error) {
    return Refuse(error.what());
  }
  if (request.list) return request.json ? PrintListAsJson(*pairs) : PrintList(*pairs), 0;
  if (request.exercise.empty()) return Refuse("which exercise? --list shows them");
  std::string wrong;
  const PairInfo* pair = FindPair(request.exercise, *pairs, &wrong);
  return pair == nullptr ? Refuse(wrong) : Study(program, *pairs, *pair, request);
}

}  // namespace unpark::benchmarks
