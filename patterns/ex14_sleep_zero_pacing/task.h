// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of exercise 14: forward every event from one channel to another.

#ifndef UNPARK_PATTERNS_EX14_SLEEP_ZERO_PACING_TASK_H_
#define UNPARK_PATTERNS_EX14_SLEEP_ZERO_PACING_TASK_H_

#include <cstdint>
#include <string>

#include "patterns/work.h"
#include "runtime/chan/chan.h"
#include "runtime/go.h"

namespace unpark::patterns::sleep_zero_pacing {

struct EventWorkload {
  int events = 40'000;
  int buffer = 1'024;  // capacity of both channels

  std::int64_t Operations() const { return events; }
};

// What the consumer has seen, in order.
struct Digest {
  std::int64_t events = 0;
  std::uint64_t mix = 0;

  void Take(std::uint64_t event) {
    ++events;
    mix = mix * 31 + event;
  }
  bool operator==(const Digest&) const = default;
  std::string DifferenceFrom(const Digest& want) const {
    return "got " + std::to_string(events) + " events, mixed to " + std::to_string(mix) +
           ", want " + std::to_string(want.events) + ", " + std::to_string(want.mix);
  }
};

inline Digest TakeSequentially(const EventWorkload& w) {
  Digest digest;
  for (int i = 0; i < w.events; ++i) digest.Take(Work(i, 2));
  return digest;
}

using Event = std::uint64_t;

// Runs source -> produce(source, out) -> consumer, and returns what came out.
template <typename Produce>
Digest Stream(const EventWorkload& w, const Produce& produce) {
  Chan<Event> source(w.buffer), out(w.buffer);
  go([source, events = w.events] {
    for (int i = 0; i < events; ++i) source.Send(Work(i, 2));
    source.Close();
  });
  go([source, out, produce] {
    produce(source, out);
    out.Close();
  });
  Digest digest;
  for (Event event : out) digest.Take(event);
  return digest;
}

}  // namespace unpark::patterns::sleep_zero_pacing

#endif  // UNPARK_PATTERNS_EX14_SLEEP_ZERO_PACING_TASK_H_
