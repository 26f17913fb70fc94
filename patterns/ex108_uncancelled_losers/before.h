// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of scenario 108: the answers have room, and the backends that nobody waits for any more
// go on to their end.

#ifndef UNPARK_PATTERNS_EX108_UNCANCELLED_LOSERS_BEFORE_H_
#define UNPARK_PATTERNS_EX108_UNCANCELLED_LOSERS_BEFORE_H_

#include "patterns/ex108_uncancelled_losers/task.h"
#include "runtime/chan/chan.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::uncancelled_losers {

inline Found QueryToTheEnd(const QueryWorkload& w) {
  Found found;
  WaitGroup searches;
  for (int query = 0; query < w.queries; ++query) {
    const Chan<std::uint64_t> answers(w.backends);
    for (int backend = 0; backend < w.backends; ++backend) {
      searches.Go([&w, answers, query, backend] {
        std::uint64_t answer = 0;
        Search(w, query, backend, &answer, [] { return false; });
        answers.Send(answer);
      });
    }
    found.sum += *answers.Recv();
  }
  searches.Wait();
  return found;
}

}  // namespace unpark::patterns::uncancelled_losers

#endif  // UNPARK_PATTERNS_EX108_UNCANCELLED_LOSERS_BEFORE_H_
