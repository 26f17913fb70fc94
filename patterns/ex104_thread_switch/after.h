// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of scenario 104: two goroutines hand the token over through unbuffered channels.

#ifndef UNPARK_PATTERNS_EX104_THREAD_SWITCH_AFTER_H_
#define UNPARK_PATTERNS_EX104_THREAD_SWITCH_AFTER_H_

#include <cstdint>

#include "patterns/ex104_thread_switch/task.h"
#include "runtime/chan/chan.h"
#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::thread_switch {

// Each party calls start() first.
template <typename Start>
std::int64_t HandOverBetweenGoroutines(const HandOverWorkload& w, Start start) {
  Chan<std::int64_t> there(0), back(0);
  std::int64_t last = 0;
  WaitGroup wg;
  wg.Go([&] {
    start();
    std::int64_t token = 0;
    for (int i = 0; i < w.round_trips; ++i) {
      there.Send(token + 1);
      token = *back.Recv();
    }
    last = token;
  });
  wg.Go([&] {
    start();
    for (int i = 0; i < w.round_trips; ++i) back.Send(*there.Recv() + 1);
  });
  wg.Wait();
  return last;
}

inline std::int64_t HandOverByChannel(const HandOverWorkload& w) {
  return HandOverBetweenGoroutines(w, [] {});
}

}  // namespace unpark::patterns::thread_switch

#endif  // UNPARK_PATTERNS_EX104_THREAD_SWITCH_AFTER_H_
