// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of exercise 4: answer requests of four independent subtasks each, and time every request.

#ifndef UNPARK_PATTERNS_EX04_SPAWN_PER_REQUEST_TASK_H_
#define UNPARK_PATTERNS_EX04_SPAWN_PER_REQUEST_TASK_H_

#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "patterns/work.h"
#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"
#include "runtime/time/time.h"

namespace unpark::patterns::spawn_per_request {

inline constexpr int kSubtasks = 4;

struct RequestWorkload {
  int requests = 2'000;
  int clients = 4;           // each sends its next request when the last one is answered
  int subtask_rounds = 250;  // about 300 ns
  int rate = 0;              // requests a second of all clients together; 0: as fast as they can

  std::int64_t Operations() const { return requests; }
};

using Responses = std::vector<std::uint64_t>;

struct Request {
  std::uint64_t id;
  int rounds;
};

// Subtask `kind` of the request, 0 <= kind < kSubtasks.
inline std::uint64_t Subtask(int kind, const Request& request) {
  return Work(request.id * kSubtasks + kind, request.rounds);
}

inline std::uint64_t Combine(const std::array<std::uint64_t, kSubtasks>& parts) {
  std::uint64_t response = 0;
  for (std::uint64_t part : parts) response = std::rotl(response, 13) ^ part;
  return response;
}

inline Responses AnswerSequentially(const RequestWorkload& w) {
  Responses responses;
  for (int id = 0; id < w.requests; ++id) {
    const Request request{static_cast<std::uint64_t>(id), w.subtask_rounds};
    std::array<std::uint64_t, kSubtasks> parts;
    for (int kind = 0; kind < kSubtasks; ++kind) parts[kind] = Subtask(kind, request);
    responses.push_back(Combine(parts));
  }
  return responses;
}

// The clients of one variant: they send the requests and keep the latencies.
class Clients {
 public:
  explicit Clients(const RequestWorkload& w) : w_(w), latencies_(w.requests) {}

  // Has handle(client, request) answer every request; the same client is never in it twice at once.
  template <typename Handle>
  Responses Run(const Handle& handle) {
    Responses responses(w_.requests);
    WaitGroup wg;
    wg.Add(w_.clients);
    const auto start = std::chrono::steady_clock::now();
    for (int client = 0; client < w_.clients; ++client) {
      go([&, client] {
        for (int id = client; id < w_.requests; id += w_.clients) {
          Pace(start, id);
          const auto sent = std::chrono::steady_clock::now();
          responses[id] =
              handle(client, Request{static_cast<std::uint64_t>(id), w_.subtask_rounds});
          latencies_[id] = (std::chrono::steady_clock::now() - sent).count();
        }
        wg.Done();
      });
    }
    wg.Wait();
    return responses;
  }

  void TakeLatencies(std::vector<std::int64_t>* ns) const {
    ns->insert(ns->end(), latencies_.begin(), latencies_.end());
  }

 private:
  void Pace(std::chrono::steady_clock::time_point start, int id) const {
    if (w_.rate == 0) return;
    const auto due = start + std::chrono::nanoseconds(1'000'000'000LL * id / w_.rate);
    Sleep(due - std::chrono::steady_clock::now());
  }

  const RequestWorkload& w_;
  std::vector<std::int64_t> latencies_;  // of the last Run, by request
};

}  // namespace unpark::patterns::spawn_per_request

#endif  // UNPARK_PATTERNS_EX04_SPAWN_PER_REQUEST_TASK_H_
