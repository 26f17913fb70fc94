// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// The mixing loop behind Work().

#include "patterns/work.h"

namespace unpark::patterns {

std::uint64_t Work(std::uint64_t seed, int rounds) {
  std::uint64_t x = seed + 0x9e3779b97f4a7c15u;
  for (int i = 0; i < rounds; ++i) {
    x ^= x >> 29;
    x *= 0xbf58476d1ce4e5b9u;
  }
  return x ^ (x >> 32);
}

}  // namespace unpark::patterns
