// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Tables and sentences of a sweep.

#include "benchmarks/sweep.h"

#include <algorithm>
#include <cstdio>

#include "benchmarks/json.h"

namespace unpark::benchmarks {
namespace {

// What the threshold's rate makes of the saved time: "0.45 % of a CPU".
std::string LoadAt(double rate, double saved_cpu_ns) {
  char text[48];
  std::snprintf(text, sizeof text, "%.3g %% of a CPU", rate * saved_cpu_ns * 1e-9 * 100);
  return text;
}

}  // namespace

std::string Crossover(const std::string& parameter, const std::vector<SweepPoint>& points) {
  auto at = [&parameter](const SweepPoint& point) {
    return parameter + " " + std::to_string(point.value);
  };
  std::vector<const SweepPoint*> turns;  // the first point of each stretch of one kind
  for (const SweepPoint& point : points) {
    if (turns.empty() || turns.back()->Pays() != point.Pays()) turns.push_back(&point);
  }
  const bool first = points.front().Pays();
  if (turns.size() == 1) {
    return std::string(first ? "the after pays" : "the after does not pay") + " from " +
           at(points.front()) + " to " + std::to_string(points.back().value);
  }
  if (turns.size() == 2) {
    const SweepPoint& last_of_first = *(turns[1] - 1);
    if (first) {
      return "the after pays up to " + at(last_of_first) + ", not from " +
             std::to_string(turns[1]->value) + " on";
    }
    return "the after pays from " + at(*turns[1]) + " on, not up to " +
           std::to_string(last_of_first.value);
  }
  std::string where = "no single crossover: the after pays at " + parameter;
  for (const SweepPoint& point : points) {
    if (point.Pays()) where += " " + std::to_string(point.value);
  }
  return where;
}

void PrintSweep(const patterns::PairInfo& pair, const std::string& metric,
                const std::vector<SweepPoint>& points, std::ostream& out) {
  const std::string unit = metric == "p99_ns" ? " p99 ns" : " ns/op";
  const double rate = pair.premature_rate;
  char line[200];
  std::snprintf(line, sizeof line, "\n  %-15s %14s %14s  %-26s %16s%s\n",
                pair.sweep.parameter.c_str(), ("before" + unit).c_str(), ("after" + unit).c_str(),
                "before / after [95 %]", "saved CPU ns/op", rate > 0 ? "   at the threshold" : "");
  out << line;
  for (const SweepPoint& point : points) {
    const std::string ratio = RatioText(point.ratio.ratio) + " [" + RatioText(point.ratio.low) +
                              ", " + RatioText(point.ratio.high) + "]";
    const std::string load = rate > 0 ? "   " + LoadAt(rate, point.saved_cpu_ns) : "";
    std::snprintf(line, sizeof line, "  %-15lld %14.1f %14.1f  %-26s %16.1f%s\n",
                  static_cast<long long>(point.value), point.before_ns, point.after_ns,
                  ratio.c_str(), point.saved_cpu_ns, load.c_str());
    out << line;
  }
  out << "\nCrossover: " << Crossover(pair.sweep.parameter, points) << "\n"
      << "The text: premature below " << pair.premature_below;
  if (rate > 0) {
    auto [least, most] = std::minmax_element(
        points.begin(), points.end(),
        [](const auto& a, const auto& b) { return a.saved_cpu_ns < b.saved_cpu_ns; });
    out << "; at that rate the after saves " << LoadAt(rate, least->saved_cpu_ns) << " to "
        << LoadAt(rate, most->saved_cpu_ns);
  }
  out << "\n";
}

std::string SweepJson(const patterns::PairInfo& pair, const std::string& metric,
                      const std::vector<SweepPoint>& points) {
  std::string json =
      "{\"exercise\":" + std::to_string(pair.exercise) + ",\"pair\":" + JsonText(pair.name) +
      ",\"parameter\":" + JsonText(pair.sweep.parameter) + ",\"metric\":" + JsonText(metric) +
      ",\"premature_below\":" + JsonText(pair.premature_below) +
      ",\"premature_rate\":" + JsonNumber(pair.premature_rate) +
      ",\"crossover\":" + JsonText(Crossover(pair.sweep.parameter, points)) + ",\"points\":[";
  for (const SweepPoint& point : points) {
    if (&point != &points.front()) json += ",";
    json += "{\"value\":" + std::to_string(point.value) +
            ",\"before_ns\":" + JsonNumber(point.before_ns) +
            ",\"after_ns\":" + JsonNumber(point.after_ns) +
            ",\"saved_cpu_ns\":" + JsonNumber(point.saved_cpu_ns) +
            ",\"ratio\":" + JsonNumber(point.ratio.ratio) +
            ",\"low\":" + JsonNumber(point.ratio.low) +
            ",\"high\":" + JsonNumber(point.ratio.high) +
            ",\"pays\":" + (point.Pays() ? "true" : "false") + "}";
  }
  return json + "]}\n";
}

}  // namespace unpark::benchmarks
