// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of scenario 105: clients ask a service of two replicas, each of which is slow now and then.

#ifndef UNPARK_PATTERNS_EX105_UNHEDGED_REQUEST_TASK_H_
#define UNPARK_PATTERNS_EX105_UNHEDGED_REQUEST_TASK_H_

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "patterns/work.h"
#include "runtime/chan/chan.h"
#include "runtime/chan/select.h"
#include "runtime/context/context.h"
#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"
#include "runtime/time/time.h"

namespace unpark::patterns::unhedged_request {

struct RequestWorkload {
  int clients = 12;
  int requests = 1'200;
  int slow_percent = 3;
  std::chrono::microseconds usual{200}, slow{5'000}, hedge_after{1'000};

  std::int64_t Operations() const { return requests; }

  // How long a replica takes. Each is slow with requests of its own.
  std::chrono::microseconds ServiceTime(int request, int replica) const {
    const std::uint64_t dice =
        Work(2 * static_cast<std::uint64_t>(request) + static_cast<std::uint64_t>(replica), 8) %
        100;
    return dice < static_cast<std::uint64_t>(slow_percent) ? slow : usual;
  }
};

using Answers = std::vector<std::uint64_t>;  // by request

inline std::uint64_t AnswerOf(int request) { return Work(request, 4); }

inline Answers AnswerSequentially(const RequestWorkload& w) {
  Answers answers;
  for (int request = 0; request < w.requests; ++request) answers.push_back(AnswerOf(request));
  return answers;
}

// What one replica says; nothing if ctx is cancelled before it has an answer.
inline std::optional<std::uint64_t> Ask(const RequestWorkload& w, const Context& ctx, int request,
                                        int replica) {
  const Timer service(w.ServiceTime(request, replica));
  if (Select(Recv(service.C()), Recv(ctx.Done())) == 1) return std::nullopt;
  return AnswerOf(request);
}

// Clients that answer one request after the other with `handle(request)`, and time each.
class Clients {
 public:
  explicit Clients(const RequestWorkload& w) : w_(w), answers_(w.requests), ns_(w.requests) {}

  template <typename Handle>
  Answers Run(Handle handle) {
    WaitGroup wg;
    for (int client = 0; client < w_.clients; ++client) {
      wg.Go([&, client] {
        for (int request = client; request < w_.requests; request += w_.clients) {
          const Time start = Now();
          answers_[request] = handle(request);
          ns_[request] = std::max<std::int64_t>(1, (Now() - start).count());
        }
      });
    }
    wg.Wait();
    return answers_;
  }
  void TakeLatencies(std::vector<std::int64_t>* ns) const {
    ns->insert(ns->end(), ns_.begin(), ns_.end());
  }

 private:
  const RequestWorkload& w_;
  Answers answers_;
  std::vector<std::int64_t> ns_;  // by request
};

}  // namespace unpark::patterns::unhedged_request

#endif  // UNPARK_PATTERNS_EX105_UNHEDGED_REQUEST_TASK_H_
