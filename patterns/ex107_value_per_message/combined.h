// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variants of scenario 107: the before with one more joint in it, to see what that costs.

#ifndef UNPARK_PATTERNS_EX107_VALUE_PER_MESSAGE_COMBINED_H_
#define UNPARK_PATTERNS_EX107_VALUE_PER_MESSAGE_COMBINED_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "patterns/ex107_value_per_message/combinators.h"
#include "patterns/ex107_value_per_message/stages.h"

namespace unpark::patterns::value_per_message {

// Between the stages and the sum: a goroutine that also listens to three ways to be stopped.
inline std::uint64_t SumOrDone(const StreamWorkload& w) {
  const std::vector<Chan<Unit>> stops = {Chan<Unit>(0), Chan<Unit>(0), Chan<Unit>(0)};
  const Done done = Or({stops[0], stops[1], stops[2]});
  Stream stream = Source(w, 0);
  for (int stage = 0; stage < kStages; ++stage) stream = ThroughStage(w, stream, 0);
  const std::uint64_t sum = Sum(OrDone(done, stream));
  stops[1].Close();
  done.Recv();
  return sum;
}

// Two sums of the same values.
inline std::uint64_t SumOfTee(const StreamWorkload& w) {
  Stream stream = Source(w, 0);
  for (int stage = 0; stage < kStages; ++stage) stream = ThroughStage(w, stream, 0);
  const auto [first, second] = Tee(Done(), stream);
  const Chan<std::uint64_t> other(1);
  go([other, second = second] { other.Send(Sum(second)); });
  const std::uint64_t sum = Sum(first);
  return *other.Recv() == sum ? sum : ~sum;
}

// The source's values come in channels of 64.
inline std::uint64_t SumOfBridge(const StreamWorkload& w) {
  const Chan<Stream> channels(0);
  go([channels, values = w.values] {
    for (int first = 0; first < values; first += 64) {
      const Chan<std::uint64_t> part(64);
      for (int i = first; i < std::min(first + 64, values); ++i) part.Send(i);
      part.Close();
      channels.Send(part);
    }
    channels.Close();
  });
  Stream stream = Bridge<std::uint64_t>(Done(), channels);
  for (int stage = 0; stage < kStages; ++stage) stream = ThroughStage(w, stream, 0);
  return Sum(stream);
}

// Each stage by two goroutines, and their values merged.
inline std::uint64_t SumOfFanIn(const StreamWorkload& w) {
  Stream stream = Source(w, 0);
  for (int stage = 0; stage < kStages; ++stage) {
    stream = FanIn<std::uint64_t>(Done(), {ThroughStage(w, stream, 0), ThroughStage(w, stream, 0)});
  }
  return Sum(stream);
}

}  // namespace unpark::patterns::value_per_message

#endif  // UNPARK_PATTERNS_EX107_VALUE_PER_MESSAGE_COMBINED_H_
