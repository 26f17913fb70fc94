// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// The transition relation, and a depth-first search over it.
//
// One step is one atomic act as others can see it: what happens under a channel's lock, one atomic
// operation of a lock. A goroutine that another one wakes has completed its operation in the
// waker's step, since the waker does all of it. An operation with two visible acts (a WaitGroup's
// last Done, a woken Wait, a panic that ends the program) is two steps.
//
// Written from the language specification and the documentation of Go's packages, not from
// either implementation's data structures, but for two things that the specification leaves open
// and programs can see: goroutines that wait on a channel are served first come, first served, and
// a waiting writer keeps new readers out.
#include "runtime/conformance/differential/model.h"

#include <algorithm>
#include <cstdint>
#include <unordered_set>
#include <utility>
#include <vector>

namespace unpark::differential {
namespace {

enum class Phase : std::uint8_t {
  kUnborn,
  kReady,      // before its next operation
  kReleasing,  // a Done that reached zero, before it wakes the waiters
  kWoken,      // a Wait that was woken, before its last check
  kPanicking,  // `text` is on its way
  kEnded,
  // Blocked: others have to act. The reasons are Go's words in a goroutine dump.
  kChanSend,
  kChanSendNil,
  kChanRecv,
  kChanRecvNil,
  kSelect,
  kSelectNoCases,
  kWaitGroup,
  kRLock,  // a writer has or wants the lock
  kWLock,  // it has shut out readers and waits for the last to leave
};

enum class Text : std::uint8_t {
  kSendOnClosed,
  kCloseOfClosed,
  kCloseOfNil,
  kNegativeCounter,
  kAddWithWait,
  kReused,
};

const char* Words(Text text) {
  switch (text) {
    case Text::kSendOnClosed:
      return "send on closed channel";
    case Text::kCloseOfClosed:
      return "close of closed channel";
    case Text::kCloseOfNil:
      return "close of nil channel";
    case Text::kNegativeCounter:
      return "sync: negative WaitGroup counter";
    case Text::kAddWithWait:
      return "sync: WaitGroup misuse: Add called concurrently with Wait";
    case Text::kReused:
      return "sync: WaitGroup is reused before previous Wait has returned";
  }
  return "";
}

struct Thread {
  Phase phase = Phase::kUnborn;
  std::uint8_t pc = 0;
  Text text = Text::kSendOnClosed;
  std::int8_t waiters_seen = 0;  // by kReleasing
  std::string log;
};

struct Channel {
  bool closed = false;
  std::vector<std::int8_t> buffer;
  // Bodies, first come first. A select with several cases on one side of a channel is there once.
  std::vector<std::int8_t> receivers, senders;
};

struct Group {
  std::int8_t counter = 0, waiters = 0;
};

struct Lock {
  bool held = false;
  std::int8_t counter = 0;
};

struct RwLock {
  bool writer = false;      // has the lock, or waits for the last reader to leave
  std::int8_t readers = 0;  // that have it
  std::int8_t counter = 0;
};

struct State {
  std::vector<Thread> threads;
  std::vector<Channel> channels;
  std::vector<Group> groups;
  std::vector<Lock> locks;
  std::vector<RwLock> rw_locks;

  std::string Key() const {
    std::string key;
    const auto add = [&](auto v) { key += static_cast<char>(v); };
    const auto add_all = [&](const auto& values) {
      add(values.size());
      for (const auto v : values) add(v);
    };
    for (const Thread& t : threads) {
      add(t.phase), add(t.pc), add(t.text), add(t.waiters_seen);
      key += t.log;
      add('|');
    }
    for (const Channel& c : channels) {
      add(c.closed);
      add_all(c.buffer), add_all(c.receivers), add_all(c.senders);
    }
    for (const Group& g : groups) add(g.counter), add(g.waiters);
    for (const Lock& l : locks) add(l.held), add(l.counter);
    for (const RwLock& l : rw_locks) add(l.writer), add(l.readers), add(l.counter);
    return key;
  }
};

class Search {
 public:
  Search(const Program& program, std::size_t max_states)
      : program_(program), max_states_(max_states) {}

