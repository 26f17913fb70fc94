// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// The lanes in use, as bits of a word.
#include "runtime/os/lane.h"

#include <atomic>
#include <bit>
#include <cstdint>

namespace unpark::os {
namespace {

std::atomic<std::uint64_t> g_taken{0};

class Claim {
 public:
  Claim() {
    std::uint64_t taken = g_taken.load(std::memory_order_relaxed);
    while (~taken != 0) {
      const int lowest = std::countr_one(taken);
      // Acquire: what the last thread of this lane wrote there comes first.
      if (g_taken.compare_exchange_weak(taken, taken | std::uint64_t{1} << lowest,
                                        std::memory_order_acquire)) {
        lane = lowest;
        return;
      }
    }
  }
  ~Claim() {
    if (lane >= 0) g_taken.fetch_and(~(std::uint64_t{1} << lane), std::memory_order_release);
  }
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;

  int lane = -1;
};

}  // namespace

int ThreadLane() {
  static thread_local const Claim claim;
  return claim.lane;
}

}  // namespace unpark::os
