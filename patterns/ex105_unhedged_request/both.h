// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of scenario 105: both replicas are asked at once, always.

#ifndef UNPARK_PATTERNS_EX105_UNHEDGED_REQUEST_BOTH_H_
#define UNPARK_PATTERNS_EX105_UNHEDGED_REQUEST_BOTH_H_

#include <cstdint>

#include "patterns/ex105_unhedged_request/replicas.h"
#include "patterns/ex105_unhedged_request/task.h"

namespace unpark::patterns::unhedged_request {

inline std::uint64_t AskBoth(const RequestWorkload& /*w*/, const Context& ctx, int request,
                             const AnswerChan& answers, Replicas* replicas) {
  for (int replica : {0, 1}) replicas->Start(ctx, request, replica, answers);
  return **answers.Recv();
}

}  // namespace unpark::patterns::unhedged_request

#endif  // UNPARK_PATTERNS_EX105_UNHEDGED_REQUEST_BOTH_H_
