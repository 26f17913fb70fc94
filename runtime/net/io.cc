// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// The error values.
#include "runtime/net/io.h"

#include <errno.h>
#include <string.h>

#include <array>
#include <cctype>
#include <string>

namespace unpark::net {
namespace {

constinit const Error::Rep kEofRep("EOF", false);
constinit const Error::Rep kUnexpectedEofRep("unexpected EOF", false);
constinit const Error::Rep kIoTimeoutRep("i/o timeout", true);
constinit const Error::Rep kConnClosedRep("use of closed network connection", false);
constinit const Error::Rep kFileClosedRep("file already closed", false);
constinit const Error::Rep kNoDeadlineRep("file type does not support deadline", false);

constexpr int kErrnos = 134;  // of Linux

// Go's texts are the C library's in lower case.
std::string TextOf(int error_number) {
  std::array<char, 128> buffer;
  std::string text = strerror_r(error_number, buffer.data(), buffer.size());
  if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])))
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

// With static storage as far as Error is concerned: never counted, never freed.
const Error::Rep* NewSystemRep(int error_number) {
  const std::string text = TextOf(error_number);
  char* kept = new char[text.size()];
  text.copy(kept, text.size());
  return new Error::Rep(std::string_view(kept, text.size()),
                        error_number == ETIMEDOUT || error_number == EAGAIN);
}

}  // namespace

constinit const Error kEof(&kEofRep);
constinit const Error kUnexpectedEof(&kUnexpectedEofRep);
constinit const Error kIoTimeout(&kIoTimeoutRep);
constinit const Error kConnClosed(&kConnClosedRep);
constinit const Error kFileClosed(&kFileClosedRep);
constinit const Error kNoDeadline(&kNoDeadlineRep);

Error SystemError(int error_number) {
  static const auto* const reps = [] {
    auto* all = new std::array<const Error::Rep*, kErrnos>;
    for (int i = 0; i < kErrnos; ++i) (*all)[static_cast<std::size_t>(i)] = NewSystemRep(i);
    return all;
  }();
  if (error_number < 0 || error_number >= kErrnos)
    return Error("errno " + std::to_string(error_number));
  return Error((*reps)[static_cast<std::size_t>(error_number)]);
}

}  // namespace unpark::net
