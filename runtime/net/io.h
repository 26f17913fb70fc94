// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// What all reads and writes share: their result and their errors, in Go's words.
#ifndef UNPARK_RUNTIME_NET_IO_H_
#define UNPARK_RUNTIME_NET_IO_H_

#include <cstddef>
#include <span>

#include "runtime/errors/errors.h"

namespace unpark::net {

// How many bytes were moved, and why not more. Both can be set.
struct IoResult {
  std::size_t n = 0;
  Error err;
};

// "EOF": the peer has closed its side.
extern constinit const Error kEof;
// "unexpected EOF": it did so in the middle of what ReadFull was to read.
extern constinit const Error kUnexpectedEof;
// "i/o timeout": the deadline has passed; Timeout() is true. Go's os.ErrDeadlineExceeded.
extern constinit const Error kIoTimeout;
// "use of closed network connection": Go's net.ErrClosed.
extern constinit const Error kConnClosed;
// "file already closed": Go's os.ErrClosed.
extern constinit const Error kFileClosed;
// "file type does not support deadline": Go's os.ErrNoDeadline.
extern constinit const Error kNoDeadline;

// The error of an errno, such as "connection refused"; always the same one, so that
// err.Is(SystemError(ECONNREFUSED)) asks for it.
Error SystemError(int error_number);

// Reads until `p` is full. kEof only if there was nothing at all.
template <class Reader>
IoResult ReadFull(const Reader& reader, std::span<char> p) {
  std::size_t n = 0;
  while (n < p.size()) {
    IoResult got = reader.Read(p.subspan(n));
    n += got.n;
    if (got.err && n < p.size()) return {n, got.err == kEof && n > 0 ? kUnexpectedEof : got.err};
  }
  return {n, {}};
}

}  // namespace unpark::net

#endif  // UNPARK_RUNTIME_NET_IO_H_
