// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// FixturePairs: made-up pairs for the tests of the suite and of study.

#ifndef BENCHMARKS_FIXTURE_PAIRS_H_
#define BENCHMARKS_FIXTURE_PAIRS_H_

#include <string>
#include <vector>

#include "patterns/pair.h"

namespace unpark::benchmarks {

// "good": two pairs, `one` and `two`, in which all is well. Otherwise one pair, `odd`, whose before
//   wrong, late   gives a wrong answer at once, or after the check
//   crash, quit   kills the process, or ends it
//   stuck         never returns
//   interrupt     sends SIGTERM to the suite in a timed row
//   blind         is registered wrong on purpose, and is right
//   quota         asks for a CPU quota of 0.5
// "refused" throws patterns::PairError.
std::vector<patterns::PairInfo> FixturePairs(const std::string& scenario);

}  // namespace unpark::benchmarks

#endif  // BENCHMARKS_FIXTURE_PAIRS_H_
