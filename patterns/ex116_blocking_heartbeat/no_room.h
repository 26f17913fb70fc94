// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of scenario 116, wrong on purpose: drops beats as well, but has no room for one.

#ifndef UNPARK_PATTERNS_EX116_BLOCKING_HEARTBEAT_NO_ROOM_H_
#define UNPARK_PATTERNS_EX116_BLOCKING_HEARTBEAT_NO_ROOM_H_

#include "patterns/ex116_blocking_heartbeat/task.h"
#include "runtime/chan/select.h"

namespace unpark::patterns::blocking_heartbeat {

inline Watched BeatIfSomebodyListens(const BeatWorkload& w) {
  const Chan<Unit> beats(0);
  // BUG: a monitor that is not waiting at this very moment misses it.
  return WorkWatched(w, beats, [&] { Select(Send(beats, Unit{}), kDefault); });
}

inline int OneProc(const BeatWorkload&) { return 1; }

}  // namespace unpark::patterns::blocking_heartbeat

#endif  // UNPARK_PATTERNS_EX116_BLOCKING_HEARTBEAT_NO_ROOM_H_