  std::optional<std::set<std::string>> Run() {
    Visit(Start());
    while (!stack_.empty()) {
      if (seen_.size() > max_states_) return std::nullopt;
      const State s = std::move(stack_.back());
      stack_.pop_back();
      Expand(s);
    }
    return std::move(outcomes_);
  }

 private:
  State Start() const {
    State s;
    for (const Body& body : program_.bodies) {
      s.threads.emplace_back();
      if (body.started) s.threads.back().phase = Phase::kReady;
    }
    s.channels.resize(program_.capacities.size());
    for (const int n : program_.counts) s.groups.push_back({static_cast<std::int8_t>(n), 0});
    s.locks.resize(static_cast<std::size_t>(program_.mutexes));
    s.rw_locks.resize(static_cast<std::size_t>(program_.rw_mutexes));
    return s;
  }

  void Visit(State s) {
    if (seen_.insert(s.Key()).second) stack_.push_back(std::move(s));
  }

  void Expand(const State& s) {
    stepped_ = false;
    for (std::size_t t = 0; t < s.threads.size(); ++t) Step(s, t);
    if (!stepped_) outcomes_.insert(Rest(s));
  }

  // The outcome of a state in which nothing can happen any more.
  std::string Rest(const State& s) const {
    std::string logs;
    std::vector<std::string> reasons = {"sync.WaitGroup.Wait"};  // main's
    bool all_ended = true;
    for (std::size_t t = 0; t < s.threads.size(); ++t) {
      logs += (t == 0 ? "" : "|") + s.threads[t].log;
      if (s.threads[t].phase == Phase::kEnded) continue;
      all_ended = false;
      if (s.threads[t].phase != Phase::kUnborn) reasons.push_back(Reason(s, t));
    }
    if (all_ended) return "done " + logs;
    std::sort(reasons.begin(), reasons.end());
    std::string text;
    for (const std::string& r : reasons) text += (text.empty() ? "" : ",") + r;
    return "deadlock " + text;
  }

  const char* Reason(const State& s, std::size_t t) const {
    switch (s.threads[t].phase) {
      case Phase::kChanSend:
        return "chan send";
      case Phase::kChanSendNil:
        return "chan send (nil chan)";
      case Phase::kChanRecv:
        return "chan receive";
      case Phase::kChanRecvNil:
        return "chan receive (nil chan)";
      case Phase::kSelect:
        return "select";
      case Phase::kSelectNoCases:
        return "select (no cases)";
      case Phase::kWaitGroup:
        return "sync.WaitGroup.Wait";
      case Phase::kRLock:
        return "sync.RWMutex.RLock";
      case Phase::kWLock:
        return "sync.RWMutex.Lock";
      default:
        return "sync.Mutex.Lock";  // a Lock is tried again and again, also a writer's of a writer
    }
  }

  const Op& OpOf(const State& s, std::size_t t) const {
    return program_.bodies[t].ops[s.threads[t].pc];
  }

  // --- ends of a step

  void Commit(State s) {
    stepped_ = true;
    Visit(std::move(s));
  }
  void End(std::string outcome) {
    stepped_ = true;
    outcomes_.insert(std::move(outcome));
  }
  static void Log(State* s, std::size_t t, const std::string& entry) {
    std::string& log = s->threads[t].log;
    log += (log.empty() ? "" : " ") + entry;
  }
  static void Advance(State* s, std::size_t t) {
    ++s->threads[t].pc;
    s->threads[t].phase = Phase::kReady;
  }
  void Next(State s, std::size_t t) {
    Advance(&s, t);
    Commit(std::move(s));
  }
  static void SetPanic(State* s, std::size_t t, Text text) {
    s->threads[t].phase = Phase::kPanicking;
    s->threads[t].text = text;
  }
  void Panic(State s, std::size_t t, Text text) {
    SetPanic(&s, t, text);
    Commit(std::move(s));
  }
  void Block(State s, std::size_t t, Phase phase) {
    s.threads[t].phase = phase;
    Commit(std::move(s));
  }

