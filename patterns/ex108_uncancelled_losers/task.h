// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of scenario 108: each query asks several backends and goes on with the first answer.

#ifndef UNPARK_PATTERNS_EX108_UNCANCELLED_LOSERS_TASK_H_
#define UNPARK_PATTERNS_EX108_UNCANCELLED_LOSERS_TASK_H_

#include <cstdint>
#include <string>

#include "patterns/work.h"
#include "runtime/go.h"

namespace unpark::patterns::uncancelled_losers {

struct QueryWorkload {
  int queries = 100;
  int backends = 8;
  int quick_steps = 4,
      slow_steps = 40;    // of the backend that is quick this time, and of the others
  int work_rounds = 100;  // of one step, about 120 ns

  std::int64_t Operations() const { return queries; }
  int StepsOf(int query, int backend) const {
    return query % backends == backend ? quick_steps : slow_steps;
  }
};

struct Found {
  std::uint64_t sum = 0;   // of the answers
  std::int64_t stuck = 0;  // goroutines that will never end

  bool operator==(const Found&) const = default;
  std::string DifferenceFrom(const Found& want) const {
    return "answers with sum " + std::to_string(sum) + ", want " + std::to_string(want.sum) + "; " +
           std::to_string(stuck) + " goroutines are stuck, want " + std::to_string(want.stuck);
  }
};

// All backends give the same answer to a query.
inline std::uint64_t AnswerOf(const QueryWorkload& w, int query) {
  std::uint64_t state = query;
  for (int step = 0; step < w.quick_steps; ++step) state = Work(state, w.work_rounds);
  return state;
}

inline Found QuerySequentially(const QueryWorkload& w) {
  Found found;
  for (int query = 0; query < w.queries; ++query) found.sum += AnswerOf(w, query);
  return found;
}

// One backend's way to the answer. Others run between its steps, as they would while it reads.
// Returns false, early, once give_up() says that nobody waits for the answer.
template <typename GiveUp>
bool Search(const QueryWorkload& w, int query, int backend, std::uint64_t* answer,
            const GiveUp& give_up) {
  std::uint64_t state = query;
  for (int step = 0; step < w.StepsOf(query, backend); ++step) {
    if (give_up()) return false;
    state = Work(state, w.work_rounds);
    if (step + 1 == w.quick_steps) *answer = state;
    Gosched();
  }
  return true;
}

}  // namespace unpark::patterns::uncancelled_losers

#endif  // UNPARK_PATTERNS_EX108_UNCANCELLED_LOSERS_TASK_H_
