// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of exercise 4: each request starts four goroutines and waits for them.

#ifndef UNPARK_PATTERNS_EX04_SPAWN_PER_REQUEST_BEFORE_H_
#define UNPARK_PATTERNS_EX04_SPAWN_PER_REQUEST_BEFORE_H_

#include "patterns/ex04_spawn_per_request/task.h"

namespace unpark::patterns::spawn_per_request {

class SpawningHandler {
 public:
  explicit SpawningHandler(const RequestWorkload& w) : clients_(w) {}
  Responses Run() {
    return clients_.Run([this](int, const Request& request) { return Handle(request); });
  }
  void TakeLatencies(std::vector<std::int64_t>* ns) const { clients_.TakeLatencies(ns); }

 private:
  std::uint64_t Handle(const Request& request) {
    std::array<std::uint64_t, kSubtasks> parts;
    WaitGroup wg;
    wg.Add(kSubtasks);
    for (int kind = 0; kind < kSubtasks; ++kind) {
      go([&, kind] {
        parts[kind] = Subtask(kind, request);
        wg.Done();
      });
    }
    wg.Wait();
    return Combine(parts);
  }

  Clients clients_;
};

}  // namespace unpark::patterns::spawn_per_request

#endif  // UNPARK_PATTERNS_EX04_SPAWN_PER_REQUEST_BEFORE_H_
