// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of scenario 104: two threads wait for the token on an atomic, which is a futex, the
// least a thread switch costs.

#ifndef UNPARK_PATTERNS_EX104_THREAD_SWITCH_FUTEX_H_
#define UNPARK_PATTERNS_EX104_THREAD_SWITCH_FUTEX_H_

#include <atomic>
#include <cstdint>

#include "patterns/ex104_thread_switch/threads.h"

namespace unpark::patterns::thread_switch {

inline std::int64_t HandOverByFutex(const HandOverWorkload& w) {
  std::atomic<int> token = 0;  // the first party's when even; 32 bits: what a futex can wait on
  auto party = [&](int parity) {
    for (int i = 0; i < w.round_trips; ++i) {
      // Acquire and release hand over, with the token, whatever the parties wrote before.
      for (int seen = token.load(std::memory_order_acquire); seen % 2 != parity;
           seen = token.load(std::memory_order_acquire)) {
        token.wait(seen, std::memory_order_acquire);
      }
      token.fetch_add(1, std::memory_order_release);
      token.notify_one();
    }
  };
  RunInTwoThreads(
      w, [&] { party(0); }, [&] { party(1); });
  return token.load();
}

}  // namespace unpark::patterns::thread_switch

#endif  // UNPARK_PATTERNS_EX104_THREAD_SWITCH_FUTEX_H_
