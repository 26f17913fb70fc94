// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// G: one goroutine.
#ifndef UNPARK_RUNTIME_SCHED_G_H_
#define UNPARK_RUNTIME_SCHED_G_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <source_location>

#include "runtime/os/context.h"
#include "runtime/os/sanitizer.h"
#include "runtime/os/stack.h"

namespace unpark::sched {

struct M;

enum class GState : std::uint8_t {
  kDead,      // on a free list, or never used
  kRunnable,  // on exactly one run queue
  kRunning,   // the current G of one M
  kWaiting,   // parked; reachable only by what will ready it
  kBlocking,  // in a Blocking section: its M runs it without a P
};

// What a parked goroutine waits for; the texts are Go's (WaitReasonText).
enum class WaitReason : std::uint8_t {
  kNone,
  kChanSend,
  kChanSendNil,
  kChanRecv,
  kChanRecvNil,
  kSelect,
  kSelectNoCases,
  kSleep,
  kMutexLock,
  kRWMutexRLock,
  kRWMutexLock,
  kWaitGroupWait,
  kCondWait,
  kSemacquire,
  kCount,
};
const char* WaitReasonText(WaitReason reason);

// The part of the C++ runtime's per-thread state that belongs to a goroutine: __cxa_eh_globals of
// the Itanium ABI.
struct EhGlobals {
  void* caught = nullptr;
  unsigned int uncaught = 0;
};

struct alignas(64) G {
  static constexpr std::size_t kInlineBytes = 64;
  enum class Op { kRun, kDestroy };

  // Written by whoever switches; read by whoever switches back. Never by two at a time: a G is on
  // one run queue, or current on one M, or parked.
  os::Context context;
  G* next = nullptr;               // in a free list
  os::FreeStack* stack = nullptr;  // bound at first dispatch
  os::StackPool* stack_pool = nullptr;
  M* locked_m = nullptr;  // set while LockOSThread holds
  std::atomic<GState> state{GState::kDead};
  WaitReason wait_reason = WaitReason::kNone;
  bool is_main = false;
  bool started = false;  // its closure has begun
  int lock_depth = 0;    // LockOSThread nests
  int saved_errno = 0;
  EhGlobals eh;

  // The closure: runs it or destroys it unrun. It lives in `storage`, or on the heap with its
  // pointer there.
  void (*closure)(G*, Op) = nullptr;
  std::uint64_t id = 0;
  std::int64_t parked_at = 0;  // coarse monotonic ns, for reports
  std::source_location spawned_at;
  G* next_batch = nullptr;  // between batches of a free list, in the first G of each
  os::SanitizerFlow flow;
  alignas(16) unsigned char storage[kInlineBytes];
};

}  // namespace unpark::sched

#endif  // UNPARK_RUNTIME_SCHED_G_H_
