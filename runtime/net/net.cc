// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Sockets by way of Fd: connecting, accepting, naming errors.
#include "runtime/net/net.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <atomic>
#include <utility>

#include "runtime/net/address.h"
#include "runtime/net/fd.h"
#include "runtime/net/system.h"

namespace unpark::net {
namespace internal {

// A descriptor with its names.
struct Socket {
  Socket(int fd, std::string_view network)
      : fd(fd, Fd::Kind::kSocket, kConnClosed), network(network) {}
  ~Socket() { Unlink(); }

  // "read tcp 127.0.0.1:1->127.0.0.1:2"
  std::string Describe(std::string_view operation) const {
    std::string text = std::string(operation) + " " + network + " " + local;
    return remote.empty() ? text : text + "->" + remote;
  }
  // What an operation of Fd said, in full: what the kernel refused also names the system call.
  Error Wrap(std::string_view operation, std::string_view call, const Error& err) const {
    if (!err) return {};
    const bool ours = err == kIoTimeout || err == kConnClosed;
    return Error::Wrap(Describe(operation), ours ? err : Error::Wrap(call, err));
  }
  Error SetDeadline(Time deadline, bool read, bool write) {
    const Error err = fd.SetDeadline(deadline, read, write);
    return err ? Error::Wrap("set " + network + " " + local, err) : Error();
  }
  void Unlink() {
    if (!path.empty() && !unlinked.exchange(true)) unlink(path.c_str());
  }