  // --- channels

  static void LeaveQueues(State* s, std::size_t t) {
    for (Channel& c : s->channels) {
      std::erase(c.receivers, static_cast<std::int8_t>(t));
      std::erase(c.senders, static_cast<std::int8_t>(t));
    }
  }

  // The ways in which t, which is at an operation that may receive from channel c, can take
  // `value` (nullopt: closed). One state each.
  std::vector<State> Receive(State s, std::size_t t, int c, std::optional<int> value) const {
    LeaveQueues(&s, t);
    const Op& op = OpOf(s, t);
    const std::string text = value ? std::to_string(*value) : "-";
    if (op.kind == OpKind::kRange) {
      Log(&s, t, value ? text : ".");
      if (value) {
        s.threads[t].phase = Phase::kReady;
      } else {
        Advance(&s, t);
      }
      return {std::move(s)};
    }
    if (op.kind == OpKind::kRecv) {
      Log(&s, t, text);
      Advance(&s, t);
      return {std::move(s)};
    }
    std::vector<State> ways;
    for (std::size_t i = 0; i < op.cases.size(); ++i) {
      if (op.cases[i].sends || op.cases[i].channel != c) continue;
      ways.push_back(s);
      Log(&ways.back(), t, std::to_string(i) + ":" + text);
      Advance(&ways.back(), t);
    }
    return ways;
  }

  struct Sent {
    int value;
    State state;
  };
  // The ways in which t, which is at an operation that may send on channel c, can get rid of a
  // value.
  std::vector<Sent> SendFrom(State s, std::size_t t, int c) const {
    LeaveQueues(&s, t);
    const Op& op = OpOf(s, t);
    if (op.kind == OpKind::kSend) {
      Advance(&s, t);
      return {{op.value, std::move(s)}};
    }
    std::vector<Sent> ways;
    for (std::size_t i = 0; i < op.cases.size(); ++i) {
      if (!op.cases[i].sends || op.cases[i].channel != c) continue;
      ways.push_back({op.cases[i].value, s});
      Log(&ways.back().state, t, std::to_string(i));
      Advance(&ways.back().state, t);
    }
    return ways;
  }

  bool CanSend(const State& s, int c) const {
    const int capacity = program_.capacities[static_cast<std::size_t>(c)];
    if (capacity < 0) return false;
    const Channel& channel = s.channels[static_cast<std::size_t>(c)];
    return channel.closed || !channel.receivers.empty() ||
           channel.buffer.size() < static_cast<std::size_t>(capacity);
  }
  bool CanReceive(const State& s, int c) const {
    if (program_.capacities[static_cast<std::size_t>(c)] < 0) return false;
    const Channel& channel = s.channels[static_cast<std::size_t>(c)];
    return channel.closed || !channel.senders.empty() || !channel.buffer.empty();
  }

  // `after` is s with the sender t past its operation. REQUIRES: CanSend(s, c).
  void DoSend(const State& s, State after, std::size_t t, int c, int value) {
    const Channel& channel = s.channels[static_cast<std::size_t>(c)];
    if (channel.closed) {
      Panic(s, t, Text::kSendOnClosed);
    } else if (!channel.receivers.empty()) {
      // NOLINTNEXTLINE(bugprone-signed-char-misuse): a goroutine's number is not negative.
      const auto receiver = static_cast<std::size_t>(channel.receivers[0]);
      for (State& way : Receive(std::move(after), receiver, c, value)) Commit(std::move(way));
    } else {
      after.channels[static_cast<std::size_t>(c)].buffer.push_back(static_cast<std::int8_t>(value));
      Commit(std::move(after));
    }
  }

