// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Warms a row up with one batch, repeats it until the time is over, and compares every answer.

#include "benchmarks/peers/peer.h"

#include <sched.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdio>

namespace unpark::peers {
namespace {

constexpr int kExitUsage = 2;
constexpr int kExitWrong = 3;
constexpr int kMostWorkers = 1024;

struct Request {
  bool list = false;
  std::string row;
  Params params;
  double min_time = 0.1;
};

struct Outcome {
  std::int64_t operations = 0;
  double ns = 0, cpu_ns = 0;
  std::uint64_t answer = 0, right = 0;
  std::map<std::string, double> figures;
};

std::int64_t ClockNs(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

template <typename T>
bool Read(const std::string& text, T least, T most, T* value) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size() && *value >= least &&
         *value <= most;
}

std::string ReadArgument(const std::string& argument, Request* request) {
  std::size_t equals = argument.find('=');
  std::string name = argument.substr(0, equals);
  std::string value = equals == std::string::npos ? "" : argument.substr(equals + 1);
  bool good = true;
  if (argument == "--list") {
    request->list = true;
  } else if (name == "--row") {
    request->row = value;
  } else if (name == "--workers") {
    good = Read(value, 1, kMostWorkers, &request->params.workers);
  } else if (name == "--size") {
    good = Read<std::int64_t>(value, 0, 100'000'000, &request->params.size);
  } else if (name == "--min_time") {
    good = Read(value, 0.0, 3600.0, &request->min_time);
  } else {
    return "unknown argument " + argument;
  }
  return good ? "" : name + "='" + value + "' is out of range";
}

double Quantile(std::vector<std::int64_t>* sample, double q) {
  auto rank = static_cast<std::ptrdiff_t>(std::ceil(q * static_cast<double>(sample->size())));
  auto at = sample->begin() + std::max<std::ptrdiff_t>(rank - 1, 0);
  std::nth_element(sample->begin(), at, sample->end());
  return static_cast<double>(*at);
}

void TakeMeasured(Measured* measured, Outcome* outcome) {
  outcome->figures = measured->figures;
  if (measured->latencies_ns.empty()) return;
  outcome->figures["p50_ns"] = Quantile(&measured->latencies_ns, 0.50);
  outcome->figures["p99_ns"] = Quantile(&measured->latencies_ns, 0.99);
}

// In the system that is measured.
Outcome Measure(const Row& row, const Request& request) {
  Work work = row.prepare(request.params);
  Outcome outcome;
  outcome.right = work.answer;
  if (!work.once) {
    outcome.answer = work.batch();
    if (outcome.answer != work.answer) return outcome;
    if (work.measured != nullptr) *work.measured = {};
  }
  const std::int64_t cpu = ClockNs(CLOCK_PROCESS_CPUTIME_ID);
  const std::int64_t start = NowNs();
  const auto until = start + static_cast<std::int64_t>(request.min_time * 1e9);
  do {
    outcome.answer = work.batch();
    outcome.operations += work.operations;
  } while (outcome.answer == work.answer && !work.once && NowNs() < until);
  outcome.ns = static_cast<double>(NowNs() - start);
  outcome.cpu_ns = static_cast<double>(ClockNs(CLOCK_PROCESS_CPUTIME_ID) - cpu);
  if (work.measured != nullptr) TakeMeasured(work.measured.get(), &outcome);
  return outcome;
}

void Print(const Request& request, const Outcome& outcome) {
  const auto operations = static_cast<double>(outcome.operations);
  std::printf("{\"row\": \"%s\", \"size\": %lld, \"workers\": %d, \"operations\": %lld, ",
              request.row.c_str(), static_cast<long long>(request.params.size),
              request.params.workers, static_cast<long long>(outcome.operations));
  std::printf("\"ns_per_op\": %.6g, \"cpu_ns_per_op\": %.6g, \"answer\": \"%llu\", \"figures\": {",
              outcome.ns / operations, outcome.cpu_ns / operations,
              static_cast<unsigned long long>(outcome.answer));
  const char* separator = "";
  for (const auto& [name, value] : outcome.figures) {
    std::printf("%s\"%s\": %.6g", separator, name.c_str(), value);
    separator = ", ";
  }
  std::printf("}}\n");
}

int Refuse(const std::string& why) {
  std::fprintf(stderr, "peer: %s\n", why.c_str());
  return kExitUsage;
}

}  // namespace

int PeerMain(const std::vector<std::string>& arguments, const Rows& rows, const Enter& enter) {
  Request request;
  request.params.size = -1;
  for (const std::string& argument : arguments) {
    std::string wrong = ReadArgument(argument, &request);
    if (!wrong.empty()) return Refuse(wrong);
  }
  if (request.list) {
    for (const auto& [name, row] : rows) std::puts(name.c_str());
    return 0;
  }
  auto found = rows.find(request.row);
  if (found == rows.end()) return Refuse("--row='" + request.row + "' is no row (--list)");
  if (request.params.size < 0) request.params.size = found->second.size;
  Outcome outcome;
  enter(request.params.workers, [&] { outcome = Measure(found->second, request); });
  if (outcome.answer != outcome.right) {
    std::fprintf(stderr, "peer: %s: wrong answer: got %llu, want %llu\n", request.row.c_str(),
                 static_cast<unsigned long long>(outcome.answer),
                 static_cast<unsigned long long>(outcome.right));
    return kExitWrong;
  }
  Print(request, outcome);
  return 0;
}

void KeepToCpus(int count) {
  cpu_set_t had, kept;
  CPU_ZERO(&had);
  CPU_ZERO(&kept);
  if (sched_getaffinity(0, sizeof had, &had) != 0) return;
  for (int cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&kept) < count; ++cpu) {
    if (CPU_ISSET(cpu, &had)) CPU_SET(cpu, &kept);
  }
  sched_setaffinity(0, sizeof kept, &kept);
}

std::int64_t NowNs() { return ClockNs(CLOCK_MONOTONIC); }

void SpinFor(std::int64_t ns) {
  for (const std::int64_t until = NowNs() + ns; NowNs() < until;) {
  }
}

double ResidentBytes() {
  long long total = 0, resident = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%lld %lld", &total, &resident) != 2) resident = 0;
    std::fclose(file);
  }
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

[[gnu::noinline]] void Foreign() { asm volatile(""); }

}  // namespace unpark::peers
