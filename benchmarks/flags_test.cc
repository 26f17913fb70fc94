// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Tests of Flags: what is read from the command line and the environment, and what is refused.

#include "benchmarks/flags.h"

#include <map>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace unpark::benchmarks {
namespace {

const char* Nothing(const char*) { return nullptr; }

std::string Wrong(const std::vector<std::string>& arguments) {
  Flags flags;
  return ParseFlags(arguments, Nothing, &flags);
}

TEST(Flags, ReadsGoogleBenchmarksFlags) {
  Flags flags;
  EXPECT_EQ(
      ParseFlags({"--benchmark_filter=^a/b", "--benchmark_min_time=0.125",
                  "--benchmark_repetitions=7", "--benchmark_out=x.json",
                  "--benchmark_display_aggregates_only", "--benchmark_format=csv",
                  "--benchmark_enable_random_interleaving=false", "--benchmark_context=a=1,b=2"},
                 Nothing, &flags),
      "");
  EXPECT_EQ(flags.filter, "^a/b");
  EXPECT_EQ(flags.min_time, 0.125);
  EXPECT_EQ(flags.Rounds(), 7);
  EXPECT_EQ(flags.out, "x.json");
  EXPECT_TRUE(flags.display_aggregates_only);
  EXPECT_EQ(flags.format, "csv");
  EXPECT_FALSE(flags.enable_random_interleaving);
  EXPECT_EQ(flags.context, (std::vector<std::string>{"a=1", "b=2"}));
}

TEST(Flags, ReadsItsOwn) {
  Flags flags;
  EXPECT_EQ(ParseFlags({"--full", "--procs=8,2,2", "--policy=nosteal,eagerstacks", "--seed=18"},
                       Nothing, &flags),
            "");
  EXPECT_TRUE(flags.full);
  EXPECT_EQ(flags.procs, (std::vector<int>{2, 8}));
  EXPECT_EQ(flags.PolicyText(), "eagerstacks,nosteal");  // the same text in any order
  EXPECT_EQ(flags.seed, 18u);
  EXPECT_EQ(flags.Rounds(), kFullRounds);
}

TEST(Flags, TakesDefaultsFromTheEnvironmentAsGoogleBenchmarkDoes) {
  std::map<std::string, std::string> variables = {{"BENCHMARK_REPETITIONS", "3"},
                                                  {"BENCHMARK_FORMAT", "json"}};
  auto environment = [&](const char* name) -> const char* {
    auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  };
  Flags flags;
  EXPECT_EQ(ParseFlags({"--benchmark_format=csv"}, environment, &flags), "");
  EXPECT_EQ(flags.Rounds(), 3);
  EXPECT_EQ(flags.format, "csv");  // the command line wins
  variables["BENCHMARK_MIN_TIME"] = "soon";
  EXPECT_EQ(ParseFlags({}, environment, &flags),
            "environment variable BENCHMARK_MIN_TIME='soon' is not a number of seconds above 0");
}

TEST(Flags, RefusesInOneLineThatNamesFlagAndValue) {
  const std::map<std::string, std::string> kCases = {
      {"--nonsense=1", "unknown flag --nonsense=1 (--help lists the flags)"},
      {"x.json", "unknown flag x.json (--help lists the flags)"},
      {"--procs=0", "--procs='0' is not a list of numbers from 1 to 1024, as 1,2"},
      {"--procs=2,x", "--procs='2,x' is not a list of numbers from 1 to 1024, as 1,2"},
      {"--procs", "--procs needs a value: --procs=N,..."},
      {"--policy=fast", "--policy='fast' is not a list of nosteal, norunnext, nospin, eagerstacks"},
      {"--policy=nosteal,nosteal",
       "--policy='nosteal,nosteal' is not a list of nosteal, norunnext, nospin, eagerstacks"},
      {"--seed=-1", "--seed='-1' is not a whole number"},
      {"--commit=HEAD", "--commit='HEAD' is not a commit's 40 hexadecimal digits"},
      {"--full=maybe", "--full='maybe' is not true or false"},
      {"--benchmark_repetitions=0",
       "--benchmark_repetitions='0' is not a whole number from 1 to 100000"},
      {"--benchmark_min_time=nan", "--benchmark_min_time='nan' is not a number of seconds above 0"},
      {"--benchmark_format=xml", "--benchmark_format='xml' is none of console json csv"},
      {"--benchmark_context=x", "--benchmark_context='x' is not key=value,..."},
  };
  for (const auto& [argument, message] : kCases) EXPECT_EQ(Wrong({argument}), message);
  EXPECT_TRUE(Wrong({"--benchmark_filter=("})
                  .starts_with("--benchmark_filter='(' is not a regular expression: "));
}

TEST(Flags, UsageNamesEveryFlagThatAnErrorMayName) {
  for (const char* name :
       {"--full", "--scenarios", "--procs=N,...", "--policy=", "--seed=", "--commit=HASH",
        "--row_limit=", "--benchmark_filter=REGEX", "--benchmark_out=FILE"}) {
    EXPECT_NE(Usage().find(name), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace unpark::benchmarks
