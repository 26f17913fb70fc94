// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Aggregates, the three formats, and the atomic file.

#include "benchmarks/report.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <memory>
#include <numeric>
#include <set>
#include <utility>

#include "benchmarks/json.h"

namespace unpark::benchmarks {
namespace {

namespace fs = std::filesystem;

using ::benchmark::BenchmarkReporter;
using ::benchmark::ConsoleReporter;
using ::benchmark::StatisticUnit;

double Mean(const std::vector<double>& v) {
  return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
}

double Median(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  std::size_t middle = v.size() / 2;
  return v.size() % 2 == 1 ? v[middle] : (v[middle - 1] + v[middle]) / 2;
}

double StdDev(const std::vector<double>& v) {
  double mean = Mean(v);
  double squares = 0;
  for (double x : v) squares += (x - mean) * (x - mean);
  return std::sqrt(squares / static_cast<double>(v.size() - 1));
}

// Of a sample whose mean is 0, such as an event that never happens: 0.
double Variation(const std::vector<double>& v) {
  double mean = Mean(v);
  return mean == 0 ? 0 : StdDev(v) / mean;
}

struct Statistic {
  const char* name;
  StatisticUnit unit;
  double (*compute)(const std::vector<double>&);
};

constexpr Statistic kStatistics[] = {
    {"mean", ::benchmark::kTime, Mean},
    {"median", ::benchmark::kTime, [](const std::vector<double>& v) { return Median(v); }},
    {"stddev", ::benchmark::kTime, StdDev},
    {"cv", ::benchmark::kPercentage, Variation},
};

// One aggregate record of `good` (at least two records without error).
Run AggregateBy(const Statistic& statistic, const std::vector<Run>& good) {
  Run aggregate;
  const Run& first = good.front();
  aggregate.run_name = first.run_name;
  aggregate.family_index = first.family_index;
  aggregate.per_family_instance_index = first.per_family_instance_index;
  aggregate.run_type = Run::RT_Aggregate;
  aggregate.threads = first.threads;
  aggregate.repetitions = first.repetitions;
  aggregate.repetition_index = Run::no_repetition_index;
  aggregate.aggregate_name = statistic.name;
  aggregate.aggregate_unit = statistic.unit;
  aggregate.time_unit = first.time_unit;
  aggregate.iterations = static_cast<::benchmark::IterationCount>(good.size());
  auto over_rounds = [&](auto value) {
    std::vector<double> values;
    for (const Run& run : good) values.push_back(value(run));
    return statistic.compute(values);
  };
  // Reporters divide a time by `iterations`, but print a percentage as it is.
  double scale = statistic.unit == ::benchmark::kTime ? static_cast<double>(good.size()) : 1;
  auto per_iteration = [](double seconds, const Run& run) {
    return seconds / static_cast<double>(run.iterations);
  };
  aggregate.real_accumulated_time =
      scale * over_rounds([&](const Run& r) { return per_iteration(r.real_accumulated_time, r); });
  aggregate.cpu_accumulated_time =
      scale * over_rounds([&](const Run& r) { return per_iteration(r.cpu_accumulated_time, r); });
  for (const auto& [name, counter] : first.counters) {
    aggregate.counters[name] = over_rounds([&name = name](const Run& run) {
      auto found = run.counters.find(name);
      return found == run.counters.end() ? 0.0 : found->second.value;
    });
  }
  return aggregate;
}

std::string List(const std::vector<std::string>& items) {
  std::string json = "[";
  for (const std::string& item : items) json += (json.size() > 1 ? "," : "") + item;
  return json + "]";
}

// The counters that a table for people shows: times, allocations, latencies, figures, and the
// events of the pair's signature.
class ReadableConsole final : public ConsoleReporter {
 public:
  ReadableConsole(OutputOptions options, bool all_counters,
                  const std::map<std::string, std::string>& context,
                  const std::vector<patterns::PairInfo>& pairs)
      : ConsoleReporter(options), all_counters_(all_counters), context_(context) {
    for (const patterns::PairInfo& pair : pairs) {
      for (const patterns::Expect& expect : pair.signature) {
        signature_[pair.name].insert("ev." + expect.counter);
      }
    }
  }

  bool ReportContext(const Context& context) override {
    name_field_width_ = context.name_field_width;
    for (const auto& [key, value] : context_) {
      if (!key.starts_with("pair.")) GetErrorStream() << key << ": " << value << "\n";
    }
    return true;
  }

  void ReportRuns(const std::vector<Run>& runs) override {
    if (all_counters_) return ConsoleReporter::ReportRuns(runs);
    std::vector<Run> readable = runs;
    for (Run& run : readable) {
      std::string name = run.run_name.function_name;
      const std::set<std::string>& signature = signature_[name.substr(0, name.find('/'))];
      std::erase_if(run.counters, [&](const auto& counter) {
        const std::string& key = counter.first;
        if (key.starts_with("ev.")) return !signature.contains(key);
        return key == "round" || key == "ops" || key == "procs" || key == "alloc_bytes_per_op";
      });
    }
    ConsoleReporter::ReportRuns(readable);
  }

