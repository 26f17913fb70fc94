// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Each row has a runtime of its own: it is entered once, and the timed loop runs inside the main
// goroutine. Entering it for each iteration would cost 15 us an iteration.

#include "benchmarks/measure.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "benchmarks/alloc_count.h"
#include "benchmarks/quota.h"
#include "runtime/go.h"
#include "runtime/observe/counters.h"

namespace unpark::benchmarks {
namespace {

using ::benchmark::BenchmarkReporter;
using ::benchmark::State;
using patterns::Instance;

// Under a quota a row must last several of the kernel's periods of 100 ms.
constexpr double kMinQuotaSeconds = 0.3;
constexpr double kLongRunSeconds = 0.1;
// Runs of a variant that is wrong on purpose before its check counts as blind.
constexpr int kMostWrongRuns = 1000;
constexpr double kMostWrongSeconds = 10;

double Seconds() {
  auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

template <typename Runnable>
double SecondsOfRun(Runnable* runnable) {
  double start = Seconds();
  runnable->Run();
  return Seconds() - start;
}

// Repeats a run two more times, or for 50 ms, and takes the shortest: the first is often cold.
template <typename Runnable>
double Calibrate(Runnable* runnable, double first) {
  double shortest = first;
  double spent = 0;
  for (int i = 0; i < 2 && spent < 0.05; ++i) {
    double seconds = SecondsOfRun(runnable);
    shortest = std::min(shortest, seconds);
    spent += seconds;
  }
  return std::max(shortest, 1e-9);
}

std::int64_t IterationsFor(double min_time, double seconds_per_run) {
  constexpr double kMost = 1e9;
  return static_cast<std::int64_t>(std::clamp(std::ceil(min_time / seconds_per_run), 1.0, kMost));
}

Options RuntimeOptions(const Settings& settings, const Row& row) {
  Options options = settings.runtime;
  options.procs = row.procs;
  options.preemption = row.test_case->preemption.value_or(options.preemption);
  return options;
}

double MinTime(const Settings& settings, const Row& row) {
  bool quota = !row.IsCanary() && row.test_case->cpu_quota.has_value();
  return quota ? std::max(settings.min_time, kMinQuotaSeconds) : settings.min_time;
}

bool IsLong(const Row& row) { return row.seconds_per_run >= kLongRunSeconds; }

// Null where the row has no quota or where `why_not` says why it cannot have it.
std::unique_ptr<CpuQuota> ImposeQuota(const Row& row, std::string* why_not) {
  if (row.IsCanary() || !row.test_case->cpu_quota) return nullptr;
  return CpuQuota::Impose(*row.test_case->cpu_quota, why_not);
}

// Runs until the check finds the fault that is there on purpose. Empty: it was found.
std::string ProveWrong(const Row& row, Instance* instance) {
  double start = Seconds();
  int runs = 1;
  while (instance->Check().empty()) {
    if (runs == kMostWrongRuns || Seconds() - start > kMostWrongSeconds) {
      return "variant " + row.test_case->variant +
             " is registered wrong on purpose but its check found nothing in " +
             std::to_string(runs) + " runs";
    }
    instance->Run();
    ++runs;
  }
  return "";
}

std::string CheckAnswer(const Row& row, const Instance& instance) {
  if (row.test_case->wrong_on_purpose) return "";
  std::string wrong = instance.Check();
  return wrong.empty() ? "" : "wrong answer: " + wrong;
}

void CheckCase(const Settings& settings, Row* row) {
  Main(RuntimeOptions(settings, *row), [&] {
    std::unique_ptr<Instance> instance = row->test_case->prepare();
    double first = SecondsOfRun(instance.get());
    row->error = row->test_case->wrong_on_purpose ? ProveWrong(*row, instance.get())
                                                  : CheckAnswer(*row, *instance);
    if (row->error.empty()) row->seconds_per_run = Calibrate(instance.get(), first);
  });
}

// Position of the q-quantile in a sample, by the nearest rank.
double Quantile(std::vector<std::int64_t>* sample, double q) {
  auto rank = static_cast<std::ptrdiff_t>(std::ceil(q * static_cast<double>(sample->size())));
  auto at = sample->begin() + std::max<std::ptrdiff_t>(rank - 1, 0);
  std::nth_element(sample->begin(), at, sample->end());
  return static_cast<double>(*at);
}

// Everything that is counted while the loop runs. Reading the kernel's counts allocates and takes
// time, so they are read outermost.
struct Tally {
  Counters events;
  AllocCount allocs;
  Throttling throttling;

  static Tally BeforeLoop(const CpuQuota* quota) {
    Tally tally;
    if (quota != nullptr) tally.throttling = quota->Read();
    tally.events = ReadCounters();
    tally.allocs = ReadAllocCount();
    return tally;
  }
  static Tally AfterLoop(const CpuQuota* quota) {
    Tally tally;
    tally.allocs = ReadAllocCount();
    tally.events = ReadCounters();
    if (quota != nullptr) tally.throttling = quota->Read();
    return tally;
  }
};

void CountAllocs(const Tally& before, const Tally& after, double operations, State* state) {
  auto per_op = [operations](std::uint64_t a, std::uint64_t b) {
    return static_cast<double>(b - a) / operations;
  };
  state->counters["allocs_per_op"] = per_op(before.allocs.allocations, after.allocs.allocations);
  state->counters["alloc_bytes_per_op"] = per_op(before.allocs.bytes, after.allocs.bytes);
}

void CountEvents(const Tally& before, const Tally& after, double operations, State* state) {
  double parks = 0;
  (after.events - before.events).ForEach([&](const char* name, std::uint64_t count) {
    double per_op = static_cast<double>(count) / operations;
    state->counters[std::string("ev.") + name] = per_op;
    if (std::strncmp(name, "parks_", 6) == 0) parks += per_op;
  });
  state->counters["ev.parks"] = parks;
}

void CountThrottling(const Tally& before, const Tally& after, double operations, State* state) {
  auto per_op = [operations](std::uint64_t a, std::uint64_t b) {
    return static_cast<double>(b - a) / operations;
  };
  state->counters["ev.cgroup_throttled"] =
      per_op(before.throttling.periods, after.throttling.periods);
  state->counters["ev.cgroup_throttled_ns"] =
      per_op(before.throttling.nanoseconds, after.throttling.nanoseconds);
}

void CountFigures(Instance* instance, State* state) {
  std::vector<std::int64_t> latencies;
  instance->TakeLatencies(&latencies);
  if (!latencies.empty()) {
    state->counters["p50_ns"] = Quantile(&latencies, 0.50);
    state->counters["p99_ns"] = Quantile(&latencies, 0.99);
  }
  for (const auto& [name, value] : instance->Figures()) state->counters["fig." + name] = value;
}

// Runs once untimed, or for --benchmark_min_warmup_time, and checks the answer. A long run warms
// itself and is checked after the loop: to run it untimed as well would double the suite's time.
std::string WarmUp(const Settings& settings, const Row& row, Instance* instance) {
  if (IsLong(row) && settings.min_warmup_time == 0) return "";
  double until = Seconds() + settings.min_warmup_time;
  do {
    instance->Run();
  } while (Seconds() < until);
  return CheckAnswer(row, *instance);
}

void TimeCaseInGoroutine(const Settings& settings, const Row& row, const CpuQuota* quota,
                         State* state) {
  std::unique_ptr<Instance> instance = row.test_case->prepare();
  std::string wrong = WarmUp(settings, row, instance.get());
  if (!wrong.empty()) return state->SkipWithError(wrong.c_str());
  std::vector<std::int64_t> of_warm_up;
  instance->TakeLatencies(&of_warm_up);

  Tally before = Tally::BeforeLoop(quota);
  for (auto _ : *state) instance->Run();
  Tally after = Tally::AfterLoop(quota);

  wrong = CheckAnswer(row, *instance);
  if (!wrong.empty()) return state->SkipWithError(wrong.c_str());
  double operations = static_cast<double>(row.iterations) * static_cast<double>(row.Operations());
  CountAllocs(before, after, operations, state);
  CountEvents(before, after, operations, state);
  if (quota != nullptr) CountThrottling(before, after, operations, state);
  CountFigures(instance.get(), state);
  if (row.test_case->wrong_on_purpose) state->counters["wrong_on_purpose"] = 1;
}

void TimeCase(const Settings& settings, const Row& row, State* state) {
  std::string why_not;
  std::unique_ptr<CpuQuota> quota = ImposeQuota(row, &why_not);
  if (!why_not.empty()) return state->SkipWithError(why_not.c_str());
  Main(RuntimeOptions(settings, row),
       [&] { TimeCaseInGoroutine(settings, row, quota.get(), state); });
}

void TimeCanary(const Row& row, State* state) {
  std::unique_ptr<CanaryInstance> instance = row.canary->prepare();
  instance->Run();
  Tally before = Tally::BeforeLoop(nullptr);
  for (auto _ : *state) instance->Run();
  Tally after = Tally::AfterLoop(nullptr);
  double operations = static_cast<double>(row.iterations) * static_cast<double>(row.Operations());
  CountAllocs(before, after, operations, state);
}

// Keeps the one record of a run that registers one benchmark.
class Collector final : public BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override { run = runs.front(); }

  Run run;
};

}  // namespace

double ExpectedSeconds(const Settings& settings, const Row& row) {
  constexpr double kStart = 0.002;  // of the runtime
  bool warms_up = !IsLong(row) || settings.min_warmup_time > 0;
  double runs = static_cast<double>(row.iterations + (warms_up ? 1 : 0));
  return kStart + settings.min_warmup_time + runs * row.seconds_per_run;
}

Options PolicyOptions(const std::vector<std::string>& policy) {
  Options options;
  for (const std::string& name : policy) {
    if (name == "nosteal") options.stealing = false;
    if (name == "norunnext") options.runnext = false;
    if (name == "nospin") options.spinning = false;
    if (name == "eagerstacks") options.eager_stacks = true;
  }
  return options;
}

void InitializeGoogleBenchmark(const std::string& program, const Flags& flags) {
  std::vector<std::string> arguments = {
      program,
      "--benchmark_filter=",
      "--benchmark_out=",
      "--benchmark_repetitions=1",
      "--benchmark_list_tests=false",
      "--benchmark_min_warmup_time=0",
      "--benchmark_enable_random_interleaving=false",
      "--benchmark_perf_counters=" + flags.perf_counters,
      "--benchmark_time_unit=" + flags.time_unit,
      "--v=" + std::to_string(flags.verbosity),
  };
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  int argc = static_cast<int>(argv.size());
  ::benchmark::Initialize(&argc, argv.data());
  BenchmarkReporter::Context::executable_name = program.c_str();
}

void CheckRow(const Settings& settings, Row* row) {
  if (row->IsCanary()) {
    std::unique_ptr<CanaryInstance> instance = row->canary->prepare();
    row->seconds_per_run = Calibrate(instance.get(), SecondsOfRun(instance.get()));
  } else {
    std::unique_ptr<CpuQuota> quota = ImposeQuota(*row, &row->not_measured);
    if (!row->not_measured.empty()) return;
    CheckCase(settings, row);
  }
  if (row->error.empty()) {
    row->iterations = IterationsFor(MinTime(settings, *row), row->seconds_per_run);
  }
}

BenchmarkReporter::Run TimeRow(const Settings& settings, const Row& row, int round, int rounds) {
  ::benchmark::ClearRegisteredBenchmarks();
  ::benchmark::RegisterBenchmark(row.name.c_str(),
                                 [&](State& state) {
                                   return row.IsCanary() ? TimeCanary(row, &state)
                                                         : TimeCase(settings, row, &state);
                                 })
      ->Iterations(row.iterations)
      ->UseRealTime()
      ->MeasureProcessCPUTime();
  Collector collector;
  ::benchmark::RunSpecifiedBenchmarks(&collector, nullptr, ".");

  BenchmarkReporter::Run run = std::move(collector.run);
  CompleteRecord(row, round, rounds, &run);
  return run;
}

void CompleteRecord(const Row& row, int round, int rounds, BenchmarkReporter::Run* run) {
  run->run_name = {};  // without "/iterations:9/process_time/real_time"
  run->run_name.function_name = row.name;
  run->repetition_index = round;
  run->repetitions = rounds;
  if (run->error_occurred) return;
  double operations = static_cast<double>(run->iterations) * static_cast<double>(row.Operations());
  run->counters["round"] = round;
  run->counters["ops"] = static_cast<double>(row.Operations());
  run->counters["ns_per_op"] = run->real_accumulated_time * 1e9 / operations;
  run->counters["cpu_ns_per_op"] = run->cpu_accumulated_time * 1e9 / operations;
  if (!row.IsCanary()) run->counters["procs"] = row.procs;
}

RuntimeRunner::RuntimeRunner(const Flags& flags)
    : settings_{PolicyOptions(flags.policy), flags.min_time, flags.min_warmup_time} {}

}  // namespace unpark::benchmarks