  Fd fd;
  const std::string network;
  std::string local, remote;
  std::string path;  // of a listening Unix socket, to be removed once
  std::atomic<bool> unlinked{false};
};

namespace {

using SocketRef = std::shared_ptr<Socket>;

Address NameOf(int fd, int (*get)(int, sockaddr*, socklen_t*)) {
  Address address;
  address.length = sizeof address.storage;
  get(fd, reinterpret_cast<sockaddr*>(&address.storage), &address.length);
  return address;
}

void SetOption(int fd, int level, int option, int value) {
  setsockopt(fd, level, option, &value, sizeof value);
}

// As Go sets up every TCP connection: small writes go out at once, dead peers are found out.
void SetConnOptions(int fd, int family) {
  if (family == AF_UNIX) return;
  constexpr int kKeepAliveSeconds = 15, kKeepAliveProbes = 9;
  SetOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  SetOption(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  SetOption(fd, IPPROTO_TCP, TCP_KEEPIDLE, kKeepAliveSeconds);
  SetOption(fd, IPPROTO_TCP, TCP_KEEPINTVL, kKeepAliveSeconds);
  SetOption(fd, IPPROTO_TCP, TCP_KEEPCNT, kKeepAliveProbes);
}

Error Polled(Socket* socket) {
  const int error = socket->fd.Poll();
  return error == 0 ? Error() : Error::Wrap("epoll_ctl", SystemError(error));
}

// One try; `name` is the call that failed.
Error Connect(const Address& to, std::string_view network, Time deadline, SocketRef* out) {
  const int fd = SysSocket(to.family());
  if (fd < 0) return Error::Wrap("socket", SystemError(-fd));
  auto socket = std::make_shared<Socket>(fd, network);
  if (Error err = Polled(socket.get())) return err;
  socket->fd.SetDeadline(deadline, /*read=*/false, /*write=*/true);
  bool begun = false;
  int result = 0;
  const auto [unused, err] = socket->fd.Run(Fd::Mode::kWrite, [&](int f) -> long {
    // An interrupted connect goes on in the kernel. Only what is under way is waited for: a Unix
    // socket whose listener's queue is full says EAGAIN, and no edge would come.
    result = begun ? SysConnectResult(f) : SysConnect(f, to.storage, to.length);
    begun = true;
    return result == -EINPROGRESS || result == -EALREADY || result == -EINTR ? -EAGAIN : 0;
  });
  if (err) return err;
  if (result != 0) return Error::Wrap("connect", SystemError(-result));
  socket->fd.SetDeadline(Time{}, /*read=*/false, /*write=*/true);
  SetConnOptions(fd, to.family());
  socket->local = ToText(NameOf(fd, getsockname));
  socket->remote = ToText(NameOf(fd, getpeername));
  *out = std::move(socket);
  return {};
}

ConnResult DialUntil(std::string_view network, std::string_view text, Time deadline) {
  const std::string dial = "dial " + std::string(network);
  Address to;
  if (Error err = ParseAddress(network, text, Purpose::kDial, &to))
    return {{}, Error::Wrap(dial, err)};
  SocketRef socket;
  Error err;
  constexpr int kTries = 3;
  for (int i = 0; i < kTries; ++i) {
    err = Connect(to, network, deadline, &socket);
    // The kernel may choose the very port that is dialled, and TCP then connects the socket to
    // itself; nobody listens there.
    const bool to_itself =
        !err && to.family() != AF_UNIX && socket->local == socket->remote && i + 1 < kTries;
    if (!to_itself) break;
  }
  if (err) return {{}, Error::Wrap(dial + " " + ToText(to), err)};
  return {Conn(std::move(socket)), {}};
}

Error Bind(Address* address, std::string_view network, bool all_interfaces, SocketRef* out) {
  int fd = SysSocket(address->family());
  if (fd == -EAFNOSUPPORT && all_interfaces && network == "tcp") {
    // No IPv6 in this kernel.
    const auto port = reinterpret_cast<const sockaddr_in6*>(&address->storage)->sin6_port;
    *address = {};
    auto* in = reinterpret_cast<sockaddr_in*>(&address->storage);
    in->sin_family = AF_INET;
    in->sin_port = port;
    address->length = sizeof *in;
    fd = SysSocket(AF_INET);
  }
  if (fd < 0) return Error::Wrap("socket", SystemError(-fd));
  auto socket = std::make_shared<Socket>(fd, network);
  if (address->family() == AF_INET6)
    SetOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, network == "tcp" && all_interfaces ? 0 : 1);
  if (address->family() != AF_UNIX) SetOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  if (const int error = SysBindAndListen(fd, address->storage, address->length); error != 0)
    return Error::Wrap("bind", SystemError(-error));
  socket->local = ToText(NameOf(fd, getsockname));
  if (address->family() == AF_UNIX && !socket->local.starts_with('@')) socket->path = socket->local;
  if (Error err = Polled(socket.get())) return err;
  *out = std::move(socket);
  return {};
}

const std::string& Nameless() {
  static const auto* const empty = new std::string;
  return *empty;
}

}  // namespace
}  // namespace internal

using internal::Fd;
using internal::Socket;

IoResult Conn::Read(std::span<char> p) const {
  if (socket_ == nullptr) return {0, SystemError(EINVAL)};
  IoResult result = socket_->fd.Read(p);
  if (result.err && result.err != kEof) result.err = socket_->Wrap("read", "read", result.err);
  return result;
}

IoResult Conn::Write(std::string_view p) const {
  if (socket_ == nullptr) return {0, SystemError(EINVAL)};
  IoResult result = socket_->fd.Write(p);
  result.err = socket_->Wrap("write", "write", result.err);
  return result;
}

Error Conn::Close() const {
  if (socket_ == nullptr) return SystemError(EINVAL);
  return socket_->Wrap("close", "close", socket_->fd.Close());
}

Error Conn::CloseWrite() const {
  if (socket_ == nullptr) return SystemError(EINVAL);
  return socket_->Wrap("close", "shutdown", socket_->fd.Control(internal::SysShutdownWrite));
}

Error Conn::SetDeadline(Time deadline) const {
  return socket_ == nullptr ? SystemError(EINVAL) : socket_->SetDeadline(deadline, true, true);
}
Error Conn::SetReadDeadline(Time deadline) const {
  return socket_ == nullptr ? SystemError(EINVAL) : socket_->SetDeadline(deadline, true, false);
}
Error Conn::SetWriteDeadline(Time deadline) const {
  return socket_ == nullptr ? SystemError(EINVAL) : socket_->SetDeadline(deadline, false, true);
}

const std::string& Conn::LocalAddr() const {
  return socket_ == nullptr ? internal::Nameless() : socket_->local;
}
const std::string& Conn::RemoteAddr() const {
  return socket_ == nullptr ? internal::Nameless() : socket_->remote;
}

ConnResult Listener::Accept() const {
  if (socket_ == nullptr) return {{}, SystemError(EINVAL)};
  internal::Address peer;
  const auto [fd, err] = socket_->fd.Run(Fd::Mode::kRead, [&](int f) -> long {
    peer = {};
    const int result = internal::SysAccept(f, &peer.storage);
    return result == -ECONNABORTED ? -EINTR : result;  // it hung up in the queue: take the next
  });
  if (err) return {{}, socket_->Wrap("accept", "accept4", err)};
  auto socket = std::make_shared<Socket>(static_cast<int>(fd), socket_->network);
  socket->local = ToText(internal::NameOf(static_cast<int>(fd), getsockname));
  socket->remote = ToText(peer);
  if (Error poll = internal::Polled(socket.get()))
    return {{}, Error::Wrap(socket_->Describe("accept"), poll)};
  internal::SetConnOptions(static_cast<int>(fd), peer.family());
  return {Conn(std::move(socket)), {}};
}

Error Listener::Close() const {
  if (socket_ == nullptr) return SystemError(EINVAL);
  socket_->Unlink();
  return socket_->Wrap("close", "close", socket_->fd.Close());
}

Error Listener::SetDeadline(Time deadline) const {
  return socket_ == nullptr ? SystemError(EINVAL) : socket_->SetDeadline(deadline, true, true);
}

const std::string& Listener::Addr() const {
  return socket_ == nullptr ? internal::Nameless() : socket_->local;
}

ListenResult Listen(std::string_view network, std::string_view text) {
  const std::string listen = "listen " + std::string(network);
  internal::Address address;
  if (Error err = ParseAddress(network, text, internal::Purpose::kListen, &address))
    return {{}, Error::Wrap(listen, err)};
  const bool all_interfaces = text.empty() || text.starts_with(':');
  std::shared_ptr<Socket> socket;
  if (Error err = internal::Bind(&address, network, all_interfaces, &socket))
    return {{}, Error::Wrap(listen + " " + ToText(address), err)};
  return {Listener(std::move(socket)), {}};
}

ConnResult Dial(std::string_view network, std::string_view address) {
  return internal::DialUntil(network, address, Time{});
}

ConnResult DialTimeout(std::string_view network, std::string_view address, Duration timeout) {
  if (timeout == Duration::zero()) return Dial(network, address);
  const Time now = Now();
  const bool endless = timeout > Time::max() - now;
  return internal::DialUntil(network, address, endless ? Time::max() : now + timeout);
}

}  // namespace unpark::net
