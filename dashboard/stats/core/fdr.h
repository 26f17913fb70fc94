// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Fdr: which of many p-values to believe, at a promised share of false ones.
#ifndef DASHBOARD_STATS_CORE_FDR_H_
#define DASHBOARD_STATS_CORE_FDR_H_

#include <span>
#include <vector>

namespace unpark::stats {

// Adjusted p-values of Benjamini and Hochberg 1995: reject where the result is <= q. Holds for
// independent and for positively dependent tests.
std::vector<double> BenjaminiHochberg(std::span<const double> p_values);

// Adjusted p-values of Benjamini and Yekutieli 2001: holds for any dependence, at the price of a
// factor of 1 + 1/2 + ... + 1/n.
std::vector<double> BenjaminiYekutieli(std::span<const double> p_values);

}  // namespace unpark::stats

#endif  // DASHBOARD_STATS_CORE_FDR_H_
