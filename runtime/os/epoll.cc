// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// The epoll system calls, with a deadline in nanoseconds.
#include "runtime/os/epoll.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>

#include "runtime/os/clock.h"

namespace unpark::os {
namespace {

constexpr long kEpollPwait2 = 441;  // x86-64; older headers do not name it

timespec ToTimespec(std::int64_t ns) { return {ns / 1'000'000'000, ns % 1'000'000'000}; }

long Pwait2(int fd, epoll_event* events, const timespec* timeout) {
  return syscall(kEpollPwait2, fd, events, static_cast<int>(Epoll::kMaxEvents), timeout, nullptr,
                 0);
}

int AddLevelTriggered(int epoll_fd, int fd, std::uint64_t tag) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = tag;
  return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : errno;
}

void Drain(int fd) {
  std::uint64_t count;
  static_cast<void>(!read(fd, &count, sizeof count));
}

}  // namespace

Epoll::~Epoll() {
  for (const int fd : {epoll_fd_, break_fd_, timer_fd_}) {
    if (fd >= 0) close(fd);
  }
}

int Epoll::Open(Clock clock) {
  epoll_fd_ = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_fd_ < 0) return errno;
  break_fd_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (break_fd_ < 0) return errno;
  if (const int error = AddLevelTriggered(epoll_fd_, break_fd_, kBreakTag)) return error;
  epoll_event none[kMaxEvents];
  const timespec at_once{};
  if (clock == Clock::kAuto && Pwait2(epoll_fd_, none, &at_once) >= 0) return 0;
  timer_fd_ = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  if (timer_fd_ < 0) return errno;
  return AddLevelTriggered(epoll_fd_, timer_fd_, kTimerTag);
}

int Epoll::Add(int fd, std::uint64_t tag) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.u64 = tag;
  return epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : errno;
}

void Epoll::Remove(int fd) {
  epoll_event ignored{};
  epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, fd, &ignored);
}

std::size_t Epoll::Poll(std::span<Event, kMaxEvents> out) {
  epoll_event events[kMaxEvents];
  return Decode(events, epoll_wait(epoll_fd_, events, kMaxEvents, 0), /*waited=*/false, out);
}

std::size_t Epoll::Wait(std::span<Event, kMaxEvents> out, std::int64_t deadline_ns) {
  epoll_event events[kMaxEvents];
  return Decode(events, WaitRaw(events, deadline_ns), /*waited=*/true, out);
}

int Epoll::WaitRaw(epoll_event* events, std::int64_t deadline_ns) {
  if (timer_fd_ >= 0) {
    itimerspec at{};  // all zero: off
    at.it_value = ToTimespec(deadline_ns);
    timerfd_settime(timer_fd_, TFD_TIMER_ABSTIME, &at, nullptr);
    return epoll_wait(epoll_fd_, events, kMaxEvents, -1);
  }
  if (deadline_ns == 0) return static_cast<int>(Pwait2(epoll_fd_, events, nullptr));
  const timespec left = ToTimespec(std::max<std::int64_t>(deadline_ns - NowNs(), 0));
  return static_cast<int>(Pwait2(epoll_fd_, events, &left));
}

std::size_t Epoll::Decode(const epoll_event* events, int n, bool waited,
                          std::span<Event, kMaxEvents> out) {
  std::size_t found = 0;
  for (int i = 0; i < n; ++i) {
    const epoll_event& e = events[i];
    if (e.data.u64 == kBreakTag) {
      if (!waited) continue;
      Drain(break_fd_);
      // An exchange: a Break that found `true` and so wrote nothing happens before what we do next.
      breaking_.exchange(false, std::memory_order_acq_rel);
    } else if (e.data.u64 == kTimerTag) {
      if (waited) Drain(timer_fd_);
    } else {
      const bool failed = (e.events & (EPOLLERR | EPOLLHUP)) != 0;
      out[found++] = {e.data.u64, failed || (e.events & (EPOLLIN | EPOLLRDHUP)) != 0,
                      failed || (e.events & EPOLLOUT) != 0};
    }
  }
  return found;
}

void Epoll::Break() {
  if (breaking_.exchange(true, std::memory_order_acq_rel)) return;
  const std::uint64_t one = 1;
  static_cast<void>(!write(break_fd_, &one, sizeof one));
}

}  // namespace unpark::os
