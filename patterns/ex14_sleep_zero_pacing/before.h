// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of exercise 14: the producer sleeps for no time after each event, to be cooperative.

#ifndef UNPARK_PATTERNS_EX14_SLEEP_ZERO_PACING_BEFORE_H_
#define UNPARK_PATTERNS_EX14_SLEEP_ZERO_PACING_BEFORE_H_

#include "patterns/ex14_sleep_zero_pacing/task.h"
#include "runtime/time/time.h"

namespace unpark::patterns::sleep_zero_pacing {

inline Digest StreamWithSleepZero(const EventWorkload& w) {
  return Stream(w, [](const Chan<Event>& source, const Chan<Event>& out) {
    for (Event event : source) {
      out.Send(event);
      Sleep(Duration(0));
    }
  });
}

}  // namespace unpark::patterns::sleep_zero_pacing

#endif  // UNPARK_PATTERNS_EX14_SLEEP_ZERO_PACING_BEFORE_H_