  // The states in which a value has left channel c (nullopt: it is closed and drained), but has not
  // arrived. REQUIRES: CanReceive(s, c).
  struct Taken {
    std::optional<int> value;
    State state;
  };
  std::vector<Taken> Take(const State& s, int c) const {
    const Channel& channel = s.channels[static_cast<std::size_t>(c)];
    std::vector<Taken> ways;
    if (channel.senders.empty()) {
      ways.push_back({std::nullopt, s});
      if (!channel.buffer.empty()) {
        auto& buffer = ways[0].state.channels[static_cast<std::size_t>(c)].buffer;
        ways[0].value = buffer.front();
        buffer.erase(buffer.begin());
      }
      return ways;
    }
    for (Sent& sent : SendFrom(s, static_cast<std::size_t>(channel.senders[0]), c)) {
      ways.push_back({sent.value, std::move(sent.state)});
      auto& buffer = ways.back().state.channels[static_cast<std::size_t>(c)].buffer;
      if (buffer.empty()) continue;
      buffer.push_back(static_cast<std::int8_t>(sent.value));
      ways.back().value = buffer.front();
      buffer.erase(buffer.begin());
    }
    return ways;
  }

  void DoReceive(const State& s, std::size_t t, int c) {
    for (Taken& taken : Take(s, c)) {
      for (State& way : Receive(std::move(taken.state), t, c, taken.value)) Commit(std::move(way));
    }
  }

  void StepSend(const State& s, std::size_t t, const Op& op) {
    const auto c = static_cast<std::size_t>(op.index);
    if (program_.capacities[c] < 0) return Block(s, t, Phase::kChanSendNil);
    if (CanSend(s, op.index)) {
      State after = s;
      Advance(&after, t);
      return DoSend(s, std::move(after), t, op.index, op.value);
    }
    State blocked = s;
    blocked.channels[c].senders.push_back(static_cast<std::int8_t>(t));
    Block(std::move(blocked), t, Phase::kChanSend);
  }

  void StepReceive(const State& s, std::size_t t, const Op& op) {
    const auto c = static_cast<std::size_t>(op.index);
    if (program_.capacities[c] < 0) return Block(s, t, Phase::kChanRecvNil);
    if (CanReceive(s, op.index)) return DoReceive(s, t, op.index);
    State blocked = s;
    blocked.channels[c].receivers.push_back(static_cast<std::int8_t>(t));
    Block(std::move(blocked), t, Phase::kChanRecv);
  }

  // A case that sends and one that receives may be on one channel; so do not let t serve itself:
  // it is in no queue yet.
  void StepSelect(const State& s, std::size_t t, const Op& op) {
    bool ready = false;
    for (std::size_t i = 0; i < op.cases.size(); ++i) {
      const Case& c = op.cases[i];
      if (!(c.sends ? CanSend(s, c.channel) : CanReceive(s, c.channel))) continue;
      ready = true;
      if (c.sends) {
        State after = s;
        Log(&after, t, std::to_string(i));
        Advance(&after, t);
        DoSend(s, std::move(after), t, c.channel, c.value);
      } else {
        // Cases on the same channel give the same ways; the search drops repetitions.
        DoReceive(s, t, c.channel);
      }
    }
    if (ready) return;
    State after = s;
    if (op.has_default) {
      Log(&after, t, "d");
      return Next(std::move(after), t);
    }
    if (op.cases.empty()) return Block(s, t, Phase::kSelectNoCases);
    for (const Case& c : op.cases) {
      if (program_.capacities[static_cast<std::size_t>(c.channel)] < 0) continue;
      Channel& channel = after.channels[static_cast<std::size_t>(c.channel)];
      auto& queue = c.sends ? channel.senders : channel.receivers;
      if (std::find(queue.begin(), queue.end(), static_cast<std::int8_t>(t)) == queue.end())
        queue.push_back(static_cast<std::int8_t>(t));
    }
    Block(std::move(after), t, Phase::kSelect);
  }

