// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of exercise 4: a pool for each kind of subtask; a request sends four jobs and awaits four
// replies.

#ifndef UNPARK_PATTERNS_EX04_SPAWN_PER_REQUEST_AFTER_H_
#define UNPARK_PATTERNS_EX04_SPAWN_PER_REQUEST_AFTER_H_

#include <memory>

#include "patterns/ex04_spawn_per_request/subtask_pool.h"

namespace unpark::patterns::spawn_per_request {

class PooledHandler {
 public:
  explicit PooledHandler(const RequestWorkload& w) : clients_(w) {
    for (int kind = 0; kind < kSubtasks; ++kind) {
      pools_[kind] = std::make_unique<SubtaskPool>(kind, w.clients);
    }
  }
  Responses Run() {
    return clients_.Run([this](int, const Request& request) { return Handle(request); });
  }
  void TakeLatencies(std::vector<std::int64_t>* ns) const { clients_.TakeLatencies(ns); }

 private:
  std::uint64_t Handle(const Request& request) {
    std::array<Chan<std::uint64_t>, kSubtasks> replies;
    for (int kind = 0; kind < kSubtasks; ++kind) {
      replies[kind] = Chan<std::uint64_t>(1);
      pools_[kind]->Submit(request, replies[kind]);
    }
    std::array<std::uint64_t, kSubtasks> parts;
    for (int kind = 0; kind < kSubtasks; ++kind) parts[kind] = *replies[kind].Recv();
    return Combine(parts);
  }

  Clients clients_;
  std::array<std::unique_ptr<SubtaskPool>, kSubtasks> pools_;
};

}  // namespace unpark::patterns::spawn_per_request

#endif  // UNPARK_PATTERNS_EX04_SPAWN_PER_REQUEST_AFTER_H_
