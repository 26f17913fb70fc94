// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of scenario 105: when the first replica has not answered after a while, a second one is
// asked as well.

#ifndef UNPARK_PATTERNS_EX105_UNHEDGED_REQUEST_AFTER_H_
#define UNPARK_PATTERNS_EX105_UNHEDGED_REQUEST_AFTER_H_

#include <cstdint>
#include <optional>

#include "patterns/ex105_unhedged_request/replicas.h"
#include "patterns/ex105_unhedged_request/task.h"

namespace unpark::patterns::unhedged_request {

inline std::uint64_t AskHedged(const RequestWorkload& w, const Context& ctx, int request,
                               const AnswerChan& answers, Replicas* replicas) {
  replicas->Start(ctx, request, 0, answers);
  const Timer hedge(w.hedge_after);
  std::optional<std::uint64_t> answer;
  if (Select(Recv(answers, &answer), Recv(hedge.C())) == 0) return *answer;
  replicas->Start(ctx, request, 1, answers);
  return **answers.Recv();
}

}  // namespace unpark::patterns::unhedged_request

#endif  // UNPARK_PATTERNS_EX105_UNHEDGED_REQUEST_AFTER_H_
