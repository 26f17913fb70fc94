// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of the example: the log is locked for every line.

#ifndef OWN_PAIR_SHARED_LOG_BEFORE_H_
#define OWN_PAIR_SHARED_LOG_BEFORE_H_

#include <mutex>
#include <vector>

#include "runtime/go.h"
#include "runtime/sync/mutex.h"
#include "runtime/sync/waitgroup.h"
#include "shared_log/task.h"

namespace shared_log {

inline Lines WriteLineByLine(const LogWorkload& w) {
  unpark::Mutex mu;
  std::vector<std::string> log;  // guarded by mu
  unpark::WaitGroup wg;
  for (int worker = 0; worker < w.workers; ++worker) {
    wg.Go([&, worker] {
      for (int i = 0; i < w.lines; ++i) {
        std::lock_guard lock(mu);
        log.push_back(w.Line(worker, i));
      }
    });
  }
  wg.Wait();
  return Lines(log.begin(), log.end());
}

}  // namespace shared_log

#endif  // OWN_PAIR_SHARED_LOG_BEFORE_H_
