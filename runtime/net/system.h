// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// System calls on descriptors that return -errno.
//
// The errno of a thread is read in the same frame as the call that set it: in a function that also
// parks the compiler may have kept the address of another thread's.
#ifndef UNPARK_RUNTIME_NET_SYSTEM_H_
#define UNPARK_RUNTIME_NET_SYSTEM_H_

#include <sys/socket.h>
#include <sys/types.h>

#include <cstddef>

namespace unpark::net::internal {

ssize_t SysRead(int fd, char* p, std::size_t n);
// A broken pipe is -EPIPE and no SIGPIPE, but for stdout and stderr, as in Go.
ssize_t SysWrite(int fd, const char* p, std::size_t n);
ssize_t SysSend(int fd, const char* p, std::size_t n);
// Non-blocking, closed on exec.
int SysAccept(int fd, sockaddr_storage* peer);
int SysSocket(int family);
int SysBindAndListen(int fd, const sockaddr_storage& address, socklen_t length);
int SysConnect(int fd, const sockaddr_storage& address, socklen_t length);
// How a connect under way has ended: 0, -EINPROGRESS if it has not, or why it failed.
int SysConnectResult(int fd);
int SysShutdownWrite(int fd);
int SysClose(int fd);
// Whether the descriptor is in non-blocking mode, or -errno.
int SysIsNonblocking(int fd);
int SysPipe(int fds[2]);

}  // namespace unpark::net::internal

#endif  // UNPARK_RUNTIME_NET_SYSTEM_H_
