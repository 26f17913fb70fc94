// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of exercise 4: the pools again, and each client keeps its four reply channels.

#ifndef UNPARK_PATTERNS_EX04_SPAWN_PER_REQUEST_REUSED_H_
#define UNPARK_PATTERNS_EX04_SPAWN_PER_REQUEST_REUSED_H_

#include <memory>

#include "patterns/ex04_spawn_per_request/subtask_pool.h"

namespace unpark::patterns::spawn_per_request {

class ReusingHandler {
 public:
  explicit ReusingHandler(const RequestWorkload& w) : clients_(w), replies_(w.clients) {
    for (int kind = 0; kind < kSubtasks; ++kind) {
      pools_[kind] = std::make_unique<SubtaskPool>(kind, w.clients);
    }
    for (auto& of_client : replies_) {
      for (auto& reply : of_client) reply = Chan<std::uint64_t>(1);
    }
  }
  Responses Run() {
    return clients_.Run(
        [this](int client, const Request& request) { return Handle(replies_[client], request); });
  }
  void TakeLatencies(std::vector<std::int64_t>* ns) const { clients_.TakeLatencies(ns); }

 private:
  using Replies = std::array<Chan<std::uint64_t>, kSubtasks>;

  std::uint64_t Handle(const Replies& replies, const Request& request) {
    for (int kind = 0; kind < kSubtasks; ++kind) pools_[kind]->Submit(request, replies[kind]);
    std::array<std::uint64_t, kSubtasks> parts;
    for (int kind = 0; kind < kSubtasks; ++kind) parts[kind] = *replies[kind].Recv();
    return Combine(parts);
  }

  Clients clients_;
  std::vector<Replies> replies_;  // by client
  std::array<std::unique_ptr<SubtaskPool>, kSubtasks> pools_;
};

}  // namespace unpark::patterns::spawn_per_request

#endif  // UNPARK_PATTERNS_EX04_SPAWN_PER_REQUEST_REUSED_H_
