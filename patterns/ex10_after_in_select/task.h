// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of exercise 10: handle messages until the channel closes, give up when none comes for 5
// seconds.

#ifndef UNPARK_PATTERNS_EX10_AFTER_IN_SELECT_TASK_H_
#define UNPARK_PATTERNS_EX10_AFTER_IN_SELECT_TASK_H_

#include <chrono>
#include <cstdint>
#include <string>

#include "patterns/work.h"
#include "runtime/chan/chan.h"
#include "runtime/chan/select.h"
#include "runtime/go.h"
#include "runtime/time/time.h"

namespace unpark::patterns::after_in_select {

inline constexpr std::chrono::seconds kIdleTimeout(5);

struct MessageWorkload {
  int messages = 10'000;
  int buffer = 64;  // capacity of the message channel

  std::int64_t Operations() const { return messages; }
};

// What the loop has seen of the messages.
struct Digest {
  std::int64_t messages = 0;
  std::uint64_t mix = 0;

  void Handle(std::uint64_t message) {
    ++messages;
    mix = mix * 31 + message;
  }
  bool operator==(const Digest&) const = default;
  std::string DifferenceFrom(const Digest& want) const {
    return "got " + std::to_string(messages) + " messages, mixed to " + std::to_string(mix) +
           ", want " + std::to_string(want.messages) + ", " + std::to_string(want.mix);
  }
};

inline Digest HandleSequentially(const MessageWorkload& w) {
  Digest digest;
  for (int i = 0; i < w.messages; ++i) digest.Handle(Work(i, 2));
  return digest;
}

// Starts a connection that delivers the messages and closes.
inline RecvChan<std::uint64_t> Connect(const MessageWorkload& w) {
  Chan<std::uint64_t> messages(w.buffer);
  go([messages, count = w.messages] {
    for (int i = 0; i < count; ++i) messages.Send(Work(i, 2));
    messages.Close();
  });
  return messages;
}

}  // namespace unpark::patterns::after_in_select

#endif  // UNPARK_PATTERNS_EX10_AFTER_IN_SELECT_TASK_H_
