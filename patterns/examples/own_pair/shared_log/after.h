// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of the example: a worker keeps its lines and hands them over at the end.

#ifndef OWN_PAIR_SHARED_LOG_AFTER_H_
#define OWN_PAIR_SHARED_LOG_AFTER_H_

#include <iterator>
#include <mutex>
#include <utility>
#include <vector>

#include "runtime/go.h"
#include "runtime/sync/mutex.h"
#include "runtime/sync/waitgroup.h"
#include "shared_log/task.h"

namespace shared_log {

inline Lines WriteByWorker(const LogWorkload& w) {
  unpark::Mutex mu;
  std::vector<std::string> log;  // guarded by mu
  unpark::WaitGroup wg;
  for (int worker = 0; worker < w.workers; ++worker) {
    wg.Go([&, worker] {
      std::vector<std::string> own;
      for (int i = 0; i < w.lines; ++i) own.push_back(w.Line(worker, i));
      std::lock_guard lock(mu);
      std::move(own.begin(), own.end(), std::back_inserter(log));
    });
  }
  wg.Wait();
  return Lines(log.begin(), log.end());
}

}  // namespace shared_log

#endif  // OWN_PAIR_SHARED_LOG_AFTER_H_
