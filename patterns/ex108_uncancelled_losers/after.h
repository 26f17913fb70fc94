// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of scenario 108: the first answer cancels the query's context, and the other backends give
// up.

#ifndef UNPARK_PATTERNS_EX108_UNCANCELLED_LOSERS_AFTER_H_
#define UNPARK_PATTERNS_EX108_UNCANCELLED_LOSERS_AFTER_H_

#include "patterns/ex108_uncancelled_losers/task.h"
#include "runtime/chan/chan.h"
#include "runtime/context/context.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::uncancelled_losers {

inline Found QueryUntilCancelled(const QueryWorkload& w) {
  Found found;
  WaitGroup searches;
  for (int query = 0; query < w.queries; ++query) {
    const auto [ctx, cancel] = WithCancel(Background());
    const Chan<std::uint64_t> answers(w.backends);
    for (int backend = 0; backend < w.backends; ++backend) {
      searches.Go([&w, ctx = ctx, answers, query, backend] {
        std::uint64_t answer = 0;
        if (Search(w, query, backend, &answer, [&ctx] { return bool{ctx.Err()}; })) {
          answers.Send(answer);
        }
      });
    }
    found.sum += *answers.Recv();
    cancel();
  }
  searches.Wait();
  return found;
}

}  // namespace unpark::patterns::uncancelled_losers

#endif  // UNPARK_PATTERNS_EX108_UNCANCELLED_LOSERS_AFTER_H_
