// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Writes random programs with their allowed outcomes, or the outcomes of given programs.
//
//   generator SEED COUNT          COUNT programs, one a line: PROGRAM<TAB>OUTCOME<TAB>OUTCOME...
//   generator - < PROGRAMS        the same lines for the programs on standard input, one a line
//
// The same SEED gives the same programs. Exit status 2: a bad argument or program.
#include <charconv>
#include <cstdio>
#include <cstring>
#include <exception>
#include <iostream>
#include <random>
#include <string>

#include "runtime/conformance/differential/generate.h"
#include "runtime/conformance/differential/model.h"
#include "runtime/conformance/differential/program.h"

namespace unpark::differential {
namespace {

// Larger programs are left out: their search would take longer than a millisecond or so.
constexpr std::size_t kMaxStates = 4'000;
// Of the programs that can only end badly, which cost a process each, one in this many is kept.
constexpr unsigned kKeepBad = 4;

void Print(const std::string& program, const std::set<std::string>& outcomes) {
  std::string line = program;
  for (const std::string& o : outcomes) line += "\t" + o;
  std::puts(line.c_str());
}

bool CanEndWell(const std::set<std::string>& outcomes) {
  for (const std::string& o : outcomes) {
    if (o.starts_with("done ")) return true;
  }
  return false;
}

void PrintRandom(std::uint64_t seed, std::uint64_t count) {
  std::mt19937_64 random(seed);
  for (std::uint64_t n = 0; n < count;) {
    const Program program = Generate(&random);
    const auto outcomes = Outcomes(program, kMaxStates);
    if (!outcomes || (!CanEndWell(*outcomes) && random() % kKeepBad != 0)) continue;
    Print(ToText(program), *outcomes);
    ++n;
  }
}

void PrintGiven() {
  for (std::string line; std::getline(std::cin, line);)
    Print(line, *Outcomes(Parse(line), std::size_t{1} << 24));
}

bool ParseNumber(const char* text, std::uint64_t* to) {
  const char* end = text + std::strlen(text);
  const auto result = std::from_chars(text, end, *to);
  return result.ec == std::errc() && result.ptr == end;
}

}  // namespace
}  // namespace unpark::differential

int main(int argc, char** argv) {
  std::uint64_t seed = 0, count = 0;
  try {
    if (argc == 2 && std::strcmp(argv[1], "-") == 0) {
      unpark::differential::PrintGiven();
      return 0;
    }
    if (argc == 3 && unpark::differential::ParseNumber(argv[1], &seed) &&
        unpark::differential::ParseNumber(argv[2], &count)) {
      unpark::differential::PrintRandom(seed, count);
      return 0;
    }
  } catch (const std::exception& e) {
    std::fprintf(stderr, "generator: %s\n", e.what());
    return 2;
  }
  std::fputs("usage: generator SEED COUNT | generator - < PROGRAMS\n", stderr);
  return 2;
}
