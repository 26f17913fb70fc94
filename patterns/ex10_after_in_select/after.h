// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of exercise 10: one timer for the loop, set anew after each message.

#ifndef UNPARK_PATTERNS_EX10_AFTER_IN_SELECT_AFTER_H_
#define UNPARK_PATTERNS_EX10_AFTER_IN_SELECT_AFTER_H_

#include "patterns/ex10_after_in_select/task.h"

namespace unpark::patterns::after_in_select {

inline Digest ReadWithOneTimer(const MessageWorkload& w) {
  const Chan<Unit> cancelled(0);
  const RecvChan<std::uint64_t> messages = Connect(w);
  Digest digest;
  Timer idle(kIdleTimeout);
  for (;;) {
    std::uint64_t message;
    bool open;
    switch (Select(Recv(cancelled), Recv(messages, &message, &open), Recv(idle.C()))) {
      case 1:
        if (!open) {
          idle.Stop();
          return digest;
        }
        digest.Handle(message);
        idle.Reset(kIdleTimeout);  // needs no drain: a Reset drops a value that nobody received
        break;
      default:  // cancelled or idle
        return digest;
    }
  }
}

}  // namespace unpark::patterns::after_in_select

#endif  // UNPARK_PATTERNS_EX10_AFTER_IN_SELECT_AFTER_H_
