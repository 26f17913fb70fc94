// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of exercise 14: what Sleep(0) is taken for, a Gosched after each event.

#ifndef UNPARK_PATTERNS_EX14_SLEEP_ZERO_PACING_GOSCHED_H_
#define UNPARK_PATTERNS_EX14_SLEEP_ZERO_PACING_GOSCHED_H_

#include "patterns/ex14_sleep_zero_pacing/task.h"

namespace unpark::patterns::sleep_zero_pacing {

inline Digest StreamWithGosched(const EventWorkload& w) {
  return Stream(w, [](const Chan<Event>& source, const Chan<Event>& out) {
    for (Event event : source) {
      out.Send(event);
      Gosched();
    }
  });
}

}  // namespace unpark::patterns::sleep_zero_pacing

#endif  // UNPARK_PATTERNS_EX14_SLEEP_ZERO_PACING_GOSCHED_H_