 private:
  bool all_counters_;
  const std::map<std::string, std::string>& context_;
  std::map<std::string, std::set<std::string>> signature_;
};

bool UseColor(const Flags& flags, const std::ostream* out) {
  if (flags.color != "auto")
    return flags.color.starts_with('t') || flags.color.starts_with('y') || flags.color == "1";
  const char* terminal = std::getenv("TERM");
  return out == &std::cout && isatty(STDOUT_FILENO) && terminal != nullptr &&
         std::strcmp(terminal, "dumb") != 0;
}

std::unique_ptr<BenchmarkReporter> MakeReporter(const std::string& format,
                                                const std::map<std::string, std::string>& context,
                                                const Flags& flags,
                                                const std::vector<patterns::PairInfo>& pairs,
                                                const std::ostream* out) {
  if (format == "json") return std::make_unique<::benchmark::JSONReporter>();
  if (format == "csv") {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    return std::make_unique<::benchmark::CSVReporter>();
#pragma GCC diagnostic pop
  }
  int options = ConsoleReporter::OO_None;
  if (UseColor(flags, out)) options |= ConsoleReporter::OO_Color;
  if (flags.counters_tabular) options |= ConsoleReporter::OO_Tabular;
  return std::make_unique<ReadableConsole>(static_cast<ConsoleReporter::OutputOptions>(options),
                                           flags.counters_tabular, context, pairs);
}

}  // namespace

std::vector<Run> Aggregate(const std::vector<Run>& rounds) {
  std::vector<Run> good;
  std::copy_if(rounds.begin(), rounds.end(), std::back_inserter(good),
               [](const Run& run) { return !run.error_occurred; });
  std::vector<Run> aggregates;
  if (good.size() < 2) return aggregates;
  for (const Statistic& statistic : kStatistics) {
    aggregates.push_back(AggregateBy(statistic, good));
  }
  return aggregates;
}

std::string PairContext(const patterns::PairInfo& pair, const std::string& not_measured) {
  std::vector<std::string> variants, wrong, signature;
  auto add_once = [](std::vector<std::string>* list, const std::string& item) {
    if (std::find(list->begin(), list->end(), item) == list->end()) list->push_back(item);
  };
  for (const patterns::Case& c : pair.cases) {
    add_once(&variants, JsonText(c.variant));
    if (c.wrong_on_purpose) add_once(&wrong, JsonText(c.variant));
  }
  for (const patterns::Expect& expect : pair.signature) {
    signature.push_back("{\"counter\":" + JsonText(expect.counter) +
                        ",\"before_at_least\":" + JsonNumber(expect.before_at_least) +
                        ",\"after_at_most\":" + JsonNumber(expect.after_at_most) +
                        ",\"workload\":" + JsonText(expect.workload) + "}");
  }
  return "{\"exercise\":" + std::to_string(pair.exercise) + ",\"lesson\":" + JsonText(pair.lesson) +
         ",\"claim\":" + JsonNumber(pair.claim.ratio) +
         ",\"claim_text\":" + JsonText(pair.claim.text) +
         ",\"claim_source\":" + JsonText(pair.claim.source) + ",\"tier\":" + JsonText(pair.tier) +
         ",\"premature_below\":" + JsonText(pair.premature_below) +
         ",\"variants\":" + List(variants) + ",\"wrong_on_purpose\":" + List(wrong) +
         ",\"signature\":" + List(signature) + ",\"not_measured\":" + JsonText(not_measured) + "}";
}

void WriteRuns(const std::string& format, const std::vector<std::vector<Run>>& rows,
               const std::map<std::string, std::string>& context, bool aggregates_only,
               const Flags& flags, const std::vector<patterns::PairInfo>& pairs,
               std::ostream* out) {
  BenchmarkReporter::Context about;
  about.name_field_width = 10;
  std::vector<Run> all;
  for (const std::vector<Run>& rounds : rows) {
    std::vector<Run> aggregates = Aggregate(rounds);
    if (!aggregates_only || aggregates.empty()) {
      all.insert(all.end(), rounds.begin(), rounds.end());
    }
    all.insert(all.end(), aggregates.begin(), aggregates.end());
  }
  for (const Run& run : all) {
    about.name_field_width = std::max(about.name_field_width, run.benchmark_name().size());
  }
  std::unique_ptr<BenchmarkReporter> reporter = MakeReporter(format, context, flags, pairs, out);
  reporter->SetOutputStream(out);
  reporter->SetErrorStream(&std::cerr);
  if (!reporter->ReportContext(about)) return;
  reporter->ReportRuns(all);  // all at once: the csv header needs every counter's name
  reporter->Finalize();
  out->flush();
}

std::string WhyNotWritable(const std::string& path) {
  std::error_code error;
  fs::file_status status = fs::status(path, error);
  if (fs::is_directory(status)) return std::strerror(EISDIR);
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    return access(path.c_str(), W_OK) == 0 ? "" : std::strerror(errno);
  }
  fs::path folder = fs::path(path).parent_path();
  if (folder.empty()) folder = ".";
  return access(folder.c_str(), W_OK | X_OK) == 0 ? "" : std::strerror(errno);
}

std::string WriteAtomically(const std::string& path, const std::string& content) {
  std::error_code error;
  fs::file_status status = fs::status(path, error);
  bool direct = fs::exists(status) && !fs::is_regular_file(status);
  std::string temporary = direct ? path : path + ".tmp-" + std::to_string(getpid());
  std::FILE* file = std::fopen(temporary.c_str(), "we");
  if (file == nullptr) return temporary + ": " + std::strerror(errno);
  bool good = std::fwrite(content.data(), 1, content.size(), file) == content.size();
  good = std::fflush(file) == 0 && good;
  if (!direct) good = fsync(fileno(file)) == 0 && good;
  good = std::fclose(file) == 0 && good;
  if (good && !direct) good = std::rename(temporary.c_str(), path.c_str()) == 0;
  if (good) return "";
  std::string reason = path + ": " + std::strerror(errno);
  if (!direct) std::remove(temporary.c_str());
  return reason;
}

}  // namespace unpark::benchmarks
