// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Study: one exercise in a terminal, its lesson, its sides timed against each other, and a verdict.

#ifndef BENCHMARKS_STUDY_H_
#define BENCHMARKS_STUDY_H_

#include <functional>
#include <string>
#include <vector>

#include "patterns/pair.h"

namespace unpark::benchmarks {

// The whole program. `arguments` are those after the program's name: an exercise's number, name or
// slug, and flags. Returns its exit status: 0; 2 for bad arguments, with the nearest exercise as a
// suggestion; 3 when the answer is wrong or the process crashes; 130 interrupted.
// REQUIRES: this process has one thread.
int StudyMain(const std::string& program, const std::vector<std::string>& arguments,
              const std::function<const std::vector<patterns::PairInfo>&()>& pairs);

// The pair that `text` names, or null and a line with the nearest one in `wrong`.
const patterns::PairInfo* FindPair(const std::string& text,
                                   const std::vector<patterns::PairInfo>& pairs,
                                   std::string* wrong);

}  // namespace unpark::benchmarks

#endif  // BENCHMARKS_STUDY_H_
