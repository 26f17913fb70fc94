// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/stats/core/fdr.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

namespace unpark::stats {
namespace {

TEST(BenjaminiHochberg, AdjustsAsInTheirPaper) {
  const std::vector<double> adjusted =
      BenjaminiHochberg(std::vector<double>{0.04, 0.001, 0.03, 0.5});
  EXPECT_NEAR(adjusted[1], 0.004, 1e-12);
  EXPECT_NEAR(adjusted[2], 0.04 * 4 / 3, 1e-12);  // not above that of the larger p
  EXPECT_NEAR(adjusted[0], 0.04 * 4 / 3, 1e-12);
  EXPECT_NEAR(adjusted[3], 0.5, 1e-12);
}

TEST(BenjaminiYekutieli, CostsTheHarmonicSum) {
  const std::vector<double> p{0.01, 0.02};
  EXPECT_NEAR(BenjaminiYekutieli(p)[0], 1.5 * BenjaminiHochberg(p)[0], 1e-12);
}

TEST(BenjaminiHochberg, TakesNoneAndRefusesWhatIsNoProbability) {
  EXPECT_TRUE(BenjaminiHochberg({}).empty());
  EXPECT_THROW(BenjaminiHochberg(std::vector<double>{1.5}), std::invalid_argument);
  EXPECT_THROW(BenjaminiHochberg(std::vector<double>{NAN}), std::invalid_argument);
}

}  // namespace
}  // namespace unpark::stats
