// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// The calls, and who gets SIGPIPE.
#include "runtime/net/system.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

namespace unpark::net::internal {
namespace {

// Set while this thread is in SysWrite; a SIGPIPE is delivered in the thread that writes.
thread_local volatile sig_atomic_t t_writing = 0;

void OnSigpipe(int) {
  if (t_writing != 0) return;
  signal(SIGPIPE, SIG_DFL);  // not ours: as if we had never been here
  raise(SIGPIPE);
}

// Only where nobody else cares for the signal. A handler and not SIG_IGN, which a program started
// by exec would inherit.
void CatchSigpipe() {
  static const bool caught = [] {
    struct sigaction now {};
    if (sigaction(SIGPIPE, nullptr, &now) != 0 || (now.sa_flags & SA_SIGINFO) != 0 ||
        now.sa_handler != SIG_DFL) {
      return false;
    }
    struct sigaction ours {};
    ours.sa_handler = OnSigpipe;
    ours.sa_flags = SA_RESTART | SA_ONSTACK;
    sigemptyset(&ours.sa_mask);
    return sigaction(SIGPIPE, &ours, nullptr) == 0;
  }();
  static_cast<void>(caught);
}

template <class T>
T OrErrno(T result) {
  return result < 0 ? -errno : result;
}

}  // namespace

ssize_t SysRead(int fd, char* p, std::size_t n) { return OrErrno(read(fd, p, n)); }

ssize_t SysWrite(int fd, const char* p, std::size_t n) {
  if (fd == STDOUT_FILENO || fd == STDERR_FILENO) return OrErrno(write(fd, p, n));
  CatchSigpipe();
  t_writing = 1;
  const ssize_t result = OrErrno(write(fd, p, n));
  t_writing = 0;
  return result;
}

ssize_t SysSend(int fd, const char* p, std::size_t n) {
  return OrErrno(send(fd, p, n, MSG_NOSIGNAL));
}

int SysAccept(int fd, sockaddr_storage* peer) {
  socklen_t length = sizeof *peer;
  return OrErrno(
      accept4(fd, reinterpret_cast<sockaddr*>(peer), &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
}

int SysSocket(int family) {
  return OrErrno(socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

int SysBindAndListen(int fd, const sockaddr_storage& address, socklen_t length) {
  constexpr int kBacklog = 65'535;  // the kernel lowers it to net.core.somaxconn
  if (bind(fd, reinterpret_cast<const sockaddr*>(&address), length) != 0) return -errno;
  return OrErrno(listen(fd, kBacklog));
}

int SysConnect(int fd, const sockaddr_storage& address, socklen_t length) {
  return OrErrno(connect(fd, reinterpret_cast<const sockaddr*>(&address), length));
}

int SysConnectResult(int fd) {
  int error = 0;
  socklen_t length = sizeof error;
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0) return -errno;
  if (error != 0) return -error;
  // No error may also mean: not yet.
  sockaddr_storage peer;
  length = sizeof peer;
  return getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &length) == 0 ? 0 : -EINPROGRESS;
}

int SysShutdownWrite(int fd) { return OrErrno(shutdown(fd, SHUT_WR)); }

int SysClose(int fd) { return OrErrno(close(fd)); }

int SysIsNonblocking(int fd) {
  const int flags = fcntl(fd, F_GETFL);
  return flags < 0 ? -errno : (flags & O_NONBLOCK) != 0;
}

int SysPipe(int fds[2]) { return OrErrno(pipe2(fds, O_NONBLOCK | O_CLOEXEC)); }

}  // namespace unpark::net::internal
