// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of exercise 10: every turn of the loop makes a new timer with After.

#ifndef UNPARK_PATTERNS_EX10_AFTER_IN_SELECT_BEFORE_H_
#define UNPARK_PATTERNS_EX10_AFTER_IN_SELECT_BEFORE_H_

#include "patterns/ex10_after_in_select/task.h"

namespace unpark::patterns::after_in_select {

inline Digest ReadWithAfter(const MessageWorkload& w) {
  const Chan<Unit> cancelled(0);
  const RecvChan<std::uint64_t> messages = Connect(w);
  Digest digest;
  for (;;) {
    std::uint64_t message;
    bool open;
    switch (Select(Recv(cancelled), Recv(messages, &message, &open), Recv(After(kIdleTimeout)))) {
      case 1:
        if (!open) return digest;
        digest.Handle(message);
        break;
      default:  // cancelled or idle
        return digest;
    }
  }
}

}  // namespace unpark::patterns::after_in_select

#endif  // UNPARK_PATTERNS_EX10_AFTER_IN_SELECT_BEFORE_H_
