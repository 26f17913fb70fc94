// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Model: every outcome that Go's semantics allow a program, by trying all interleavings.
#ifndef UNPARK_RUNTIME_CONFORMANCE_DIFFERENTIAL_MODEL_H_
#define UNPARK_RUNTIME_CONFORMANCE_DIFFERENTIAL_MODEL_H_

#include <cstddef>
#include <optional>
#include <set>
#include <string>

#include "runtime/conformance/differential/program.h"

namespace unpark::differential {

// The outcomes, as the interpreters and the driver word them:
//
//   done LOG|LOG|...       all bodies ended; one log each, entries separated by blanks
//   panic TEXT             a body that does not recover panicked
//   fatal TEXT             a misuse that cannot be recovered
//   deadlock REASON,...    nothing can go on; what the goroutines wait for, sorted, main's too
//
// nullopt if the program has more than max_states states.
std::optional<std::set<std::string>> Outcomes(const Program& program, std::size_t max_states);

}  // namespace unpark::differential

#endif  // UNPARK_RUNTIME_CONFORMANCE_DIFFERENTIAL_MODEL_H_
