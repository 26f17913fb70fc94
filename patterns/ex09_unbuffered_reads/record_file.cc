// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// The system calls behind RecordFile.

#include "patterns/ex09_unbuffered_reads/record_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "runtime/go.h"

namespace unpark::patterns::unbuffered_reads {
namespace {

[[noreturn]] void Refused(const char* call, int error) {
  Panic(std::string("record file: ") + call + ": " + std::strerror(error));
}

void WriteAll(int fd, const char* bytes, std::size_t count) {
  while (count > 0) {
    const ssize_t written = ::write(fd, bytes, count);
    if (written < 0) Refused("write", errno);
    bytes += written;
    count -= written;
  }
}

}  // namespace

RecordFile::RecordFile(const std::vector<std::uint64_t>& records)
    : fd_(::memfd_create("records", MFD_CLOEXEC)) {
  if (fd_ < 0) Refused("memfd_create", errno);
  WriteAll(fd_, reinterpret_cast<const char*>(records.data()), records.size() * sizeof(records[0]));
}

RecordFile::~RecordFile() { ::close(fd_); }

void RecordFile::Rewind() {
  if (::lseek(fd_, 0, SEEK_SET) != 0) Refused("lseek", errno);
}

std::size_t RecordFile::Read(void* into, std::size_t bytes) {
  int error = 0;
  const ssize_t count = Blocking([&] {
    const ssize_t got = ::read(fd_, into, bytes);
    if (got < 0) error = errno;
    return got;
  });
  if (count < 0) Refused("read", error);
  return static_cast<std::size_t>(count);
}

}  // namespace unpark::patterns::unbuffered_reads
