// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Opening and closing the lanes of readers.
#include "runtime/sync/reader_lanes.h"

#include <sched.h>

#include <new>

#include "runtime/os/clock.h"
#include "runtime/sched/preempt.h"

namespace unpark::internal {
namespace {

constexpr int kPauses = 100;

}  // namespace

bool ReaderLanes::Open() {
  if (!sched::CanTake()) return false;
  if (lanes_ == nullptr) lanes_.reset(new (std::nothrow) Lane[kCount]);
  if (lanes_ == nullptr) return false;
  open_.store(true, std::memory_order_release);
  return true;
}

std::int64_t ReaderLanes::Close() {
  open_.store(false, std::memory_order_relaxed);
  sched::Membarrier();
  std::int64_t sum = 0;
  for (std::uint32_t i = 0; i < kCount; ++i) {
    Lane& lane = lanes_[i];
    for (int tries = 0; lane.busy.load(std::memory_order_acquire); ++tries) {
      if (tries < kPauses) {
        os::CpuRelax();
      } else {
        sched_yield();  // that thread is off its core
      }
    }
    os::AcquireFrom(&lane.readers);
    sum += lane.readers.load(std::memory_order_relaxed);
    lane.readers.store(0, std::memory_order_relaxed);
  }
  return sum;
}

}  // namespace unpark::internal
