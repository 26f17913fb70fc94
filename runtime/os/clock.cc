// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// The clock carried on by the time-stamp counter between two readings.
#include "runtime/os/clock.h"

#include <fstream>
#include <string>

namespace unpark::os {
namespace {

// A value of the counter and the time just after it.
struct Anchor {
  std::uint64_t ticks = 0;
  std::int64_t ns = 0;
};
constexpr std::int64_t kAnchorLastsNs = 1'000'000;
constexpr std::int64_t kCalibrationNs = 10'000'000;
// Of the counter, 1 to 4 us: a longer reading was interrupted and is not used.
constexpr std::uint64_t kLongestReading = 4096;
constexpr std::uint64_t kMostTicks = std::uint64_t{1} << 24;  // so that products do not overflow

thread_local Anchor anchor;
std::atomic<std::uint64_t> ns_per_tick{0};  // times 2^32; 0 while it is not known

// The kernel reads the same counter, so it has found it to be steady and the same on all cores.
bool KernelUsesTsc() {
  static const bool uses = [] {
    std::ifstream file("/sys/devices/system/clocksource/clocksource0/current_clocksource");
    std::string name;
    return file >> name && name == "tsc";
  }();
  return uses;
}

[[gnu::noinline]] std::int64_t ReadAnchor() {
  if (!KernelUsesTsc()) return NowNs();
  // The counter first: what passes in between makes later estimates late, never early.
  const std::uint64_t ticks = __builtin_ia32_rdtsc();
  const std::int64_t ns = NowNs();
  if (__builtin_ia32_rdtsc() - ticks > kLongestReading) return ns;
  static const Anchor first{ticks, ns};
  if (const std::int64_t elapsed = ns - first.ns; elapsed > kCalibrationNs) {
    const auto scaled = static_cast<unsigned __int128>(elapsed) << 32;
    ns_per_tick.store(static_cast<std::uint64_t>(scaled / (ticks - first.ticks)),
                      std::memory_order_relaxed);
  }
  anchor = {ticks, ns};
  return ns;
}

}  // namespace

std::int64_t NowNsRoundedUp() {
  if (const explore::Explorer* e = explore::Current()) return e->now_ns;
  const std::uint64_t rate = ns_per_tick.load(std::memory_order_relaxed);
  const std::uint64_t ticks = __builtin_ia32_rdtsc() - anchor.ticks;
  if (rate != 0 && ticks < kMostTicks) {
    const auto passed = static_cast<std::int64_t>((ticks * rate) >> 32);
    // The kernel may steer its clock by 500 parts in a million: twice that on top.
    if (passed < kAnchorLastsNs) return anchor.ns + passed + (passed >> 10);
  }
  return ReadAnchor();
}

}  // namespace unpark::os
