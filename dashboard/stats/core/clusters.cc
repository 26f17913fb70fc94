// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/stats/core/clusters.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "dashboard/stats/core/numeric.h"
#include "dashboard/stats/core/two_sample.h"

namespace unpark::stats {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::size_t kScores = 3;
constexpr double kMaxExchanges = 200000;
constexpr std::uint64_t kSeed = 2005;

using Scores = std::array<double, kScores>;
using Runs = std::vector<std::vector<double>>;

Runs ByRun(std::span<const double> values, std::span<const std::int64_t> runs, const char* name) {
  if (values.size() != runs.size()) {
    throw std::invalid_argument(std::string(name) + " has " + std::to_string(values.size()) +
                                " values but " + std::to_string(runs.size()) + " runs");
  }
  if (values.empty()) throw std::invalid_argument(std::string(name) + " is empty");
  std::map<std::int64_t, std::vector<double>> by_run;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) {
      throw std::invalid_argument(std::string(name) + " holds a value that is not finite");
    }
    by_run[runs[i]].push_back(values[i]);
  }
  Runs result;
  for (auto& [run, members] : by_run) result.push_back(std::move(members));
  return result;
}

std::vector<double> SortedValues(const Runs& runs) {
  std::vector<double> all;
  for (const auto& run : runs) all.insert(all.end(), run.begin(), run.end());
  std::sort(all.begin(), all.end());
  return all;
}

double Mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// Share of the sorted values below `value`, ties half: from 0 to 1.
double ShareBelow(std::span<const double> sorted, double value) {
  const auto [low, high] = std::equal_range(sorted.begin(), sorted.end(), value);
  return 0.5 * static_cast<double>((low - sorted.begin()) + (high - sorted.begin())) /
         static_cast<double>(sorted.size());
}

// Variance of the mean of independent numbers.
double VarianceOfMean(std::span<const double> values) {
  const auto count = static_cast<double>(values.size());
  const double mean = Mean(values);
  double sum = 0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return values.size() < 2 ? kInfinity : sum / (count - 1) / count;
}

// The scores of all runs, first side's runs first, each score with mean 0 and deviation 1.
std::vector<Scores> RunScores(const Runs& first, const Runs& second) {
  Runs runs = first;
  runs.insert(runs.end(), second.begin(), second.end());
  const std::vector<double> all = SortedValues(runs);
  std::vector<Scores> scores(runs.size());
  for (std::size_t r = 0; r < runs.size(); ++r) {
    const double share = 1 / static_cast<double>(runs[r].size());
    for (const double value : runs[r]) {
      const double rank = ShareBelow(all, value);
      scores[r][0] += share * rank;
      scores[r][1] += share * std::log(rank);
      scores[r][2] += share * value;
    }
  }
  const auto count = static_cast<double>(runs.size());
  for (std::size_t s = 0; s < kScores; ++s) {
    double mean = 0;
    double square = 0;
    for (const Scores& score : scores) mean += score[s] / count;
    for (Scores& score : scores) square += (score[s] -= mean) * score[s];
    const double deviation = std::sqrt(square / count);
    // All runs alike but for rounding: the score knows no difference.
    const double unit = deviation > 1e-12 * (1 + std::abs(mean)) ? 1 / deviation : 0;
    for (Scores& score : scores) score[s] *= unit;
  }
  return scores;
}

double Largest(const Scores& sums) {
  double largest = 0;
  for (const double sum : sums) largest = std::max(largest, std::abs(sum));
  return largest;
}

Scores Plus(Scores sums, const Scores& more) {
  for (std::size_t s = 0; s < kScores; ++s) sums[s] += more[s];
  return sums;
}

// Counts exchanges whose largest score reaches `limit`, over all choices of `taken` of the runs.
class AllExchanges {
 public:
  AllExchanges(std::span<const Scores> scores, double limit) : scores_(scores), limit_(limit) {}

  double Share(std::size_t taken) {
    Visit(0, taken, Scores{});
    return static_cast<double>(reached_) / static_cast<double>(seen_);
  }

 private:
  void Visit(std::size_t next, std::size_t taken, const Scores& sums) {
    if (taken == 0) {
      ++seen_;
      reached_ += Largest(sums) >= limit_ ? 1 : 0;
      return;
    }
    if (scores_.size() - next > taken) Visit(next + 1, taken, sums);
    Visit(next + 1, taken - 1, Plus(sums, scores_[next]));
  }

  std::span<const Scores> scores_;
  double limit_;
  std::size_t seen_ = 0;
  std::size_t reached_ = 0;
};

