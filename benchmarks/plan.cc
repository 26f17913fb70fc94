// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Makes rows of cases, and shuffles groups of them.

#include "benchmarks/plan.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <regex>

namespace unpark::benchmarks {
namespace {

constexpr int kFullProcs = 8;  // of the published figures

// [before, after] in random order as one block, at a random place among the other variants.
std::vector<std::size_t> ShuffleGroup(const std::vector<Row>& rows, std::vector<std::size_t> group,
                                      std::mt19937_64* random) {
  auto is_side = [&rows](std::size_t i) {
    const patterns::Case* c = rows[i].test_case;
    return c != nullptr && (c->variant == "before" || c->variant == "after");
  };
  auto others = std::stable_partition(group.begin(), group.end(), is_side);
  std::vector<std::size_t> sides(group.begin(), others);
  group.erase(group.begin(), others);
  std::shuffle(sides.begin(), sides.end(), *random);
  std::shuffle(group.begin(), group.end(), *random);
  std::uniform_int_distribution<std::ptrdiff_t> place(0, static_cast<std::ptrdiff_t>(group.size()));
  group.insert(group.begin() + place(*random), sides.begin(), sides.end());
  return group;
}

// Whether the filter asks for the names it matches; "all" and "-REGEX" do not.
bool AsksForNames(const std::string& filter) {
  return !filter.empty() && filter != "." && filter != "all" && !filter.starts_with('-');
}

}  // namespace

Row CaseRow(const patterns::Case& test_case, int procs) {
  procs = test_case.procs.value_or(procs);
  std::string suffix = "/procs:" + std::to_string(procs);
  Row row;
  row.name = test_case.pair + "/" + test_case.variant + "/" + test_case.workload + suffix;
  // Variants that set their procs differ in them on purpose, and are compared all the same.
  row.group = test_case.pair + "/" + test_case.workload + (test_case.procs ? "" : suffix);
  row.procs = procs;
  row.test_case = &test_case;
  return row;
}

std::int64_t Row::Operations() const {
  return IsCanary() ? canary->operations : test_case->operations;
}

std::vector<int> ProcsOf(const Flags& flags, int cpus) {
  if (!flags.procs.empty()) return flags.procs;
  std::vector<int> procs = {cpus};
  if (flags.full && cpus != kFullProcs) procs.push_back(kFullProcs);
  return procs;
}

std::vector<Row> MakePlan(const std::vector<patterns::PairInfo>& pairs, const Flags& flags,
                          const std::vector<int>& procs) {
  std::vector<Row> rows;
  for (const Canary& canary : AllCanaries()) {
    Row row;
    row.name = row.group = canary.name;
    row.canary = &canary;
    rows.push_back(row);
  }
  const bool requested = flags.scenarios || AsksForNames(flags.filter);
  for (const patterns::PairInfo& pair : pairs) {
    if (pair.on_request ? !requested : flags.scenarios) continue;
    for (const patterns::Case& test_case : pair.cases) {
      if (test_case.full_only && !flags.full) continue;
      std::vector<int> each = procs;
      if (pair.on_request && flags.procs.empty()) each = {procs.front()};
      if (test_case.procs) each = {*test_case.procs};
      for (int p : each) rows.push_back(CaseRow(test_case, p));
    }
  }
  return rows;
}

std::size_t Select(const std::string& filter, std::vector<Row>* rows) {
  bool negative = filter.starts_with('-');
  std::string pattern = negative ? filter.substr(1) : filter;
  if (pattern.empty() || pattern == "all") pattern = ".";
  std::regex regex(pattern, std::regex::extended);
  auto matches = [&](const Row& row) { return std::regex_search(row.name, regex) != negative; };
  auto matched = static_cast<std::size_t>(std::count_if(rows->begin(), rows->end(), matches));
  std::erase_if(*rows, [&](const Row& row) { return !row.IsCanary() && !matches(row); });
  return matched;
}

std::vector<std::size_t> RoundOrder(const std::vector<Row>& rows, std::uint64_t seed, int round,
                                    bool shuffle) {
  if (!shuffle) {
    std::vector<std::size_t> order(rows.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    return order;
  }
  std::map<std::string, std::vector<std::size_t>> by_group;
  for (std::size_t i = 0; i < rows.size(); ++i) by_group[rows[i].group].push_back(i);
  std::seed_seq sequence = {static_cast<std::uint32_t>(seed),
                            static_cast<std::uint32_t>(seed >> 32),
                            static_cast<std::uint32_t>(round)};
  std::mt19937_64 random(sequence);
  std::vector<std::vector<std::size_t>> groups;
  for (auto& [name, group] : by_group) groups.push_back(ShuffleGroup(rows, group, &random));
  std::shuffle(groups.begin(), groups.end(), random);
  std::vector<std::size_t> order;
  for (const auto& group : groups) order.insert(order.end(), group.begin(), group.end());
  return order;
}

}  // namespace unpark::benchmarks
