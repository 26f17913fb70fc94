// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of scenario 118: the loop makes a call every 8192 turns, at which the runtime may take
// over.

#ifndef UNPARK_PATTERNS_EX118_TIGHT_LOOP_CALLS_H_
#define UNPARK_PATTERNS_EX118_TIGHT_LOOP_CALLS_H_

#include "runtime/chan/chan.h"

namespace unpark::patterns::tight_loop {

// The channel has room, so that neither call has to park. Of all calls of the runtime, those that
// the mode kCalls looks at are sends, receives and the like.
struct Calls {
  void operator()(int turn) const {
    if (turn % 8'192 != 0) return;
    own.Send(Unit{});
    own.Recv();
  }

  Chan<Unit> own{1};
};

}  // namespace unpark::patterns::tight_loop

#endif  // UNPARK_PATTERNS_EX118_TIGHT_LOOP_CALLS_H_
