// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Epoll: readiness of file descriptors, and one thread's sleep until there is some.
#ifndef UNPARK_RUNTIME_OS_EPOLL_H_
#define UNPARK_RUNTIME_OS_EPOLL_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

struct epoll_event;  // of <sys/epoll.h>

namespace unpark::os {

// Edge-triggered: a descriptor is reported once each time it becomes readable or writable, so who
// was told must go on until the kernel says EAGAIN.
//
//   Epoll epoll;
//   epoll.Open();                         epoll.Add(fd, tag);
//   A: n = epoll.Wait(events, deadline);  B: epoll.Break();
//
// Poll may be called by any number of threads at once, Wait by one at a time beside them. A Break
// is kept until the next Wait: polls that do not wait leave it alone, else they would take it from
// the thread it is meant for.
class Epoll {
 public:
  enum class Clock {
    kAuto,     // epoll_pwait2, and kTimerFd where the kernel (before 5.11) or its guard refuses it
    kTimerFd,  // a timer among the descriptors: one more system call a wait, as precise
  };
  struct Event {
    std::uint64_t tag;
    bool readable, writable;  // both on an error or a hang-up
  };
  static constexpr std::size_t kMaxEvents = 128;
  static constexpr std::uint64_t kFirstTag = 2;  // lower ones are its own

  Epoll() = default;
  Epoll(const Epoll&) = delete;
  Epoll& operator=(const Epoll&) = delete;
  ~Epoll();

  // 0 or an errno.
  int Open(Clock clock = Clock::kAuto);
  // 0 or an errno; EPERM: this kind of file is always ready.
  int Add(int fd, std::uint64_t tag);
  void Remove(int fd);

  // What is ready now, as the first elements of `out`; how many.
  std::size_t Poll(std::span<Event, kMaxEvents> out);
  // The same, but blocks until there is something, a Break, a signal, or the deadline (monotonic
  // ns, 0: none).
  std::size_t Wait(std::span<Event, kMaxEvents> out, std::int64_t deadline_ns);
  // Ends the Wait under way, or the next one.
  void Break();

 private:
  static constexpr std::uint64_t kBreakTag = 0, kTimerTag = 1;

  int WaitRaw(epoll_event* events, std::int64_t deadline_ns);
  std::size_t Decode(const epoll_event* events, int n, bool waited,
                     std::span<Event, kMaxEvents> out);

  int epoll_fd_ = -1;
  int break_fd_ = -1;  // an eventfd, level-triggered
  int timer_fd_ = -1;  // -1: epoll_pwait2 works
  // One write to break_fd_ is enough until Wait has read it.
  std::atomic<bool> breaking_{false};
};

}  // namespace unpark::os

#endif  // UNPARK_RUNTIME_OS_EPOLL_H_
