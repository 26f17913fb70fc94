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
  kIoWait,
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

  // In three cache lines: what a spawn writes and a first dispatch reads, the closure, and what
  // only a switch out touches. A goroutine that runs to its end without parking never needs the
  // third.
  G* next = nullptr;  // in a free list
  // The closure: runs it or destroys it unrun. It lives in `storage`, or on the heap with its
  // pointer there.
  void (*closure)(G*, Op) = nullptr;
  std::uint64_t id = 0;
  std::source_location spawned_at;
  os::FreeStack* stack = nullptr;  // bound at first dispatch
  M* locked_m = nullptr;           // set while LockOSThread holds
  std::atomic<GState> state{GState::kDead};
  WaitReason wait_reason = WaitReason::kNone;
  bool is_main = false;
  bool started = false;  // its closure has begun
  int lock_depth = 0;    // LockOSThread nests
  int saved_errno = 0;
  std::uint8_t stack_log2 = 0;  // of the size of its stack; 0: Options::stack_bytes

  alignas(64) unsigned char storage[kInlineBytes];

  // Written by whoever switches; read by whoever switches back. Never by two at a time: a G is on
  // one run queue, or current on one M, or parked.
  os::Context context;
  EhGlobals eh;
  std::int64_t parked_at = 0;  // coarse monotonic ns, for reports
  G* next_batch = nullptr;     // between batches of a free list, in the first G of each
  [[no_unique_address]] os::SanitizerFlow flow;
};

#if !UNPARK_SANITIZER
static_assert(sizeof(G) == 192);
#endif

}  // namespace unpark::sched

#endif  // UNPARK_RUNTIME_SCHED_G_H_
