// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Walks through every interleaving of Peterson's lock, on a machine whose stores are seen at once
// and on one whose cores buffer them.
//
// What hardware does once in a million runs, and at one proc never, is found here every time.

#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <set>
#include <string>
#include <vector>

namespace unpark::patterns::peterson_lock {
namespace {

enum class Stores { kSeenAtOnce, kBuffered };  // seq_cst; release on a machine like x86

// Memory: interested[0], interested[1], victim.
using Memory = std::array<int, 3>;
constexpr int kVictim = 2;

struct Store {
  int where, value;
  auto operator<=>(const Store&) const = default;
};

// One core that runs one party.
struct Core {
  enum Step { kSayInterested, kLetOtherFirst, kLookInterested, kLookVictim, kInside };
  Step step = kSayInterested;
  std::deque<Store> buffer = {};  // its own loads see them, the other core's do not yet
  auto operator<=>(const Core&) const = default;
};

struct Machine {
  Memory memory = {0, 0, 0};
  std::array<Core, 2> cores;
  auto operator<=>(const Machine&) const = default;
};

int Load(const Machine& machine, int id, int where) {
  const std::deque<Store>& buffer = machine.cores[id].buffer;
  for (auto store = buffer.rbegin(); store != buffer.rend(); ++store) {
    if (store->where == where) return store->value;
  }
  return machine.memory[where];
}

void Put(Machine* machine, int id, Store store, Stores stores) {
  if (stores == Stores::kBuffered) {
    machine->cores[id].buffer.push_back(store);
  } else {
    machine->memory[store.where] = store.value;
  }
}

// The next instruction of party `id`.
Machine Step(Machine machine, int id, Stores stores) {
  Core& core = machine.cores[id];
  switch (core.step) {
    case Core::kSayInterested:
      Put(&machine, id, {id, 1}, stores);
      core.step = Core::kLetOtherFirst;
      break;
    case Core::kLetOtherFirst:
      Put(&machine, id, {kVictim, id}, stores);
      core.step = Core::kLookInterested;
      break;
    case Core::kLookInterested:
      core.step = Load(machine, id, 1 - id) == 0 ? Core::kInside : Core::kLookVictim;
      break;
    case Core::kLookVictim:
      core.step = Load(machine, id, kVictim) == id ? Core::kLookInterested : Core::kInside;
      break;
    case Core::kInside:
      Put(&machine, id, {id, 0}, stores);
      core.step = Core::kSayInterested;
      break;
  }
  return machine;
}

// The oldest buffered store of core `id` reaches the memory.
Machine Drain(Machine machine, int id) {
  std::deque<Store>& buffer = machine.cores[id].buffer;
  machine.memory[buffer.front().where] = buffer.front().value;
  buffer.pop_front();
  return machine;
}

struct Outcome {
  std::size_t states = 0;
  bool both_inside = false;
  bool each_was_inside[2] = {false, false};
};

// All states that can be reached; a buffer holds at most four stores.
Outcome Explore(Stores stores) {
  constexpr std::size_t kBufferSize = 4;
  Outcome outcome;
  std::set<Machine> seen = {Machine()};
  std::vector<Machine> to_do = {Machine()};
  while (!to_do.empty()) {
    const Machine machine = to_do.back();
    to_do.pop_back();
    bool inside[2];
    for (int id : {0, 1}) {
      inside[id] = machine.cores[id].step == Core::kInside;
      outcome.each_was_inside[id] |= inside[id];
    }
    outcome.both_inside |= inside[0] && inside[1];
    auto reach = [&](const Machine& next) {
      if (seen.insert(next).second) to_do.push_back(next);
    };
    for (int id : {0, 1}) {
      const std::size_t buffered = machine.cores[id].buffer.size();
      if (buffered < kBufferSize) reach(Step(machine, id, stores));
      if (buffered > 0) reach(Drain(machine, id));
    }
  }
  outcome.states = seen.size();
  return outcome;
}

TEST(StoreBufferTest, WithSequentiallyConsistentStoresNeverBothAreInside) {
  const Outcome outcome = Explore(Stores::kSeenAtOnce);
  EXPECT_TRUE(outcome.each_was_inside[0] && outcome.each_was_inside[1]);
  EXPECT_FALSE(outcome.both_inside) << "in one of " << outcome.states << " states";
}

TEST(StoreBufferTest, WithBufferedStoresBothCanBeInside) {
  EXPECT_TRUE(Explore(Stores::kBuffered).both_inside);
}

}  // namespace
}  // namespace unpark::patterns::peterson_lock
