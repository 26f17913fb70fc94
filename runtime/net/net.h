// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Stream connections, TCP and Unix, as Go's package net: Dial, Listen, Conn, Listener.
//
//   auto [listener, err] = unpark::net::Listen("tcp", "127.0.0.1:0");
//   for (;;) {
//     auto [conn, accept_err] = listener.Accept();
//     if (accept_err) break;                            // closed
//     unpark::go([conn = conn] {
//       char buffer[4096];
//       for (;;) {
//         auto [n, read_err] = conn.Read(buffer);
//         if (read_err) return;
//         conn.Write({buffer, n});
//       }
//     });
//   }
//
// Networks are "tcp", "tcp4", "tcp6" and "unix"; hosts are numbers or "localhost": names are not
// looked up. Errors have Go's texts.
#ifndef UNPARK_RUNTIME_NET_NET_H_
#define UNPARK_RUNTIME_NET_NET_H_

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "runtime/chan/chan.h"
#include "runtime/net/io.h"
#include "runtime/time/time.h"

namespace unpark::net {

namespace internal {
struct Socket;
}

// A shared handle: copy it by value into goroutines; the last one to go closes the connection. All
// calls may be made by several goroutines at once; reads queue up, and writes do, so that each
// Write is whole.
class Conn {
 public:
  Conn() = default;
  explicit Conn(std::shared_ptr<internal::Socket> socket) : socket_(std::move(socket)) {}

  // Up to p.size() bytes, at least one; kEof once the peer has closed.
  IoResult Read(std::span<char> p) const;
  // All of p, or an error.
  IoResult Write(std::string_view p) const;

  // Wakes pending operations, which then say kConnClosed, and waits for them. A second Close says
  // so too.
  Error Close() const;
  // The peer reads kEof, while this side can still read.
  Error CloseWrite() const;

  // What is pending or comes later ends with kIoTimeout once Now() >= deadline, at once if it has
  // passed; a new deadline revives the connection, Time{} is none.
  Error SetDeadline(Time deadline) const;
  Error SetReadDeadline(Time deadline) const;
  Error SetWriteDeadline(Time deadline) const;

  const std::string& LocalAddr() const;
  const std::string& RemoteAddr() const;

  explicit operator bool() const { return socket_ != nullptr; }  // not nil

 private:
  std::shared_ptr<internal::Socket> socket_;
};

struct ConnResult {
  Conn conn;
  Error err;
};

// Shared as a Conn is; the last handle to go closes it.
class Listener {
 public:
  Listener() = default;
  explicit Listener(std::shared_ptr<internal::Socket> socket) : socket_(std::move(socket)) {}

  ConnResult Accept() const;
  // Wakes pending Accepts, which then say kConnClosed. Removes a Unix socket's path.
  Error Close() const;
  // For Accept.
  Error SetDeadline(Time deadline) const;
  const std::string& Addr() const;

  explicit operator bool() const { return socket_ != nullptr; }

 private:
  std::shared_ptr<internal::Socket> socket_;
};

struct ListenResult {
  Listener listener;
  Error err;
};

// Port 0 is any free one: Addr() tells.
ListenResult Listen(std::string_view network, std::string_view address);

ConnResult Dial(std::string_view network, std::string_view address);
// kIoTimeout if it takes longer; 0: no limit.
ConnResult DialTimeout(std::string_view network, std::string_view address, Duration timeout);

}  // namespace unpark::net

#endif  // UNPARK_RUNTIME_NET_NET_H_