  void StepClose(const State& s, std::size_t t, const Op& op) {
    const auto c = static_cast<std::size_t>(op.index);
    if (program_.capacities[c] < 0) return Panic(s, t, Text::kCloseOfNil);
    if (s.channels[c].closed) return Panic(s, t, Text::kCloseOfClosed);
    std::vector<State> ways = {s};
    ways[0].channels[c].closed = true;
    Advance(&ways[0], t);
    // A goroutine in both queues goes with the receivers.
    for (const std::int8_t receiver : s.channels[c].receivers) {
      std::vector<State> more;
      for (State& way : ways) {
        for (State& r : Receive(std::move(way), static_cast<std::size_t>(receiver), op.index, {}))
          more.push_back(std::move(r));
      }
      ways = std::move(more);
    }
    for (State& way : ways) {
      const auto senders = way.channels[c].senders;
      for (const std::int8_t sender : senders) {
        LeaveQueues(&way, static_cast<std::size_t>(sender));
        SetPanic(&way, static_cast<std::size_t>(sender), Text::kSendOnClosed);
      }
      Commit(std::move(way));
    }
  }

  // --- WaitGroup

  void StepDone(State s, std::size_t t, const Op& op) {
    Group& g = s.groups[static_cast<std::size_t>(op.index)];
    --g.counter;
    if (g.counter < 0) return Panic(std::move(s), t, Text::kNegativeCounter);
    if (g.counter > 0 || g.waiters == 0) return Next(std::move(s), t);
    s.threads[t].waiters_seen = g.waiters;
    Block(std::move(s), t, Phase::kReleasing);
  }

  void StepRelease(State s, std::size_t t) {
    const int index = OpOf(s, t).index;
    Group& g = s.groups[static_cast<std::size_t>(index)];
    if (g.counter != 0 || g.waiters != s.threads[t].waiters_seen)
      return Panic(std::move(s), t, Text::kAddWithWait);
    g.waiters = 0;
    for (std::size_t w = 0; w < s.threads.size(); ++w) {
      if (s.threads[w].phase == Phase::kWaitGroup && OpOf(s, w).index == index)
        s.threads[w].phase = Phase::kWoken;
    }
    s.threads[t].waiters_seen = 0;
    Next(std::move(s), t);
  }

  void StepWait(State s, std::size_t t, const Op& op) {
    Group& g = s.groups[static_cast<std::size_t>(op.index)];
    if (g.counter == 0) return Next(std::move(s), t);
    ++g.waiters;
    Block(std::move(s), t, Phase::kWaitGroup);
  }

  void StepWoken(State s, std::size_t t) {
    const Group& g = s.groups[static_cast<std::size_t>(OpOf(s, t).index)];
    if (g.counter != 0 || g.waiters != 0) return Panic(std::move(s), t, Text::kReused);
    Next(std::move(s), t);
  }

  // --- locks

  RwLock* RwLockOf(State* s, std::size_t t) const {
    return &s->rw_locks[static_cast<std::size_t>(OpOf(*s, t).index)];
  }

  void StepRLock(State s, std::size_t t) {
    RwLock* lock = RwLockOf(&s, t);
    if (lock->writer) return Block(std::move(s), t, Phase::kRLock);
    ++lock->readers;
    Next(std::move(s), t);
  }

  void StepRUnlock(State s, std::size_t t) {
    RwLock* lock = RwLockOf(&s, t);
    if (lock->readers == 0) return End("fatal sync: RUnlock of unlocked RWMutex");
    --lock->readers;
    Next(std::move(s), t);
  }

  void StepWLock(State s, std::size_t t) {
    RwLock* lock = RwLockOf(&s, t);
    if (lock->writer) return;  // not now
    lock->writer = true;
    Block(std::move(s), t, Phase::kWLock);
  }

