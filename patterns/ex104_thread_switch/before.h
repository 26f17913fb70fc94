// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of scenario 104: two threads of the kernel hand the token over through pipes.

#ifndef UNPARK_PATTERNS_EX104_THREAD_SWITCH_BEFORE_H_
#define UNPARK_PATTERNS_EX104_THREAD_SWITCH_BEFORE_H_

#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>

#include "patterns/ex104_thread_switch/threads.h"
#include "runtime/go.h"

namespace unpark::patterns::thread_switch {

// A pipe of the kernel that carries tokens. Who reads an empty one is switched away from.
class TokenPipe {
 public:
  TokenPipe() {
    if (pipe(ends_) != 0) Panic(std::string("thread_switch: pipe: ") + std::strerror(errno));
  }
  TokenPipe(const TokenPipe&) = delete;
  TokenPipe& operator=(const TokenPipe&) = delete;
  ~TokenPipe() {
    close(ends_[0]);
    close(ends_[1]);
  }

  // Callable from any thread; false: the system refused.
  bool Write(std::int64_t token) const {
    return write(ends_[1], &token, sizeof token) == sizeof token;
  }
  bool Read(std::int64_t* token) const {
    return read(ends_[0], token, sizeof *token) == sizeof *token;
  }

 private:
  int ends_[2];
};

inline std::int64_t HandOverByPipe(const HandOverWorkload& w) {
  TokenPipe there, back;
  std::int64_t last = 0;  // a failed call leaves the count wrong, and the check tells
  RunInTwoThreads(
      w,
      [&] {
        std::int64_t token = 0;
        for (int i = 0; i < w.round_trips; ++i) {
          if (!there.Write(token + 1) || !back.Read(&token)) break;
        }
        last = token;
      },
      [&] {
        std::int64_t token = 0;
        for (int i = 0; i < w.round_trips; ++i) {
          if (!there.Read(&token) || !back.Write(token + 1)) break;
        }
      });
  return last;
}

}  // namespace unpark::patterns::thread_switch

#endif  // UNPARK_PATTERNS_EX104_THREAD_SWITCH_BEFORE_H_
