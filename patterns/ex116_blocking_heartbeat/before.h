// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of scenario 116: the worker hands each beat to the monitor, and waits until it takes it.

#ifndef UNPARK_PATTERNS_EX116_BLOCKING_HEARTBEAT_BEFORE_H_
#define UNPARK_PATTERNS_EX116_BLOCKING_HEARTBEAT_BEFORE_H_

#include "patterns/ex116_blocking_heartbeat/task.h"

namespace unpark::patterns::blocking_heartbeat {

inline Watched BeatAndWait(const BeatWorkload& w) {
  const Chan<Unit> beats(0);
  return WorkWatched(w, beats, [&] { beats.Send(Unit{}); });
}

}  // namespace unpark::patterns::blocking_heartbeat

#endif  // UNPARK_PATTERNS_EX116_BLOCKING_HEARTBEAT_BEFORE_H_
