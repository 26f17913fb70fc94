// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Exchanges, and damage.
#include "runtime/conformance/differential/generate.h"

#include <algorithm>
#include <utility>

namespace unpark::differential {
namespace {

class Maker {
 public:
  explicit Maker(std::mt19937_64* random) : random_(*random) {}

  Program Make() {
    MakeObjects();
    const int exchanges = Between(1, 6);
    for (int i = 0; i < exchanges; ++i) Exchange();
    if (Chance(25)) Damage();
    MakeSpawns();
    FinishWaitGroups();
    return std::move(program_);
  }

 private:
  int Between(int least, int most) {
    return least + static_cast<int>(random_() % static_cast<std::uint64_t>(most - least + 1));
  }
  bool Chance(int percent) { return Between(1, 100) <= percent; }
  std::size_t AnyBody() {
    return static_cast<std::size_t>(Between(0, static_cast<int>(program_.bodies.size()) - 1));
  }
  std::pair<std::size_t, std::size_t> TwoBodies() {
    const std::size_t a = AnyBody(), n = program_.bodies.size();
    return {a, (a + static_cast<std::size_t>(Between(1, static_cast<int>(n) - 1))) % n};
  }
  int AnyChannel() { return Between(0, static_cast<int>(program_.capacities.size()) - 1); }
  int NewValue() { return next_value_++; }
  std::vector<Op>& Ops(std::size_t body) { return program_.bodies[body].ops; }

  void MakeObjects() {
    program_.bodies.resize(static_cast<std::size_t>(Between(2, 4)));
    for (Body& body : program_.bodies) {
      body.started = true;
      body.recovers = Chance(40);
    }
    const int channels = Between(1, 3);
    for (int i = 0; i < channels; ++i)
      program_.capacities.push_back(Chance(50) ? 0 : Between(1, 3));
    if (Chance(8)) program_.capacities.push_back(-1);
    program_.counts.resize(static_cast<std::size_t>(Between(0, 2)));
    program_.mutexes = Between(0, 2);
    program_.rw_mutexes = Between(0, 1);
    closed_.resize(program_.capacities.size());
  }

  void Exchange() {
    const int kind = Between(1, 100);
    if (kind <= 35) {
      SendAndReceive();
    } else if (kind <= 55) {
      SelectAndPartner();
    } else if (kind <= 65) {
      StreamAndClose();
    } else if (kind <= 73) {
      if (!program_.counts.empty()) DoneAndWait();
    } else if (kind <= 84) {
      if (program_.mutexes > 0) Locked();
    } else if (kind <= 94) {
      if (program_.rw_mutexes > 0) ReadAndWriteLocked();
    } else {
      Ops(AnyBody()).push_back({.kind = OpKind::kYield});
    }
  }

  // An open channel that is not nil, or -1.
  int OpenChannel() {
    for (int tries = 0; tries < 4; ++tries) {
      const int c = AnyChannel();
      if (!closed_[static_cast<std::size_t>(c)] &&
          program_.capacities[static_cast<std::size_t>(c)] >= 0) {
        return c;
      }
    }
    return -1;
  }

  void SendAndReceive() {
    const int c = OpenChannel();
    if (c < 0) return;
    const auto [from, to] = TwoBodies();
    const int n = Chance(25) ? 2 : 1;
    for (int i = 0; i < n; ++i) {
      Ops(from).push_back({.kind = OpKind::kSend, .index = c, .value = NewValue()});
      Ops(to).push_back({.kind = OpKind::kRecv, .index = c});
    }
  }

  Case AnyCase() {
    Case c{.sends = Chance(40), .channel = AnyChannel()};
    if (c.sends) c.value = NewValue();
    return c;
  }

  void SelectAndPartner() {
    const int c = OpenChannel();
    if (c < 0) return;
    const auto [chooser, partner] = TwoBodies();
    Case real{.sends = Chance(50), .channel = c};
    if (real.sends) real.value = NewValue();
    Op select{.kind = OpKind::kSelect, .cases = {real}, .has_default = Chance(35)};
    const int more = Between(0, 2);
    for (int i = 0; i < more; ++i) select.cases.push_back(AnyCase());
    std::shuffle(select.cases.begin(), select.cases.end(), random_);
    Ops(chooser).push_back(select);
    if (real.sends) {
      Ops(partner).push_back({.kind = OpKind::kRecv, .index = c});
    } else {
      Ops(partner).push_back({.kind = OpKind::kSend, .index = c, .value = NewValue()});
    }
  }

