// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of scenario 105: each request goes to one replica and waits for it, however long that
// takes.

#ifndef UNPARK_PATTERNS_EX105_UNHEDGED_REQUEST_BEFORE_H_
#define UNPARK_PATTERNS_EX105_UNHEDGED_REQUEST_BEFORE_H_

#include "patterns/ex105_unhedged_request/task.h"

namespace unpark::patterns::unhedged_request {

class UnhedgedClients {
 public:
  explicit UnhedgedClients(const RequestWorkload& w) : w_(w), clients_(w) {}

  Answers Run() {
    return clients_.Run([this](int request) { return *Ask(w_, Background(), request, 0); });
  }
  void TakeLatencies(std::vector<std::int64_t>* ns) const { clients_.TakeLatencies(ns); }

 private:
  const RequestWorkload& w_;
  Clients clients_;
};

}  // namespace unpark::patterns::unhedged_request

#endif  // UNPARK_PATTERNS_EX105_UNHEDGED_REQUEST_BEFORE_H_
