// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Replicas: asks replicas in goroutines of their own; and clients who take the answer that comes
// first.

#ifndef UNPARK_PATTERNS_EX105_UNHEDGED_REQUEST_REPLICAS_H_
#define UNPARK_PATTERNS_EX105_UNHEDGED_REQUEST_REPLICAS_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "patterns/ex105_unhedged_request/task.h"
#include "runtime/chan/chan.h"
#include "runtime/context/context.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::unhedged_request {

// One request's answers. There is room for all of them, so that a replica whose answer nobody wants
// any more does not wait for ever.
using AnswerChan = Chan<std::optional<std::uint64_t>>;

class Replicas {
 public:
  explicit Replicas(const RequestWorkload& w) : w_(w) {}
  ~Replicas() { asking_.Wait(); }

  // The answer, or nothing after a cancel, arrives on `answers`.
  void Start(const Context& ctx, int request, int replica, const AnswerChan& answers) {
    asked_.fetch_add(1, std::memory_order_relaxed);
    asking_.Go(
        [this, ctx, request, replica, answers] { answers.Send(Ask(w_, ctx, request, replica)); });
  }
  // How many questions so far.
  std::int64_t asked() const { return asked_.load(std::memory_order_relaxed); }

 private:
  const RequestWorkload& w_;
  std::atomic<std::int64_t> asked_ = 0;
  WaitGroup asking_;
};

// Asks one replica or more, and returns the first answer. The context ends when it has returned.
using AskReplicas = std::uint64_t (*)(const RequestWorkload& w, const Context& ctx, int request,
                                      const AnswerChan& answers, Replicas* replicas);

template <AskReplicas kAsk>
class ReplicatedClients {
 public:
  explicit ReplicatedClients(const RequestWorkload& w) : w_(w), clients_(w), replicas_(w) {}

  Answers Run() {
    const std::int64_t earlier = replicas_.asked();
    Answers answers = clients_.Run([this](int request) { return Handle(request); });
    asked_ = static_cast<double>(replicas_.asked() - earlier) / w_.requests;
    return answers;
  }
  void TakeLatencies(std::vector<std::int64_t>* ns) const { clients_.TakeLatencies(ns); }
  std::map<std::string, double> Figures() const { return {{"asked", asked_}}; }

 private:
  std::uint64_t Handle(int request) {
    const auto [ctx, cancel] = WithCancel(Background());
    const std::uint64_t answer = kAsk(w_, ctx, request, AnswerChan(2), &replicas_);
    cancel();  // the other one need not go on
    return answer;
  }

  const RequestWorkload& w_;
  Clients clients_;
  Replicas replicas_;
  double asked_ = 0;
};

}  // namespace unpark::patterns::unhedged_request

#endif  // UNPARK_PATTERNS_EX105_UNHEDGED_REQUEST_REPLICAS_H_