  void StreamAndClose() {
    const int c = OpenChannel();
    if (c < 0) return;
    const auto [from, to] = TwoBodies();
    const int n = Between(0, 2);
    for (int i = 0; i < n; ++i)
      Ops(from).push_back({.kind = OpKind::kSend, .index = c, .value = NewValue()});
    Ops(from).push_back({.kind = OpKind::kClose, .index = c});
    Ops(to).push_back({.kind = Chance(70) ? OpKind::kRange : OpKind::kRecv, .index = c});
    closed_[static_cast<std::size_t>(c)] = Chance(80);
  }

  void DoneAndWait() {
    const int g = Between(0, static_cast<int>(program_.counts.size()) - 1);
    const auto [done, waits] = TwoBodies();
    ++program_.counts[static_cast<std::size_t>(g)];
    Ops(done).push_back({.kind = OpKind::kDone, .index = g});
    Ops(waits).push_back({.kind = OpKind::kWait, .index = g});
  }

  void Locked() {
    const int m = Between(0, program_.mutexes - 1);
    const int n = Between(1, 2);
    for (int i = 0; i < n; ++i) {
      const std::size_t b = AnyBody();
      Ops(b).push_back({.kind = OpKind::kLock, .index = m});
      if (Chance(80)) Ops(b).push_back({.kind = OpKind::kCount, .index = m});
      if (i == 0 && Chance(25)) SendAndReceive();
      Ops(b).push_back({.kind = OpKind::kUnlock, .index = m});
    }
  }

  void ReadAndWriteLocked() {
    const auto [reader, writer] = TwoBodies();
    Ops(reader).push_back({.kind = OpKind::kRLock});
    Ops(reader).push_back({.kind = OpKind::kRead});
    if (Chance(20)) SendAndReceive();
    Ops(reader).push_back({.kind = OpKind::kRUnlock});
    Ops(writer).push_back({.kind = OpKind::kWLock});
    Ops(writer).push_back({.kind = OpKind::kWrite});
    Ops(writer).push_back({.kind = OpKind::kWUnlock});
  }

  // One thing that a program should not do.
  void Damage() {
    std::vector<Op>& ops = Ops(AnyBody());
    const auto at = ops.begin() + Between(0, static_cast<int>(ops.size()));
    switch (Between(1, 7)) {
      case 1:
        ops.insert(at, {.kind = OpKind::kClose, .index = AnyChannel()});
        break;
      case 2:
        ops.insert(at, {.kind = OpKind::kRecv, .index = AnyChannel()});
        break;
      case 3:
        ops.insert(at, {.kind = OpKind::kSend, .index = AnyChannel(), .value = NewValue()});
        break;
      case 4:
        if (!program_.counts.empty()) ops.insert(at, {.kind = OpKind::kDone});
        break;
      case 5:
        // A lock that nobody else uses: what else would happen to one that others use is no rule
        // of the language.
        ops.insert(at, {.kind = OpKind::kUnlock, .index = program_.mutexes++});
        break;
      case 6:
        ops.insert(at, {.kind = Chance(50) ? OpKind::kRUnlock : OpKind::kWUnlock,
                        .index = program_.rw_mutexes++});
        break;
      case 7:
        ops.insert(at, {.kind = OpKind::kSelect});
        break;
    }
  }

  // Some bodies are started by the one before them.
  void MakeSpawns() {
    for (std::size_t b = 1; b < program_.bodies.size(); ++b) {
      if (!Chance(15)) continue;
      program_.bodies[b].started = false;
      std::vector<Op>& ops = Ops(b - 1);
      // Never between a lock and its counter's use; at the start is always right.
      ops.insert(ops.begin(), {.kind = OpKind::kSpawn, .index = static_cast<int>(b)});
    }
  }

  // A WaitGroup whose counter can go below zero is not used by bodies that recover: what a group
  // does after that panic is no rule of the language.
  void FinishWaitGroups() {
    for (std::size_t g = 0; g < program_.counts.size(); ++g) {
      const auto is_done = [g](const Op& op) {
        return op.kind == OpKind::kDone && op.index == static_cast<int>(g);
      };
      std::ptrdiff_t dones = 0;
      for (const Body& body : program_.bodies)
        dones += std::count_if(body.ops.begin(), body.ops.end(), is_done);
      if (dones <= program_.counts[g]) continue;
      for (Body& body : program_.bodies) {
        if (std::any_of(body.ops.begin(), body.ops.end(), is_done)) body.recovers = false;
      }
    }
  }

  std::mt19937_64& random_;
  Program program_;
  std::vector<bool> closed_;
  int next_value_ = 1;
};

}  // namespace

Program Generate(std::mt19937_64* random) { return Maker(random).Make(); }

}  // namespace unpark::differential
