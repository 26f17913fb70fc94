// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// One table of flags: how each is written, what it does, and how its value is read.

#include "benchmarks/flags.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <regex>
#include <sstream>
#include <utility>

#include "benchmarks/text.h"

namespace unpark::benchmarks {
namespace {

// Stores a value in the flags; returns what is wrong with it ("is not ..."), or nothing.
using Setter = std::function<std::string(const std::string& value, Flags*)>;

struct FlagSpec {
  std::string name;
  std::string form;  // of the value, for --help; empty: a boolean, and its value may be left out
  std::string help;
  Setter set;
};

template <typename Number>
bool ParseNumber(const std::string& text, Number* number) {
  const char* end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, *number);
  return error == std::errc() && stop == end;
}

Setter Bool(bool Flags::*field) {
  return [field](const std::string& value, Flags* flags) -> std::string {
    std::string low = value;
    std::transform(low.begin(), low.end(), low.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (const char* yes : {"", "true", "yes", "on", "1", "t", "y"}) {
      if (low == yes) return flags->*field = true, "";
    }
    for (const char* no : {"false", "no", "off", "0", "f", "n"}) {
      if (low == no) return flags->*field = false, "";
    }
    return "is not true or false";
  };
}

Setter Text(std::string Flags::*field) {
  return [field](const std::string& value, Flags* flags) -> std::string {
    flags->*field = value;
    return "";
  };
}

Setter OneOf(std::string Flags::*field, std::vector<std::string> choices) {
  return
      [field, choices = std::move(choices)](const std::string& value, Flags* flags) -> std::string {
        if (std::find(choices.begin(), choices.end(), value) == choices.end()) {
          std::string text = "is none of";
          for (const std::string& choice : choices) text += " " + choice;
          return text;
        }
        flags->*field = value;
        return "";
      };
}

Setter Seconds(double Flags::*field, bool zero_allowed) {
  return [field, zero_allowed](const std::string& value, Flags* flags) -> std::string {
    double seconds = 0;
    bool good = ParseNumber(value, &seconds) && std::isfinite(seconds) && seconds >= 0;
    if (!good || (seconds == 0 && !zero_allowed)) return "is not a number of seconds above 0";
    flags->*field = seconds;
    return "";
  };
}

Setter Count(int Flags::*field, int least, int most) {
  return [=](const std::string& value, Flags* flags) -> std::string {
    int count = 0;
    if (!ParseNumber(value, &count) || count < least || count > most) {
      return "is not a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    }
    flags->*field = count;
    return "";
  };
}

std::string SetFilter(const std::string& value, Flags* flags) {
  std::string pattern = value.starts_with('-') ? value.substr(1) : value;
  try {
    std::regex(pattern, std::regex::extended);
  } catch (const std::regex_error& error) {
    return std::string("is not a regular expression: ") + error.what();
  }
  flags->filter = value;
  return "";
}

std::string SetContext(const std::string& value, Flags* flags) {
  for (const std::string& pair : Split(value, ',')) {
    std::size_t equals = pair.find('=');
    if (equals == 0 || equals == std::string::npos) return "is not key=value,...";
    flags->context.push_back(pair);
  }
  return "";
}

std::string SetProcs(const std::string& value, Flags* flags) {
  constexpr int kMostProcs = 1024;
  flags->procs.clear();
  for (const std::string& text : Split(value, ',')) {
    int procs = 0;
    if (!ParseNumber(text, &procs) || procs < 1 || procs > kMostProcs) {
      flags->procs.clear();
      break;
    }
    flags->procs.push_back(procs);
  }
  if (flags->procs.empty()) return "is not a list of numbers from 1 to 1024, as 1,2";
  std::sort(flags->procs.begin(), flags->procs.end());
  flags->procs.erase(std::unique(flags->procs.begin(), flags->procs.end()), flags->procs.end());
  return "";
}

std::string SetPolicy(const std::string& value, Flags* flags) {
  static const std::vector<std::string> kPolicies = {"eagerstacks", "norunnext", "nospin",
                                                     "nosteal"};
  flags->policy = Split(value, ',');
  std::sort(flags->policy.begin(), flags->policy.end());
  bool repeated = std::unique(flags->policy.begin(), flags->policy.end()) != flags->policy.end();
  bool known =
      std::includes(kPolicies.begin(), kPolicies.end(), flags->policy.begin(), flags->policy.end());
  if (flags->policy.empty() || repeated || !known) {
    return "is not a list of nosteal, norunnext, nospin, eagerstacks";
  }
  return "";
}

std::string SetSeed(const std::string& value, Flags* flags) {
  std::uint64_t seed = 0;
  if (!ParseNumber(value, &seed)) return "is not a whole number";
  flags->seed = seed;
  return "";
}

std::string SetCommit(const std::string& value, Flags* flags) {
  bool hex = std::all_of(value.begin(), value.end(),
                         [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (value.size() != 40 || !hex) return "is not a commit's 40 hexadecimal digits";
  flags->commit = value;
  return "";
}

const std::vector<FlagSpec>& GoogleFlags() {
  static const std::vector<FlagSpec> kFlags = {
      {"benchmark_list_tests", "", "print the names and run nothing", Bool(&Flags::list_tests)},
      {"benchmark_filter", "REGEX", "run what matches; -REGEX: what does not", SetFilter},
      {"benchmark_min_time", "SECONDS", "of each row in each round; default 0.25",
       Seconds(&Flags::min_time, false)},
      {"benchmark_min_warmup_time", "SECONDS", "run untimed before each row",
       Seconds(&Flags::min_warmup_time, true)},
      {"benchmark_repetitions", "N", "rounds; default 10, and 20 with --full",
       Count(&Flags::repetitions, 1, 100000)},
      {"benchmark_enable_random_interleaving", "", "shuffle each round; default true",
       Bool(&Flags::enable_random_interleaving)},
      {"benchmark_report_aggregates_only", "", "leave single rounds out",
       Bool(&Flags::report_aggregates_only)},
      {"benchmark_display_aggregates_only", "", "show no single rounds; the file has them",
       Bool(&Flags::display_aggregates_only)},
      {"benchmark_format", "console|json|csv", "of standard output",
       OneOf(&Flags::format, {"console", "json", "csv"})},
      {"benchmark_out", "FILE", "write the results here as well", Text(&Flags::out)},
      {"benchmark_out_format", "json|console|csv", "of that file",
       OneOf(&Flags::out_format, {"json", "console", "csv"})},
      {"benchmark_color", "auto|true|false", "",
       OneOf(&Flags::color, {"auto", "true", "yes", "1", "false", "no", "0"})},
      {"benchmark_counters_tabular", "", "show every counter, in columns",
       Bool(&Flags::counters_tabular)},
      {"benchmark_perf_counters", "NAME,...", "where Google Benchmark was built with libpfm",
       Text(&Flags::perf_counters)},
      {"benchmark_context", "KEY=VALUE,...", "add to the file's context", SetContext},
      {"benchmark_time_unit", "ns|us|ms|s", "", OneOf(&Flags::time_unit, {"ns", "us", "ms", "s"})},
      {"v", "N", "Google Benchmark's verbosity", Count(&Flags::verbosity, 0, 9)},
  };
  return kFlags;
}

const std::vector<FlagSpec>& OwnFlags() {
  static const std::vector<FlagSpec> kFlags = {
      {"full", "", "the full-sized workloads as well, 8 procs, 20 rounds", Bool(&Flags::full)},
      {"scenarios", "", "the scenarios in place of the exercises; with --full their full sizes",
       Bool(&Flags::scenarios)},
      {"procs", "N,...", "default: the machine's CPUs", SetProcs},
      {"policy", "NAME,...", "of nosteal, norunnext, nospin, eagerstacks", SetPolicy},
      {"seed", "N", "of the order in the rounds; default: from the clock", SetSeed},
      {"commit", "HASH", "what the run belongs to, where git cannot tell", SetCommit},
      {"row_limit", "SECONDS", "a row that runs longer has failed; default 300",
       Count(&Flags::row_limit_seconds, 1, 1000000)},
      {"help", "", "", Bool(&Flags::help)},
  };
  return kFlags;
}

const FlagSpec* Find(const std::string& name) {
  for (const auto* table : {&GoogleFlags(), &OwnFlags()}) {
    for (const FlagSpec& spec : *table) {
      if (spec.name == name) return &spec;
    }
  }
  return nullptr;
}

std::string ParseFlag(const std::string& argument, Flags* flags) {
  std::size_t equals = argument.find('=');
  std::string name = argument.substr(0, equals);
  const FlagSpec* spec = name.starts_with("--") ? Find(name.substr(2)) : nullptr;
  if (spec == nullptr) return "unknown flag " + argument + " (--help lists the flags)";
  if (equals == std::string::npos) {
    if (!spec->form.empty()) return name + " needs a value: " + name + "=" + spec->form;
    return spec->set("", flags);
  }
  std::string value = argument.substr(equals + 1);
  std::string wrong = spec->set(value, flags);
  return wrong.empty() ? "" : name + "='" + value + "' " + wrong;
}

std::string ParseEnvironment(const Environment& environment, Flags* flags) {
  for (const FlagSpec& spec : GoogleFlags()) {
    std::string name = spec.name;
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    if (!name.starts_with("BENCHMARK_")) continue;
    const char* value = environment(name.c_str());
    if (value == nullptr || *value == '\0') continue;
    std::string wrong = spec.set(value, flags);
    if (!wrong.empty()) return "environment variable " + name + "='" + value + "' " + wrong;
  }
  return "";
}

}  // namespace

int Flags::Rounds() const {
  if (repetitions > 0) return repetitions;
  return full ? kFullRounds : kDefaultRounds;
}

std::string Flags::PolicyText() const {
  std::string text;
  for (const std::string& name : policy) text += (text.empty() ? "" : ",") + name;
  return text.empty() ? "default" : text;
}

std::string ParseFlags(const std::vector<std::string>& arguments, const Environment& environment,
                       Flags* flags) {
  std::string wrong = ParseEnvironment(environment, flags);
  for (const std::string& argument : arguments) {
    if (!wrong.empty()) break;
    wrong = ParseFlag(argument, flags);
  }
  return wrong;
}

std::string Usage() {
  std::stringstream text;
  text << "Usage: bazel run //benchmarks:suite -- [FLAGS]\n"
          "Checks every pair's variants, then times them in interleaved rounds.\n";
  for (const auto* table : {&OwnFlags(), &GoogleFlags()}) {
    text << (table == &OwnFlags() ? "\nUnpark's flags:\n" : "\nGoogle Benchmark's flags:\n");
    for (const FlagSpec& spec : *table) {
      text << "  --" << spec.name;
      if (!spec.form.empty()) text << "=" << spec.form;
      if (!spec.help.empty()) text << "  " << spec.help;
      text << "\n";
    }
  }
  text << "\nExit status: 0 all well; 2 bad flags; 3 a wrong answer or a crash; 130 interrupted.\n";
  return text.str();
}

}  // namespace unpark::benchmarks
