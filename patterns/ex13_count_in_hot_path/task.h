// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of exercise 13: answer requests and keep a gauge of the number of goroutines.

#ifndef UNPARK_PATTERNS_EX13_COUNT_IN_HOT_PATH_TASK_H_
#define UNPARK_PATTERNS_EX13_COUNT_IN_HOT_PATH_TASK_H_

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "patterns/work.h"
#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::count_in_hot_path {

struct HandlerWorkload {
  int requests = 40'000;
  int handlers = 8;
  int work_rounds = 25;  // of one request
  int spawn_every = 64;  // each so many-th request starts a goroutine: the count has writers, too

  std::int64_t Operations() const { return requests; }
};

struct Observed {
  std::uint64_t responses = 0;  // sum
  bool gauge_was_set = false;

  bool operator==(const Observed&) const = default;
  std::string DifferenceFrom(const Observed& want) const {
    if (!gauge_was_set) return "the gauge was never set to a number of goroutines";
    return "got responses with sum " + std::to_string(responses) + ", want " +
           std::to_string(want.responses);
  }
};

inline Observed AnswerSequentially(const HandlerWorkload& w) {
  Observed observed{.gauge_was_set = true};
  for (int id = 0; id < w.requests; ++id) observed.responses += Work(id, w.work_rounds);
  return observed;
}

// The metrics sink: the last value set.
using Gauge = std::atomic<int>;

// Answers all requests; calls observe() in each.
template <typename Observe>
std::uint64_t AnswerAll(const HandlerWorkload& w, const Observe& observe) {
  std::vector<std::uint64_t> sums(w.handlers);
  WaitGroup wg;
  wg.Add(w.handlers);
  for (int handler = 0; handler < w.handlers; ++handler) {
    go([&, handler] {
      std::uint64_t sum = 0;
      for (int id = handler; id < w.requests; id += w.handlers) {
        observe();
        sum += Work(id, w.work_rounds);
        if (id / w.handlers % w.spawn_every == 0) wg.Go([] {});
      }
      sums[handler] = sum;
      wg.Done();
    });
  }
  wg.Wait();
  std::uint64_t total = 0;
  for (std::uint64_t sum : sums) total += sum;
  return total;
}

}  // namespace unpark::patterns::count_in_hot_path

#endif  // UNPARK_PATTERNS_EX13_COUNT_IN_HOT_PATH_TASK_H_
