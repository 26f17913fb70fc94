// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// File: a file descriptor of any kind, read and written by goroutines, as Go's os.File.
#ifndef UNPARK_RUNTIME_NET_FILE_H_
#define UNPARK_RUNTIME_NET_FILE_H_

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "runtime/chan/chan.h"
#include "runtime/net/io.h"

namespace unpark::net {

namespace internal {
class Fd;
}

// A shared handle: copy it by value into goroutines; the last one to go closes the descriptor. All
// calls may be made by several goroutines at once; reads queue up, and writes do.
//
//   auto [reader, writer, err] = unpark::net::Pipe();
//   unpark::go([writer = writer] { writer.Write("hello"); writer.Close(); });
//   char buffer[64];
//   auto [n, read_err] = reader.Read(buffer);
//
// A descriptor in non-blocking mode whose kind the kernel can poll (pipe, socket, eventfd, ...)
// parks the goroutine; any other (a regular file, an inherited stdin) is used in Blocking sections
// and has no deadlines.
class File {
 public:
  File() = default;
  // Takes over `fd`; `name` is what errors call it.
  explicit File(int fd, std::string name = "");

  // Up to p.size() bytes, at least one; kEof at the end.
  IoResult Read(std::span<char> p) const;
  // All of p, or an error. A broken pipe is an error and no signal, but for stdout and stderr.
  IoResult Write(std::string_view p) const;

  // Wakes pending operations, which then say kFileClosed, and waits for them. A second Close says
  // so too.
  Error Close() const;

  // What is pending or comes later ends with kIoTimeout once Now() >= deadline, at once if it has
  // passed; a new deadline revives the file, Time{} is none. kNoDeadline if it cannot be polled.
  Error SetDeadline(Time deadline) const;
  Error SetReadDeadline(Time deadline) const;
  Error SetWriteDeadline(Time deadline) const;

  explicit operator bool() const { return fd_ != nullptr; }  // not nil

 private:
  Error Wrap(std::string_view operation, const Error& err) const;

  std::shared_ptr<internal::Fd> fd_;
  std::string name_;
};

struct PipeEnds {
  File reader, writer;
  Error err;
};

// A pipe: Go's os.Pipe.
PipeEnds Pipe();

}  // namespace unpark::net

#endif  // UNPARK_RUNTIME_NET_FILE_H_
