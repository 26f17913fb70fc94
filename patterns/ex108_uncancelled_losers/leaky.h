// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of scenario 108, wrong on purpose: answers are handed over, and nobody takes any but the
// first.

#ifndef UNPARK_PATTERNS_EX108_UNCANCELLED_LOSERS_LEAKY_H_
#define UNPARK_PATTERNS_EX108_UNCANCELLED_LOSERS_LEAKY_H_

#include <atomic>
#include <vector>

#include "patterns/ex108_uncancelled_losers/task.h"
#include "runtime/chan/chan.h"
#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::uncancelled_losers {

// Made so that the leak can be counted, and then mended: the next run shall find a clean runtime.
inline Found QueryAndForget(const QueryWorkload& w) {
  Found found;
  WaitGroup searching, searches;
  std::atomic<std::int64_t> ended = 0;
  std::vector<Chan<std::uint64_t>> all_answers;
  for (int query = 0; query < w.queries; ++query) {
    const Chan<std::uint64_t> answers(0);
    searching.Add(w.backends);
    for (int backend = 0; backend < w.backends; ++backend) {
      searches.Go([&, answers, query, backend] {
        std::uint64_t answer = 0;
        Search(w, query, backend, &answer, [] { return false; });
        searching.Done();
        answers.Send(answer);  // BUG: all but the first wait here for ever
        ended.fetch_add(1, std::memory_order_relaxed);
      });
    }
    found.sum += *answers.Recv();
    all_answers.push_back(answers);
  }
  searching.Wait();
  while (ended.load(std::memory_order_relaxed) < w.queries) Gosched();  // those that were received
  found.stuck = std::int64_t{w.queries} * w.backends - ended.load(std::memory_order_relaxed);

  for (const Chan<std::uint64_t>& answers : all_answers) {
    for (int loser = 1; loser < w.backends; ++loser) answers.Recv();
  }
  searches.Wait();
  return found;
}

}  // namespace unpark::patterns::uncancelled_losers

#endif  // UNPARK_PATTERNS_EX108_UNCANCELLED_LOSERS_LEAKY_H_
