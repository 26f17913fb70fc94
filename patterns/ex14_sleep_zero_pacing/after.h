// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of exercise 14: the channel paces the producer; a full one parks it.

#ifndef UNPARK_PATTERNS_EX14_SLEEP_ZERO_PACING_AFTER_H_
#define UNPARK_PATTERNS_EX14_SLEEP_ZERO_PACING_AFTER_H_

#include "patterns/ex14_sleep_zero_pacing/task.h"

namespace unpark::patterns::sleep_zero_pacing {

inline Digest StreamWithBackpressure(const EventWorkload& w) {
  return Stream(w, [](const Chan<Event>& source, const Chan<Event>& out) {
    for (Event event : source) out.Send(event);
  });
}

}  // namespace unpark::patterns::sleep_zero_pacing

#endif  // UNPARK_PATTERNS_EX14_SLEEP_ZERO_PACING_AFTER_H_
