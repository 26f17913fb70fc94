// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Chooser: who runs next, and what chance decides. One for each strategy, and one that replays.
#ifndef UNPARK_RUNTIME_TESTING_STRATEGY_H_
#define UNPARK_RUNTIME_TESTING_STRATEGY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "runtime/testing/explore.h"

namespace unpark::testing::internal {

class Chooser {
 public:
  virtual ~Chooser() = default;
  // Of a run.
  virtual void Begin() = 0;
  // Whether there is another run to do.
  virtual bool End() = 0;
  // The position in `ids` of the goroutine that goes on. `running`: ids[0] runs now and could go
  // on, so that any other is a preemption. REQUIRES: at least two ids, none of them 2^64 - 1.
  virtual std::size_t Goroutine(std::span<const std::uint64_t> ids, bool running) = 0;
  // A number in [0, n). REQUIRES: n >= 2.
  virtual std::size_t Number(std::size_t n) = 0;
  // The goroutine lets others go first.
  virtual void Yielded(std::uint64_t id) = 0;
};

// By options.strategy, or replaying options.replay.
std::unique_ptr<Chooser> MakeChooser(const ExploreOptions& options);

// What was chosen in a run, each time that there were two ways or more.
//
// As text: `o` or `a` for the detail, `r` if the clock races, then `GAP:CHOICE` for each choice
// that is not 0, where GAP counts the choices of 0 before it: "o,5:1,0:2".
using Schedule = std::vector<std::uint32_t>;
std::string ToText(const Schedule& schedule, const ExploreOptions& options);
// Takes over detail and clock. Throws std::invalid_argument.
Schedule FromText(const std::string& text, ExploreOptions* options);

std::unique_ptr<Chooser> Replay(Schedule schedule);

}  // namespace unpark::testing::internal

#endif  // UNPARK_RUNTIME_TESTING_STRATEGY_H_
