// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of scenario 116: room for one beat, and a beat that finds it taken is dropped.

#ifndef UNPARK_PATTERNS_EX116_BLOCKING_HEARTBEAT_AFTER_H_
#define UNPARK_PATTERNS_EX116_BLOCKING_HEARTBEAT_AFTER_H_

#include "patterns/ex116_blocking_heartbeat/task.h"
#include "runtime/chan/select.h"

namespace unpark::patterns::blocking_heartbeat {

// Who has one beat waiting for him need not know of two.
inline Watched BeatIfThereIsRoom(const BeatWorkload& w) {
  const Chan<Unit> beats(1);
  return WorkWatched(w, beats, [&] { Select(Send(beats, Unit{}), kDefault); });
}

}  // namespace unpark::patterns::blocking_heartbeat

#endif  // UNPARK_PATTERNS_EX116_BLOCKING_HEARTBEAT_AFTER_H_
