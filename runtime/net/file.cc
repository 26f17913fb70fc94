// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Files by way of Fd.
#include "runtime/net/file.h"

#include <errno.h>

#include <utility>

#include "runtime/net/fd.h"
#include "runtime/net/system.h"

namespace unpark::net {

File::File(int fd, std::string name)
    : fd_(std::make_shared<internal::Fd>(fd, internal::Fd::Kind::kFile, kFileClosed)),
      name_(std::move(name)) {
  // A kind that cannot be polled is no error: then it blocks.
  if (internal::SysIsNonblocking(fd) == 1) fd_->Poll();
}

Error File::Wrap(std::string_view operation, const Error& err) const {
  if (!err) return {};
  return Error::Wrap(std::string(operation) + " " + name_, err);
}

IoResult File::Read(std::span<char> p) const {
  if (fd_ == nullptr) return {0, SystemError(EINVAL)};
  IoResult result = fd_->Read(p);
  if (result.err && result.err != kEof) result.err = Wrap("read", result.err);
  return result;
}

IoResult File::Write(std::string_view p) const {
  if (fd_ == nullptr) return {0, SystemError(EINVAL)};
  IoResult result = fd_->Write(p);
  result.err = Wrap("write", result.err);
  return result;
}

Error File::Close() const {
  return fd_ == nullptr ? SystemError(EINVAL) : Wrap("close", fd_->Close());
}

Error File::SetDeadline(Time deadline) const {
  return fd_ == nullptr ? SystemError(EINVAL) : fd_->SetDeadline(deadline, true, true);
}
Error File::SetReadDeadline(Time deadline) const {
  return fd_ == nullptr ? SystemError(EINVAL) : fd_->SetDeadline(deadline, true, false);
}
Error File::SetWriteDeadline(Time deadline) const {
  return fd_ == nullptr ? SystemError(EINVAL) : fd_->SetDeadline(deadline, false, true);
}

PipeEnds Pipe() {
  int fds[2];
  if (const int error = internal::SysPipe(fds); error != 0)
    return {{}, {}, Error::Wrap("pipe2", SystemError(-error))};
  return {File(fds[0], "|0"), File(fds[1], "|1"), {}};
}

}  // namespace unpark::net
