// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of exercise 12: a service under a CPU quota answers short requests, and rebuilds its index
// meanwhile with a pool of workers.

#ifndef UNPARK_PATTERNS_EX12_QUOTA_OVERSUBSCRIBED_TASK_H_
#define UNPARK_PATTERNS_EX12_QUOTA_OVERSUBSCRIBED_TASK_H_

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

#include "patterns/work.h"
#include "runtime/chan/chan.h"
#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"
#include "runtime/time/time.h"

namespace unpark::patterns::quota_oversubscribed {

struct ServiceWorkload {
  double quota = 1.25;  // CPUs; the harness sets it around the run
  int requests = 350;
  std::chrono::microseconds request_gap{1'000};  // from one request's due time to the next one's
  int request_rounds = 30'000;                   // of a request, about 50 us of one CPU
  int shards = 280;                              // of the index
  int shard_rounds = 600'000;                    // about 1 ms of one CPU
  std::chrono::milliseconds rebuild_at{10};      // after the start

  std::int64_t Operations() const { return requests; }

  std::uint64_t Response(int id) const { return Work(id, request_rounds); }
  // One shard in eight is different: the reference need not build them all.
  std::uint64_t Shard(int shard) const { return Work(shard % 8, shard_rounds); }
};

// The responses by request, then the shards.
using Results = std::vector<std::uint64_t>;

inline Results ServeSequentially(const ServiceWorkload& w) {
  Results results;
  for (int id = 0; id < w.requests; ++id) results.push_back(w.Response(id));
  for (int shard = 0; shard < w.shards; ++shard) {
    results.push_back(shard < 8 ? w.Shard(shard) : results[results.size() - 8]);
  }
  return results;
}

// The service: a goroutine for each request, and for the index as many workers as there are Ps, as
// pools are usually sized and as a garbage collector sizes its own.
class Service {
 public:
  explicit Service(const ServiceWorkload& w) : w_(w), latencies_(w.requests) {}

  Results Run() {
    Results results(w_.requests + w_.shards);
    WaitGroup wg;
    wg.Go([&] { Rebuild(&results); });
    Serve(&results);
    wg.Wait();
    return results;
  }

  void TakeLatencies(std::vector<std::int64_t>* ns) const {
    ns->insert(ns->end(), latencies_.begin(), latencies_.end());
  }

 private:
  // A latency runs from the time a request was due, so that one which came while the process was
  // stopped shows all of its wait.
  void Serve(Results* results) {
    WaitGroup wg;
    wg.Add(w_.requests);
    const auto start = std::chrono::steady_clock::now();
    for (int id = 0; id < w_.requests; ++id) {
      const auto due = start + w_.request_gap * id;
      Sleep(due - std::chrono::steady_clock::now());
      go([&, due, id] {
        (*results)[id] = w_.Response(id);
        latencies_[id] = (std::chrono::steady_clock::now() - due).count();
        wg.Done();
      });
    }
    wg.Wait();
  }

  void Rebuild(Results* results) const {
    Sleep(w_.rebuild_at);
    Chan<int> shards(w_.shards);
    for (int shard = 0; shard < w_.shards; ++shard) shards.Send(shard);
    shards.Close();
    WaitGroup wg;
    for (int worker = GOMAXPROCS(0); worker-- > 0;) {
      wg.Go([&] {
        for (int shard : shards) {
          (*results)[w_.requests + shard] = w_.Shard(shard);
          Gosched();  // requests first
        }
      });
    }
    wg.Wait();
  }

  const ServiceWorkload& w_;
  std::vector<std::int64_t> latencies_;  // of the last Run, by request
};

}  // namespace unpark::patterns::quota_oversubscribed

#endif  // UNPARK_PATTERNS_EX12_QUOTA_OVERSUBSCRIBED_TASK_H_
