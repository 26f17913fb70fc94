// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Work: real, deterministic integer work of a chosen length, the same on both sides of a pair.

#ifndef UNPARK_PATTERNS_WORK_H_
#define UNPARK_PATTERNS_WORK_H_

#include <cstdint>

namespace unpark::patterns {

// Mixes `seed` `rounds` times; each round needs the one before it (1 to 2 ns on a core of 3 to 4
// GHz). Lives in its own file, never inlined, so that a compiler can neither fold nor vectorize it
// away.
std::uint64_t Work(std::uint64_t seed, int rounds);

}  // namespace unpark::patterns

#endif  // UNPARK_PATTERNS_WORK_H_
