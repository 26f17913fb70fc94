// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// The system calls behind LogFile.

#include "patterns/ex106_unbatched_writes/log_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "runtime/go.h"

namespace unpark::patterns::unbatched_writes {
namespace {

[[noreturn]] void Refused(const char* call, int error) {
  Panic(std::string("log file: ") + call + ": " + std::strerror(error));
}

}  // namespace

LogFile::LogFile() : fd_(::memfd_create("log", MFD_CLOEXEC)) {
  if (fd_ < 0) Refused("memfd_create", errno);
}

LogFile::~LogFile() { ::close(fd_); }

void LogFile::Write(const std::uint64_t* records, std::size_t count) {
  const std::size_t bytes = count * sizeof *records;
  int error = 0;
  const ssize_t written = Blocking([&] {
    const ssize_t n = ::write(fd_, records, bytes);
    if (n < 0) error = errno;
    return n;
  });
  // A file in memory takes all or fails.
  if (written != static_cast<ssize_t>(bytes)) Refused("write", error);
}

Logged LogFile::Read() const {
  Logged logged;
  std::array<std::uint64_t, 512> records;
  for (off_t at = 0;;) {
    const ssize_t bytes = ::pread(fd_, records.data(), sizeof records, at);
    if (bytes < 0) Refused("pread", errno);
    if (bytes == 0) return logged;
    at += bytes;
    const std::int64_t count = bytes / static_cast<std::int64_t>(sizeof records[0]);
    for (std::int64_t i = 0; i < count; ++i) logged.sum += records[i];
    logged.records += count;
  }
}

}  // namespace unpark::patterns::unbatched_writes
