// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of exercise 4: the handler does the four subtasks itself, one after the other.

#ifndef UNPARK_PATTERNS_EX04_SPAWN_PER_REQUEST_IN_LINE_H_
#define UNPARK_PATTERNS_EX04_SPAWN_PER_REQUEST_IN_LINE_H_

#include "patterns/ex04_spawn_per_request/task.h"

namespace unpark::patterns::spawn_per_request {

class InlineHandler {
 public:
  explicit InlineHandler(const RequestWorkload& w) : clients_(w) {}
  Responses Run() {
    return clients_.Run([](int, const Request& request) {
      std::array<std::uint64_t, kSubtasks> parts;
      for (int kind = 0; kind < kSubtasks; ++kind) parts[kind] = Subtask(kind, request);
      return Combine(parts);
    });
  }
  void TakeLatencies(std::vector<std::int64_t>* ns) const { clients_.TakeLatencies(ns); }

 private:
  Clients clients_;
};

}  // namespace unpark::patterns::spawn_per_request

#endif  // UNPARK_PATTERNS_EX04_SPAWN_PER_REQUEST_IN_LINE_H_
