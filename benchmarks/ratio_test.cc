// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Tests of PairedRatio: the median, the interval's ranks and coverage, the verdicts.

#include "benchmarks/ratio.h"

#include <cmath>
#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace unpark::benchmarks {
namespace {

RatioInterval OfRatios(const std::vector<double>& ratios) {
  return PairedRatio(ratios, std::vector<double>(ratios.size(), 1.0));
}

TEST(PairedRatio, PairsRoundByRound) {
  // The machine is ten times slower in the second round: the ratio is the same.
  RatioInterval ratio = PairedRatio({30, 300, 33}, {10, 100, 11});
  EXPECT_DOUBLE_EQ(ratio.ratio, 3);
  EXPECT_DOUBLE_EQ(ratio.low, 3);
  EXPECT_DOUBLE_EQ(ratio.high, 3);
}

TEST(PairedRatio, TakesTheRanksOfTheSignTest) {
  RatioInterval five = OfRatios({5, 1, 4, 2, 3});
  EXPECT_DOUBLE_EQ(five.low, 1);
  EXPECT_DOUBLE_EQ(five.ratio, 3);
  EXPECT_DOUBLE_EQ(five.high, 5);
  // P(at most 1 of 11 coins) = 12 / 2048 = 0.6 %, at most 2: 3.3 %, so the second smallest.
  RatioInterval eleven = OfRatios({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  EXPECT_DOUBLE_EQ(eleven.low, 2);
  EXPECT_DOUBLE_EQ(eleven.ratio, 6);
  EXPECT_DOUBLE_EQ(eleven.high, 10);
}

TEST(PairedRatio, HoldsTheMedianAsOftenAsItSays) {
  std::mt19937 random(1);
  std::lognormal_distribution<double> noise(std::log(2.0), 0.5);  // its median is 2
  constexpr int kStudies = 4000;
  int held = 0;
  for (int study = 0; study < kStudies; ++study) {
    std::vector<double> ratios(11);
    for (double& ratio : ratios) ratio = noise(random);
    RatioInterval interval = OfRatios(ratios);
    held += interval.low <= 2 && 2 <= interval.high ? 1 : 0;
  }
  EXPECT_GT(held, kStudies * 0.95);
  EXPECT_LT(held, kStudies);
}

TEST(PairedRatio, IsInvertedByExchangingTheSides) {
  std::vector<double> before = {3, 5, 9, 2}, after = {2, 2, 3, 7};
  RatioInterval one = PairedRatio(before, after);
  RatioInterval other = PairedRatio(after, before);
  EXPECT_DOUBLE_EQ(one.ratio, 1 / other.ratio);
  EXPECT_DOUBLE_EQ(one.low, 1 / other.high);
}

TEST(Judge, ComparesTheIntervalWithTheClaim) {
  EXPECT_EQ(Judge(0, {5, 4, 6}), Verdict::kNoFigure);
  EXPECT_EQ(Judge(3, {2.8, 2.7, 3.1}), Verdict::kReproduces);
  EXPECT_EQ(Judge(3, {2.5, 2.4, 2.6}), Verdict::kReproduces);  // within a fifth
  EXPECT_EQ(Judge(3, {9, 8, 10}), Verdict::kReproduces);
  EXPECT_EQ(Judge(44, {2.5, 2.4, 2.6}), Verdict::kWeaker);
  EXPECT_EQ(Judge(18, {1.01, 0.99, 1.03}), Verdict::kDoesNot);
  EXPECT_EQ(Judge(18, {1.2, 0.9, 1.4}), Verdict::kDoesNot);
}

TEST(RatioText, KeepsTwoOrThreeDigits) {
  EXPECT_EQ(RatioText(43.7), "44x");
  EXPECT_EQ(RatioText(2.44), "2.4x");
  EXPECT_EQ(RatioText(0.968), "0.97x");
}

}  // namespace
}  // namespace unpark::benchmarks
