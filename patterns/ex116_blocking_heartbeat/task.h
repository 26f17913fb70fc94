// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of scenario 116: a worker goes through its units, and a monitor sees that it is alive.

#ifndef UNPARK_PATTERNS_EX116_BLOCKING_HEARTBEAT_TASK_H_
#define UNPARK_PATTERNS_EX116_BLOCKING_HEARTBEAT_TASK_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "patterns/work.h"
#include "runtime/chan/chan.h"
#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"
#include "runtime/time/time.h"

namespace unpark::patterns::blocking_heartbeat {

struct BeatWorkload {
  int units = 2'000;
  int work_rounds = 100;  // of a unit, about 120 ns
  int report_every = 64;  // each so many-th beat the monitor reports, and that takes a while
  std::chrono::microseconds report{50};

  std::int64_t Operations() const { return units; }
};

struct Watched {
  std::uint64_t sum = 0;
  bool seen_alive = false;

  bool operator==(const Watched&) const = default;
  std::string DifferenceFrom(const Watched& want) const {
    if (!seen_alive) return "the monitor never heard a beat";
    return "got sum " + std::to_string(sum) + ", want " + std::to_string(want.sum);
  }
};

inline Watched WorkSequentially(const BeatWorkload& w) {
  Watched watched{.seen_alive = true};
  for (int unit = 0; unit < w.units; ++unit) watched.sum += Work(unit, w.work_rounds);
  return watched;
}

// Listens until `beats` is closed, and now and then reports.
inline std::int64_t Monitor(const BeatWorkload& w, const RecvChan<Unit>& beats) {
  std::int64_t heard = 0;
  while (beats.Recv()) {
    if (heard++ % w.report_every == 0) Sleep(w.report);  // the report is on its way
  }
  return heard;
}

// The worker beside its monitor; `beat(beats)` tells the monitor, or does not.
template <typename Beat>
Watched WorkWatched(const BeatWorkload& w, const Chan<Unit>& beats, const Beat& beat) {
  std::int64_t heard = 0;
  WaitGroup monitor;
  monitor.Go([&] { heard = Monitor(w, beats); });
  Watched watched;
  for (int unit = 0; unit < w.units; ++unit) {
    beat();
    watched.sum += Work(unit, w.work_rounds);
  }
  beats.Close();
  monitor.Wait();
  watched.seen_alive = heard > 0;
  return watched;
}

}  // namespace unpark::patterns::blocking_heartbeat

#endif  // UNPARK_PATTERNS_EX116_BLOCKING_HEARTBEAT_TASK_H_
