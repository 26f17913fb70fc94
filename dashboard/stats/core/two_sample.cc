// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/stats/core/two_sample.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "dashboard/stats/core/numeric.h"
#include "dashboard/stats/core/ranks.h"

namespace unpark::stats {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

void CheckConfidence(double confidence) {
  if (!(confidence > 0 && confidence < 1)) {
    throw std::invalid_argument("confidence is " + std::to_string(confidence) +
                                "; it must lie between 0 and 1");
  }
}

// How many of the ordered differences lie outside the interval at each end.
struct Cut {
  std::size_t outside = 0;
  double attained = 1;
  bool bounded = false;
};

// The cut whose exact level is nearest to the confidence; none if even the widest interval falls
// short of it by more than half of the permitted error.
Cut NearestCut(std::span<const double> cdf, double confidence) {
  Cut best;
  for (std::size_t outside = 0; outside < cdf.size(); ++outside) {
    const double level = 1 - 2 * cdf[outside];
    if (level < confidence - 0.5 * (1 - confidence)) break;
    if (!best.bounded || std::abs(level - confidence) <= std::abs(best.attained - confidence)) {
      best = Cut{outside, level, true};
    }
  }
  return best;
}

Cut NormalCut(double center, double deviation, double confidence) {
  const double edge = center - NormalQuantile(0.5 + 0.5 * confidence) * deviation;
  return Cut{static_cast<std::size_t>(std::max(0.0, std::round(edge))), confidence, true};
}

// The number of pairs with first[i] - second[j] <= limit; both sorted ascending.
std::size_t CountDifferences(std::span<const double> first, std::span<const double> second,
                             double limit) {
  std::size_t count = 0;
  std::size_t j = second.size();
  for (std::size_t i = first.size(); i-- > 0;) {
    // As first[i] falls, more of `second` qualifies: j walks down to the first that does.
    while (j > 0 && first[i] - second[j - 1] <= limit) --j;
    count += second.size() - j;
  }
  return count;
}

// All averages of two differences (Walsh 1949), sorted.
std::vector<double> WalshAverages(std::span<const double> differences) {
  std::vector<double> averages;
  averages.reserve(differences.size() * (differences.size() + 1) / 2);
  for (std::size_t i = 0; i < differences.size(); ++i) {
    for (std::size_t j = i; j < differences.size(); ++j) {
      averages.push_back(0.5 * (differences[i] + differences[j]));
    }
  }
  std::sort(averages.begin(), averages.end());
  return averages;
}

std::vector<double> Sorted(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

std::map<std::int64_t, std::vector<double>> LogsByRound(std::span<const double> values,
                                                        std::span<const std::int64_t> rounds,
                                                        const char* name) {
  if (values.size() != rounds.size()) {
    throw std::invalid_argument(std::string(name) + " has " + std::to_string(values.size()) +
                                " values but " + std::to_string(rounds.size()) + " rounds");
  }
  std::map<std::int64_t, std::vector<double>> by_round;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i])) by_round[rounds[i]].push_back(std::log(values[i]));
  }
  return by_round;
}

}  // namespace

// By bisection, in O((m + n) 64).
double KthDifference(std::span<const double> first, std::span<const double> second, std::size_t k) {
  double low = first.front() - second.back();
  double high = first.back() - second.front();
  if (CountDifferences(first, second, low) > k) return low;
  for (int step = 0; step < 100; ++step) {
    const double middle = low + 0.5 * (high - low);
    if (middle <= low || middle >= high) break;
    (CountDifferences(first, second, middle) > k ? high : low) = middle;
  }
  return high;
}

double MedianDifference(std::span<const double> first, std::span<const double> second) {
  const std::size_t count = first.size() * second.size();
  const double upper = KthDifference(first, second, count / 2);
  if (count % 2 == 1) return upper;
  return 0.5 * (upper + KthDifference(first, second, count / 2 - 1));
}

Shift UnpairedShift(std::span<const double> numerator_logs,
                    std::span<const double> denominator_logs, double confidence) {
  CheckConfidence(confidence);
  const std::vector<double> first = Sorted(numerator_logs);
  const std::vector<double> second = Sorted(denominator_logs);
  const std::size_t m = first.size();
  const std::size_t n = second.size();
  const auto product = static_cast<double>(m * n);
  const double deviation = std::sqrt(product * static_cast<double>(m + n + 1) / 12);
  const Cut cut = m * n <= 10000 ? NearestCut(MannWhitneyCdf(m, n), confidence)
                                 : NormalCut(0.5 * product, deviation, confidence);
  Shift shift{.shift = MedianDifference(first, second), .low = -kInfinity, .high = kInfinity};
  shift.attained = cut.attained;
  shift.p = MannWhitney(first, second).p;
  shift.smallest_p = SmallestMannWhitneyP(m, n);
  if (cut.bounded) {
    shift.low = KthDifference(first, second, cut.outside);
    shift.high = KthDifference(first, second, m * n - 1 - cut.outside);
  }
  return shift;
}

Shift PairedShift(std::span<const double> differences, double confidence) {
  CheckConfidence(confidence);
  const std::size_t n = differences.size();
  const std::vector<double> averages = WalshAverages(differences);
  const auto count = static_cast<double>(n);
  const Cut cut =
      n <= 100 ? NearestCut(SignedRankCdf(n), confidence)
               : NormalCut(0.25 * count * (count + 1),
                           std::sqrt(count * (count + 1) * (2 * count + 1) / 24), confidence);
  Shift shift{.shift = SortedQuantile(averages, 0.5), .low = -kInfinity, .high = kInfinity};
  shift.attained = cut.attained;
  shift.p = SignedRank(differences).p;
  shift.smallest_p = SmallestSignedRankP(n);
  if (cut.bounded) {
    shift.low = averages[cut.outside];
    shift.high = averages[averages.size() - 1 - cut.outside];
  }
  return shift;
}

Shift ShiftByRounds(std::span<const double> numerator, std::span<const double> denominator,
                    std::span<const std::int64_t> numerator_rounds,
                    std::span<const std::int64_t> denominator_rounds, double confidence) {
  const std::vector<double> first = FiniteLogs(numerator, "numerator");
  const std::vector<double> second = FiniteLogs(denominator, "denominator");
  if (numerator_rounds.empty() != denominator_rounds.empty()) {
    throw std::invalid_argument("rounds are given for one side only");
  }
  if (!numerator_rounds.empty()) {
    const auto above = LogsByRound(numerator, numerator_rounds, "numerator");
    const auto below = LogsByRound(denominator, denominator_rounds, "denominator");
    std::vector<double> differences;
    for (const auto& [round, logs] : above) {
      const auto other = below.find(round);
      if (other != below.end()) differences.push_back(Median(logs) - Median(other->second));
    }
    if (differences.size() >= kMinPairs) return PairedShift(differences, confidence);
  }
  return UnpairedShift(first, second, confidence);
}

double DetectableShift(const Shift& shift, double alpha, double power) {
  if (!std::isfinite(shift.low) || !std::isfinite(shift.high)) return kInfinity;
  const double error = 0.5 * (shift.high - shift.low) / NormalQuantile(0.5 + 0.5 * shift.attained);
  return error * (NormalQuantile(1 - 0.5 * alpha) + NormalQuantile(power));
}

}  // namespace unpark::stats