  // The readers that wait get the lock before the next writer can.
  void StepWUnlock(State s, std::size_t t) {
    RwLock* lock = RwLockOf(&s, t);
    if (!lock->writer) return End("fatal sync: Unlock of unlocked RWMutex");
    lock->writer = false;
    for (std::size_t r = 0; r < s.threads.size(); ++r) {
      if (s.threads[r].phase != Phase::kRLock || RwLockOf(&s, r) != lock) continue;
      ++lock->readers;
      Advance(&s, r);
    }
    Next(std::move(s), t);
  }

  // --- one step of one goroutine, if it can make one

  void Step(const State& s, std::size_t t) {
    const Thread& thread = s.threads[t];
    switch (thread.phase) {
      case Phase::kReady:
        return StepReady(s, t);
      case Phase::kReleasing:
        return StepRelease(s, t);
      case Phase::kWoken:
        return StepWoken(s, t);
      case Phase::kPanicking:
        return StepPanic(s, t);
      case Phase::kWLock:
        if (s.rw_locks[static_cast<std::size_t>(OpOf(s, t).index)].readers == 0) Next(s, t);
        return;
      default:
        return;
    }
  }

  void StepPanic(State s, std::size_t t) {
    const std::string words = Words(s.threads[t].text);
    if (!program_.bodies[t].recovers) return End("panic " + words);
    Log(&s, t, "!" + words);
    s.threads[t].phase = Phase::kEnded;
    s.threads[t].text = {};
    Commit(std::move(s));
  }

  void StepReady(State s, std::size_t t) {
    // Neither yielding nor ending is seen by others.
    while (s.threads[t].pc < program_.bodies[t].ops.size() && OpOf(s, t).kind == OpKind::kYield)
      ++s.threads[t].pc;
    if (s.threads[t].pc == program_.bodies[t].ops.size()) {
      s.threads[t].phase = Phase::kEnded;
      return Commit(std::move(s));
    }
    const Op& op = OpOf(s, t);
    const auto i = static_cast<std::size_t>(op.index);
    switch (op.kind) {
      case OpKind::kSend:
        return StepSend(s, t, op);
      case OpKind::kRecv:
      case OpKind::kRange:
        return StepReceive(s, t, op);
      case OpKind::kClose:
        return StepClose(s, t, op);
      case OpKind::kSelect:
        return StepSelect(s, t, op);
      case OpKind::kDone:
        return StepDone(std::move(s), t, op);
      case OpKind::kWait:
        return StepWait(std::move(s), t, op);
      case OpKind::kLock:
        if (s.locks[i].held) return;  // not now
        s.locks[i].held = true;
        return Next(std::move(s), t);
      case OpKind::kUnlock:
        if (!s.locks[i].held) return End("fatal sync: unlock of unlocked mutex");
        s.locks[i].held = false;
        return Next(std::move(s), t);
      case OpKind::kCount:
        Log(&s, t, std::to_string(s.locks[i].counter++));
        return Next(std::move(s), t);
      case OpKind::kRLock:
        return StepRLock(std::move(s), t);
      case OpKind::kRUnlock:
        return StepRUnlock(std::move(s), t);
      case OpKind::kWLock:
        return StepWLock(std::move(s), t);
      case OpKind::kWUnlock:
        return StepWUnlock(std::move(s), t);
      case OpKind::kRead:
        Log(&s, t, std::to_string(s.rw_locks[i].counter));
        return Next(std::move(s), t);
      case OpKind::kWrite:
        Log(&s, t, std::to_string(s.rw_locks[i].counter++));
        return Next(std::move(s), t);
      case OpKind::kSpawn:
        s.threads[i].phase = Phase::kReady;
        return Next(std::move(s), t);
      case OpKind::kYield:
        return;
    }
  }

  const Program& program_;
  const std::size_t max_states_;
  std::unordered_set<std::string> seen_;
  std::vector<State> stack_;
  std::set<std::string> outcomes_;
  bool stepped_ = false;  // the state being expanded has a successor, or ends the program
};

}  // namespace

std::optional<std::set<std::string>> Outcomes(const Program& program, std::size_t max_states) {
  return Search(program, max_states).Run();
}

}  // namespace unpark::differential
