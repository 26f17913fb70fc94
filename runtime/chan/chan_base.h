// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// ChanBase: what a channel is, whatever its elements.
#ifndef UNPARK_RUNTIME_CHAN_CHAN_BASE_H_
#define UNPARK_RUNTIME_CHAN_CHAN_BASE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "runtime/chan/wait_queue.h"
#include "runtime/os/explore.h"
#include "runtime/os/spin_lock.h"
#include "runtime/sched/sched.h"

namespace unpark::internal {

class ChanBase;

// The outcome of one attempt under the lock.
enum class Attempt { kBlocked, kDone, kClosed };

// The timer behind a timer's channel. Guarded by the channel's lock.
//
// Nothing is ever sent on such a channel: a receive finds it ready when the deadline has passed.
// The timer is filed in a P's heap only while somebody is parked on the channel, so a timer that
// nobody waits for costs nothing, and Stop and Reset need not chase a value that is already in a
// buffer: the semantics that Go has since 1.23.
struct ChanTimer {
  sched::TimerNode node;  // first, so that a node leads to its channel
  ChanBase* chan = nullptr;
  std::int64_t when = 0;    // monotonic ns
  std::int64_t period = 0;  // 0: fires once
  bool armed = false;       // set, and its value not yet received
};

// Invariants, with lock held:
//   - a goroutine is in recvq only while the buffer is empty and sendq is empty, and the other way
//   round with a full buffer
//     (but for a Select that waits on both sides of one channel);
//   - closed: sendq is empty, and recvq too once the buffer is.
//   - lock order: channels by address; a channel's lock, then a timer heap's. Nobody is readied
//   under the lock.
class ChanBase {
 public:
  explicit ChanBase(std::size_t capacity) : capacity_(capacity) {}
  ChanBase(const ChanBase&) = delete;
  ChanBase& operator=(const ChanBase&) = delete;
  virtual ~ChanBase() = default;

  void Ref() { refs_.fetch_add(1, std::memory_order_relaxed); }
  void Unref() {
    // Release: our uses happen before the deletion; acquire: the deleter sees everybody's.
    if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  std::size_t Len() const { return count_.load(std::memory_order_acquire); }
  std::size_t Cap() const { return capacity_; }

  void Close();

  // Without the lock: whether a receive or a send surely could not have gone ahead at one moment
  // during the call. A channel that holds a value, or has room, never looks otherwise in between.
  bool RecvBlocked() const {
    return Len() == 0 && sendq.Empty() && timer == nullptr &&
           !closed.load(std::memory_order_acquire);
  }
  bool SendBlocked() const {
    return Len() == capacity_ && recvq.Empty() && !closed.load(std::memory_order_acquire);
  }
  // Goes up after each change that may make the channel ready, for Select's double look.
  std::uint32_t Changes() const { return changes_.load(std::memory_order_acquire); }
  // REQUIRES: lock held.
  void CountChange() {
    changes_.store(changes_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }

  os::SpinLock lock;
  // Guarded by lock; read without it only as hints.
  WaitQueue recvq, sendq;
  explore::Atomic<bool> closed{false};
  ChanTimer* timer = nullptr;  // set before the channel is shared

 protected:
  explore::Atomic<std::size_t> count_{0};  // elements in the buffer
  explore::Atomic<std::uint32_t> changes_{0};
  const std::size_t capacity_;

 private:
  std::atomic<std::uint32_t> refs_{1};
};

// An `after` for Park: unlocks the channel whose lock was held across the switch.
inline void UnlockAfterPark(void* lock) { static_cast<os::SpinLock*>(lock)->Unlock(); }

// Parks for ever: what operations on a nil channel do.
[[noreturn]] void BlockForever(sched::WaitReason reason);

// The timer side; lock held. Files the timer as its channel gets its first waiter, unfiles it when
// the last has gone.
void FileChanTimer(ChanBase* c);
void UnfileChanTimer(ChanBase* c);
// Takes the value of a due timer: its deadline in ns, or 0 if it is not due.
std::int64_t TakeDueTimer(ChanBase* c, std::int64_t now);

}  // namespace unpark::internal

#endif  // UNPARK_RUNTIME_CHAN_CHAN_BASE_H_
