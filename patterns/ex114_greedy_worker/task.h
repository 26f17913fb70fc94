// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of scenario 114: a worker with long jobs and a worker with short ones share a lock.

#ifndef UNPARK_PATTERNS_EX114_GREEDY_WORKER_TASK_H_
#define UNPARK_PATTERNS_EX114_GREEDY_WORKER_TASK_H_

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "patterns/work.h"
#include "runtime/go.h"
#include "runtime/sync/mutex.h"
#include "runtime/sync/waitgroup.h"
#include "runtime/time/time.h"

namespace unpark::patterns::greedy_worker {

struct SharedWorkload {
  int short_jobs = 300;   // of the polite worker; each is timed
  int long_steps = 50;    // of one job of the greedy worker
  int work_rounds = 200;  // of a step, about 250 ns

  std::int64_t Operations() const { return short_jobs; }
};

// What both have added up in the end, by short jobs alone: long ones run as long as short ones do.
inline std::uint64_t AddSequentially(const SharedWorkload& w) {
  std::uint64_t sum = 0;
  for (int job = 0; job < w.short_jobs; ++job) sum += Work(job, w.work_rounds);
  return sum;
}

// A step of a long job. Others run meanwhile, as they would while it reads.
inline std::uint64_t LongStep(const SharedWorkload& w, std::uint64_t state) {
  state = Work(state, w.work_rounds);
  Gosched();
  return state;
}

// What a long job leaves behind for the others.
struct Ledger {
  Mutex mutex;
  std::uint64_t short_sum = 0;  // guarded by mutex, as is all here
  std::uint64_t long_sum = 0;
};

// The polite worker beside a greedy one whose jobs are done by `do_long_job(w, &ledger)`.
template <void (*DoLongJob)(const SharedWorkload&, Ledger*)>
class Shift {
 public:
  explicit Shift(const SharedWorkload& w) : w_(w), ns_(w.short_jobs) {}

  std::uint64_t Run() {
    Ledger ledger;
    std::atomic<bool> over = false;
    std::int64_t long_jobs = 0;
    WaitGroup wg;
    wg.Go([&] {
      for (; !over.load(std::memory_order_relaxed); ++long_jobs) DoLongJob(w_, &ledger);
    });
    wg.Go([&] {
      for (int job = 0; job < w_.short_jobs; ++job) {
        const std::uint64_t part = Work(job, w_.work_rounds);
        const Time start = Now();
        ledger.mutex.Lock();
        ledger.short_sum += part;
        ledger.mutex.Unlock();
        ns_[job] = std::max<std::int64_t>(1, (Now() - start).count());
        Gosched();
      }
      over.store(true, std::memory_order_relaxed);
    });
    wg.Wait();
    long_jobs_ = static_cast<double>(long_jobs) / w_.short_jobs;
    return ledger.short_sum;
  }
  void TakeLatencies(std::vector<std::int64_t>* ns) const {
    ns->insert(ns->end(), ns_.begin(), ns_.end());
  }
  std::map<std::string, double> Figures() const { return {{"long_jobs", long_jobs_}}; }

 private:
  const SharedWorkload& w_;
  std::vector<std::int64_t> ns_;
  double long_jobs_ = 0;  // for each short one
};

}  // namespace unpark::patterns::greedy_worker

#endif  // UNPARK_PATTERNS_EX114_GREEDY_WORKER_TASK_H_
