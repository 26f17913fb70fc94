// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Primitives: the rows of benchmarks/peers as cases, so that the suite watches the runtime
// itself. Linking it adds them.

#ifndef BENCHMARKS_PRIMITIVES_H_
#define BENCHMARKS_PRIMITIVES_H_

#include <vector>

#include "patterns/pair.h"

namespace unpark::benchmarks {

// primitives/unpark/SERIES, with the procs that the series says. Without the longest series.
const std::vector<patterns::Case>& Primitives();

}  // namespace unpark::benchmarks

#endif  // BENCHMARKS_PRIMITIVES_H_
