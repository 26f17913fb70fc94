// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Entering, leaving, closing; reads and writes.
#include "runtime/net/fd.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <mutex>

#include "runtime/net/system.h"

namespace unpark::net::internal {

using sched::PollResult;

Fd::~Fd() {
  if (closing_) return;
  if (pd_ != nullptr) sched::PollEvict(pd_);
  CloseNow();
}

int Fd::Poll() {
  int error = 0;
  pd_ = sched::PollOpen(fd_, &error);
  return error;
}

int Fd::CloseNow() {
  if (pd_ != nullptr) sched::PollClose(pd_, fd_);
  return SysClose(fd_);
}

void Fd::ForgetAbandoned() {
  const std::uint64_t now = sched::RuntimeNumber();
  if (runtime_ == now && sched::Procs() != 0) return;
  runtime_ = now;
  inside_ = 0;
  directions_ = {};
}

Error Fd::Enter() {
  std::lock_guard guard(lock_);
  ForgetAbandoned();
  if (closing_) return closed_;
  ++inside_;
  return {};
}

Error Fd::Enter(Mode mode) {
  lock_.Lock();
  ForgetAbandoned();
  if (closing_) {
    lock_.Unlock();
    return closed_;
  }
  Direction& d = direction(mode);
  if (!d.taken) {
    ++inside_;
    d.taken = true;
    lock_.Unlock();
    return {};
  }
  if (sched::CurrentG() == nullptr) {
    lock_.Unlock();
    sched::RequireGoroutine("an operation that must wait for a file was");
  }
  ++inside_;
  Waiter self{sched::CurrentG()};
  (d.last != nullptr ? d.last->next : d.first) = &self;
  d.last = &self;
  sched::Park(
      sched::WaitReason::kSemacquire,
      [](void* lock) { static_cast<os::SpinLock*>(lock)->Unlock(); }, &lock_);
  if (self.granted) return {};
  return closed_;  // Close has counted us out
}

void Fd::Leave(Direction* d) {
  sched::G* next = nullptr;
  sched::G* closer = nullptr;
  bool last;
  {
    std::lock_guard guard(lock_);
    if (d != nullptr) {
      d->taken = d->first != nullptr;
      if (Waiter* w = d->first) {
        d->first = w->next;
        if (d->first == nullptr) d->last = nullptr;
        w->granted = true;
        next = w->g;
      }
    }
    last = --inside_ == 0 && closing_;
    if (last) closer = closer_;
  }
  if (next != nullptr) sched::Ready(next);
  if (last) CloseNow();
  if (closer != nullptr) sched::Ready(closer);
}

Error Fd::Close() {
  Waiter* turned_away[2] = {};
  {
    std::lock_guard guard(lock_);
    ForgetAbandoned();
    if (closing_) return closed_;
    closing_ = true;
    ++inside_;  // ourselves: pd_ stays while we evict
    for (std::size_t i = 0; i < directions_.size(); ++i) {
      Direction& d = directions_[i];
      turned_away[i] = std::exchange(d.first, nullptr);
      d.last = nullptr;
      for (Waiter* w = turned_away[i]; w != nullptr; w = w->next) --inside_;
    }
  }
  for (Waiter* w : turned_away) {
    while (w != nullptr) sched::Ready(std::exchange(w, w->next)->g);
  }
  if (pd_ != nullptr) sched::PollEvict(pd_);
  const bool waits = pd_ != nullptr && sched::CurrentG() != nullptr;
  lock_.Lock();
  const bool last = --inside_ == 0;
  if (last || !waits) {
    lock_.Unlock();
    const int result = last ? CloseNow() : 0;
    return result == 0 ? Error() : SystemError(-result);
  }
  closer_ = sched::CurrentG();
  sched::Park(
      sched::WaitReason::kSemacquire,
      [](void* lock) { static_cast<os::SpinLock*>(lock)->Unlock(); }, &lock_);
  return {};
}

Error Fd::FromPoll(PollResult result) const {
  switch (result) {
    case PollResult::kOk:
      return {};
    case PollResult::kClosing:
      return closed_;
    case PollResult::kTimeout:
      return kIoTimeout;
  }
  return {};
}

Error Fd::Begin(Mode mode) {
  return pd_ == nullptr ? Error() : FromPoll(sched::PollReset(pd_, mode));
}

Error Fd::Await(Mode mode) { return FromPoll(sched::PollWait(pd_, mode)); }

IoResult Fd::Read(std::span<char> p) {
  if (p.empty()) {
    Inside inside(this, Mode::kRead);
    return {0, inside.error()};
  }
  auto [n, err] = Run(Mode::kRead, [p](int fd) { return SysRead(fd, p.data(), p.size()); });
  if (err) return {0, std::move(err)};
  if (n == 0) return {0, kEof};
  return {static_cast<std::size_t>(n), {}};
}

IoResult Fd::Write(std::string_view p) {
  Inside inside(this, Mode::kWrite);
  if (inside.error()) return {0, inside.error()};
  if (Error err = Begin(Mode::kWrite)) return {0, std::move(err)};
  std::size_t written = 0;
  while (written < p.size()) {
    const std::string_view rest = p.substr(written);
    auto [n, err] = Try(Mode::kWrite, [this, rest](int fd) {
      return kind_ == Kind::kSocket ? SysSend(fd, rest.data(), rest.size())
                                    : SysWrite(fd, rest.data(), rest.size());
    });
    if (err) return {written, std::move(err)};
    written += static_cast<std::size_t>(n);
  }
  return {written, {}};
}

Error Fd::SetDeadline(Time deadline, bool read, bool write) {
  if (deadline != Time{}) sched::RequireGoroutine("SetDeadline");
  Inside inside(this);
  if (inside.error()) return inside.error();
  if (pd_ == nullptr) return kNoDeadline;
  const std::int64_t ns =
      std::chrono::duration_cast<std::chrono::nanoseconds>(deadline.time_since_epoch()).count();
  // Zero means none, so what lies before the clock's zero is its first tick, long passed.
  sched::PollSetDeadline(pd_, deadline == Time{} ? 0 : std::max<std::int64_t>(ns, 1), read, write);
  return {};
}

}  // namespace unpark::net::internal
