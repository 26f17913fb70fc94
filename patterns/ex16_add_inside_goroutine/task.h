// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of exercise 16: map a function over a slice in parallel, and tell whether Wait kept its
// word.

#ifndef UNPARK_PATTERNS_EX16_ADD_INSIDE_GOROUTINE_TASK_H_
#define UNPARK_PATTERNS_EX16_ADD_INSIDE_GOROUTINE_TASK_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "patterns/work.h"
#include "runtime/chan/chan.h"
#include "runtime/go.h"

namespace unpark::patterns::add_inside_goroutine {

struct MapWorkload {
  int items = 1'000;
  int work_rounds = 90;  // about 100 ns an item

  std::int64_t Operations() const { return items; }
};

using Outputs = std::vector<std::uint64_t>;

inline Outputs MapSequentially(const MapWorkload& w) {
  Outputs outputs;
  for (int i = 0; i < w.items; ++i) outputs.push_back(Work(i, w.work_rounds));
  return outputs;
}

// Where the goroutines of one parallel map put their results, and what was there when Wait
// returned.
//
// Made so that a Wait which returns early is a wrong result and no undefined behaviour: the slots
// are atomics, and WaitForAll keeps them alive until the last goroutine has really finished.
class MapRun {
 public:
  explicit MapRun(const MapWorkload& w) : w_(w), slots_(w.items) {}

  void Compute(int item) {
    slots_[item].store(Work(item, w_.work_rounds), std::memory_order_relaxed);
  }

  // The last thing that a goroutine does with this run.
  void Finish() {
    const int items = w_.items;  // unless we are the last, the run may be gone after the next line
    if (finished_.fetch_add(1, std::memory_order_acq_rel) + 1 != items) return;
    const Chan<Unit> all_finished = all_finished_;  // outlives the run, which goes as this arrives
    all_finished.Send(Unit{});
  }

  // For a panic of the WaitGroup that in Go would have ended the program.
  void CountPanic() { panics_.fetch_add(1, std::memory_order_relaxed); }

  // What the caller of the parallel map gets when Wait returns: 0 where nothing was computed yet.
  Outputs TakeOutputs() {
    wait_returned_ns_ = static_cast<double>((std::chrono::steady_clock::now() - start_).count());
    Outputs outputs(slots_.size());
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      outputs[i] = slots_[i].load(std::memory_order_relaxed);
      lost_items_ += outputs[i] == 0;
    }
    return outputs;
  }

  void WaitForAll() { all_finished_.Recv(); }

  // early_returns: 1 when Wait returned before all items were computed.
  std::map<std::string, double> Figures() const {
    return {{"early_returns", lost_items_ > 0 ? 1.0 : 0.0},
            {"lost_items", static_cast<double>(lost_items_)},
            {"panics", static_cast<double>(panics_.load())},
            {"wait_returned_ns", wait_returned_ns_}};
  }

 private:
  const MapWorkload& w_;
  std::vector<std::atomic<std::uint64_t>> slots_;
  std::atomic<int> finished_ = 0;
  std::atomic<int> panics_ = 0;
  Chan<Unit> all_finished_{1};
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::int64_t lost_items_ = 0;
  double wait_returned_ns_ = 0;
};

// A variant as a class: Map(workload, run) maps, takes the outputs when its Wait returns, and
// itself returns when all goroutines have finished: a Run takes until every item is computed,
// whatever Wait said.
template <Outputs (*Map)(const MapWorkload&, MapRun*)>
class Mapping {
 public:
  explicit Mapping(const MapWorkload& w) : w_(w) {}

  Outputs Run() {
    MapRun run(w_);
    Outputs outputs = Map(w_, &run);
    figures_ = run.Figures();
    return outputs;
  }
  std::map<std::string, double> Figures() const { return figures_; }

 private:
  const MapWorkload& w_;
  std::map<std::string, double> figures_;
};

}  // namespace unpark::patterns::add_inside_goroutine

#endif  // UNPARK_PATTERNS_EX16_ADD_INSIDE_GOROUTINE_TASK_H_