// The same share from drawn exchanges, the observed one counted in.
double DrawnShare(std::vector<Scores> scores, std::size_t taken, double limit) {
  std::mt19937_64 engine(kSeed);
  std::size_t reached = 1;
  constexpr auto kDraws = static_cast<std::size_t>(kMaxExchanges) / 4;
  for (std::size_t draw = 0; draw < kDraws; ++draw) {
    Scores sums{};
    for (std::size_t i = 0; i < taken; ++i) {
      std::swap(scores[i], scores[i + engine() % (scores.size() - i)]);
      sums = Plus(sums, scores[i]);
    }
    reached += Largest(sums) >= limit ? 1 : 0;
  }
  return static_cast<double>(reached) / static_cast<double>(kDraws + 1);
}

void TestExchanges(const Runs& first, const Runs& second, ClusteredShift* result) {
  const std::vector<Scores> scores = RunScores(first, second);
  Scores observed{};
  for (std::size_t r = 0; r < first.size(); ++r) observed = Plus(observed, scores[r]);
  // Rounding must not make the observed exchange smaller than itself.
  const double limit = Largest(observed) * (1 - 1e-12);
  const auto m = static_cast<double>(first.size());
  const auto n = static_cast<double>(second.size());
  const double exchanges =
      std::exp(std::lgamma(m + n + 1) - std::lgamma(m + 1) - std::lgamma(n + 1));
  // With sides of one size the mirrored exchange scores the same.
  result->smallest_p = (first.size() == second.size() ? 2 : 1) / std::round(exchanges);
  if (limit == 0) return;
  if (exchanges <= kMaxExchanges) {
    result->p = AllExchanges(scores, limit).Share(first.size());
  } else {
    result->p = DrawnShare(scores, first.size(), limit);
    result->smallest_p = 4 / kMaxExchanges;
  }
}

// The mean of each run's shares of the other side's values below its own, these moved by `shift`.
std::vector<double> RunShares(const Runs& runs, std::span<const double> other, double shift) {
  std::vector<double> shares;
  for (const auto& run : runs) {
    double sum = 0;
    for (const double value : run) sum += ShareBelow(other, value - shift);
    shares.push_back(sum / static_cast<double>(run.size()));
  }
  return shares;
}

void Locate(const Runs& first, const Runs& second, double confidence, ClusteredShift* result) {
  const std::vector<double> above = SortedValues(first);
  const std::vector<double> below = SortedValues(second);
  result->shift = MedianDifference(above, below);
  std::vector<double> first_means;
  std::vector<double> second_means;
  for (const auto& run : first) first_means.push_back(Mean(run));
  for (const auto& run : second) second_means.push_back(Mean(run));
  result->mean = Mean(first_means) - Mean(second_means);
  result->mean_error = std::sqrt(VarianceOfMean(first_means) + VarianceOfMean(second_means));
  result->low = -kInfinity;
  result->high = kInfinity;
  result->error = kInfinity;
  if (first.size() < 2 || second.size() < 2) return;
  // The share of pairs whose difference is at most the true shift is 1/2, give or take this.
  const double deviation = std::sqrt(VarianceOfMean(RunShares(first, below, result->shift)) +
                                     VarianceOfMean(RunShares(second, above, -result->shift)));
  const auto freedom = static_cast<double>(first.size() + second.size() - 2);
  const double quantile = StudentQuantile(1 - confidence, freedom);
  const auto pairs = static_cast<double>(above.size() * below.size());
  const double outside = std::floor((0.5 - quantile * deviation) * pairs);
  if (outside < 0) return;
  const auto cut = static_cast<std::size_t>(outside);
  result->low = KthDifference(above, below, cut);
  result->high = KthDifference(above, below, above.size() * below.size() - 1 - cut);
  result->error = 0.5 * (result->high - result->low) / quantile;
}

}  // namespace

ClusteredShift ShiftByRuns(std::span<const double> first, std::span<const std::int64_t> first_runs,
                           std::span<const double> second,
                           std::span<const std::int64_t> second_runs, double confidence) {
  if (!(confidence > 0 && confidence < 1)) {
    throw std::invalid_argument("confidence is " + std::to_string(confidence) +
                                "; it must lie between 0 and 1");
  }
  const Runs above = ByRun(first, first_runs, "first");
  const Runs below = ByRun(second, second_runs, "second");
  ClusteredShift result;
  Locate(above, below, confidence, &result);
  TestExchanges(above, below, &result);
  return result;
}

}  // namespace unpark::stats
