// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of exercise 12: a service under a CPU quota answers bursts of requests that need the CPU.

#ifndef UNPARK_PATTERNS_EX12_QUOTA_OVERSUBSCRIBED_TASK_H_
#define UNPARK_PATTERNS_EX12_QUOTA_OVERSUBSCRIBED_TASK_H_

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

#include "patterns/work.h"
#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"
#include "runtime/time/time.h"

namespace unpark::patterns::quota_oversubscribed {

struct BurstWorkload {
  double quota = 0.5;  // CPUs; the harness sets it around the run
  int bursts = 6;
  int burst_requests = 24;
  int request_rounds = 900'000;            // about 1 ms of one CPU
  std::chrono::milliseconds mean_gap{75};  // between bursts

  std::int64_t Operations() const { return std::int64_t{bursts} * burst_requests; }

  // When a burst comes, after the start: gaps are spread evenly over 0 .. 2 * mean_gap.
  std::chrono::nanoseconds Due(int burst) const {
    std::chrono::nanoseconds due(0);
    for (int i = 0; i < burst; ++i) due += mean_gap * static_cast<int>(Work(i, 8) % 201) / 100;
    return due;
  }
};

using Responses = std::vector<std::uint64_t>;

inline Responses ServeSequentially(const BurstWorkload& w) {
  Responses responses;
  for (int id = 0; id < w.Operations(); ++id) responses.push_back(Work(id, w.request_rounds));
  return responses;
}

// The service: a goroutine for each request. A latency runs from the time a request was due, so
// that a request which came while the whole process was throttled shows all of its wait.
class Service {
 public:
  explicit Service(const BurstWorkload& w) : w_(w), latencies_(w.Operations()) {}

  Responses Run() {
    Responses responses(w_.Operations());
    WaitGroup wg;
    wg.Add(static_cast<int>(w_.Operations()));
    const auto start = std::chrono::steady_clock::now();
    for (int burst = 0; burst < w_.bursts; ++burst) {
      const auto due = start + w_.Due(burst);
      Sleep(due - std::chrono::steady_clock::now());
      for (int i = 0; i < w_.burst_requests; ++i) {
        go([&, due, id = burst * w_.burst_requests + i] {
          responses[id] = Work(id, w_.request_rounds);
          latencies_[id] = (std::chrono::steady_clock::now() - due).count();
          wg.Done();
        });
      }
    }
    wg.Wait();
    return responses;
  }

  void TakeLatencies(std::vector<std::int64_t>* ns) const {
    ns->insert(ns->end(), latencies_.begin(), latencies_.end());
  }

 private:
  const BurstWorkload& w_;
  std::vector<std::int64_t> latencies_;  // of the last Run, by request
};

}  // namespace unpark::patterns::quota_oversubscribed

#endif  // UNPARK_PATTERNS_EX12_QUOTA_OVERSUBSCRIBED_TASK_H_
