// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of scenario 105: both replicas are asked at once, always.

#ifndef UNPARK_PATTERNS_EX105_UNHEDGED_REQUEST_BOTH_H_
#define UNPARK_PATTERNS_EX105_UNHEDGED_REQUEST_BOTH_H_

#include <cstdint>
#include <map>
#include <string>

#include "patterns/ex105_unhedged_request/replicas.h"
#include "patterns/ex105_unhedged_request/task.h"

namespace unpark::patterns::unhedged_request {

class DoubledClients {
 public:
  explicit DoubledClients(const RequestWorkload& w) : w_(w), clients_(w), replicas_(w) {}

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
    const AnswerChan answers(2);
    for (int replica : {0, 1}) replicas_.Start(ctx, request, replica, answers);
    const std::optional<std::uint64_t> answer = *answers.Recv();
    cancel();  // the other one need not go on
    return *answer;
  }

  const RequestWorkload& w_;
  Clients clients_;
  Replicas replicas_;
  double asked_ = 0;
};

}  // namespace unpark::patterns::unhedged_request

#endif  // UNPARK_PATTERNS_EX105_UNHEDGED_REQUEST_BOTH_H_
