// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Fd: an open descriptor that goroutines share; what File, Conn and Listener are made of.
#ifndef UNPARK_RUNTIME_NET_FD_H_
#define UNPARK_RUNTIME_NET_FD_H_

#include <errno.h>

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include "runtime/chan/chan.h"
#include "runtime/net/io.h"
#include "runtime/os/spin_lock.h"
#include "runtime/sched/netpoll.h"
#include "runtime/sched/sched.h"

namespace unpark::net::internal {

// Reads and writes go side by side; of each there is one at a time, the others queue up first come,
// first served. Close may come at any time: it turns away who queues, wakes who waits for the
// kernel, and closes the descriptor once nobody is inside. So a descriptor's number is never used
// again under an operation that still holds it.
//
// Invariants, all under lock_: inside_ counts the operations that may use fd_ or pd_, queued ones
// too; a direction's queue is empty unless it is taken; after closing_ nothing enters and the
// queues are empty; the descriptor is closed when closing_ and inside_ == 0, by whoever made it so.
// Operations of a runtime that has ended were abandoned with their goroutines: they count no more.
class Fd {
 public:
  using Mode = sched::PollMode;
  enum class Kind { kFile, kSocket };

  // Takes over fd. `closed` is what operations say after Close.
  Fd(int fd, Kind kind, const Error& closed) : fd_(fd), kind_(kind), closed_(closed) {}
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd();  // closes

  // Lets the poller wait for the descriptor, which is in non-blocking mode. 0 or an errno; without
  // it operations are Blocking sections. Call it before others know of *this.
  int Poll();

  IoResult Read(std::span<char> p);
  IoResult Write(std::string_view p);
  // Runs `call(fd)`, which returns -errno on an error, until it need not wait any more: its result.
  template <class F>
  std::pair<long, Error> Run(Mode mode, F call);

  // Runs `call(fd)` beside whatever reads and writes.
  template <class F>
  Error Control(F call) {
    Inside inside(this);
    if (inside.error()) return inside.error();
    const int result = call(fd_);
    return result < 0 ? SystemError(-result) : Error();
  }

  Error SetDeadline(Time deadline, bool read, bool write);

  // Returns once the descriptor is closed, unless an operation cannot be woken (no poller) or the
  // caller is no goroutine: then the last operation closes it. The second time: the error `closed`.
  Error Close();

 private:
  struct Waiter {
    sched::G* g;
    Waiter* next = nullptr;
    bool granted = false;
  };
  struct Direction {
    bool taken = false;
    Waiter* first = nullptr;
    Waiter* last = nullptr;
  };
  // An operation inside; without a mode it queues with nobody.
  class Inside {
   public:
    explicit Inside(Fd* fd) : fd_(fd), error_(fd->Enter()) {}
    Inside(Fd* fd, Mode mode)
        : fd_(fd), direction_(&fd->direction(mode)), error_(fd->Enter(mode)) {}
    ~Inside() {
      if (!error_) fd_->Leave(direction_);
    }
    const Error& error() const { return error_; }

   private:
    Fd* const fd_;
    Direction* const direction_ = nullptr;
    const Error error_;
  };

  void ForgetAbandoned();  // REQUIRES: lock_ held
  Direction& direction(Mode mode) { return directions_[mode == Mode::kRead ? 0 : 1]; }
  Error Enter();
  Error Enter(Mode mode);
  void Leave(Direction* direction);
  // Its parts, once inside.
  Error Begin(Mode mode);
  Error Await(Mode mode);
  template <class F>
  std::pair<long, Error> Try(Mode mode, F call);
  Error FromPoll(sched::PollResult result) const;
  int CloseNow();

  const int fd_;
  const Kind kind_;
  const Error closed_;
  sched::PollDesc* pd_ = nullptr;

  os::SpinLock lock_;
  // Guarded by lock_.
  std::array<Direction, 2> directions_;
  int inside_ = 0;
  std::uint64_t runtime_ = 0;  // whose goroutines inside_ counts
  bool closing_ = false;
  sched::G* closer_ = nullptr;  // parked until the last operation has closed the descriptor
};

// --- implementation only below

// Runs `call` in a Blocking section if this is a goroutine; -errno is its result and not the
// thread's.
template <class F>
long CallBlocking(F call) {
  if (sched::CurrentG() == nullptr) return call();
  sched::EnterBlocking();
  const long result = call();
  sched::ExitBlocking();
  return result;
}

template <class F>
std::pair<long, Error> Fd::Try(Mode mode, F call) {
  for (;;) {
    const long result = pd_ != nullptr ? call(fd_) : CallBlocking([&] { return call(fd_); });
    if (result >= 0) return {result, {}};
    if (result == -EINTR) continue;
    if (result != -EAGAIN || pd_ == nullptr)
      return {result, SystemError(static_cast<int>(-result))};
    if (Error err = Await(mode)) return {result, std::move(err)};
  }
}

template <class F>
std::pair<long, Error> Fd::Run(Mode mode, F call) {
  Inside inside(this, mode);
  if (inside.error()) return {-1, inside.error()};
  if (Error err = Begin(mode)) return {-1, std::move(err)};
  return Try(mode, call);
}

}  // namespace unpark::net::internal

#endif  // UNPARK_RUNTIME_NET_FD_H_
