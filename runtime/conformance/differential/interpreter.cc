// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Runs programs on this runtime; interpreter.go does the same in Go.
//
//   interpreter FILE SKIP RUNS PROCS
//
// FILE has a program a line (what follows a tab is not read). The first SKIP runs are passed over,
// of RUNS for each program; every further one prints its outcome as a line when all bodies have
// ended. One that panics, is fatal or deadlocks ends the process, as it does everywhere: the caller
// takes the outcome from standard error, and starts again behind it.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/chan/chan.h"
#include "runtime/chan/select.h"
#include "runtime/conformance/differential/program.h"
#include "runtime/go.h"
#include "runtime/sync/mutex.h"
#include "runtime/sync/rwmutex.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::differential {
namespace {

// One run of one program.
class Run {
 public:
  explicit Run(const Program& program)
      : program_(program),
        groups_(program.counts.size()),
        mutexes_(static_cast<std::size_t>(program.mutexes)),
        rw_mutexes_(static_cast<std::size_t>(program.rw_mutexes)),
        logs_(program.bodies.size()) {
    for (const int n : program.capacities)
      channels_.push_back(n < 0 ? Chan<int>() : Chan<int>(static_cast<std::size_t>(n)));
    for (std::size_t i = 0; i < groups_.size(); ++i) groups_[i].Add(program.counts[i]);
  }

  // Returns once all bodies have ended.
  std::string Outcome() {
    all_.Add(static_cast<int>(program_.bodies.size()));
    for (std::size_t b = 0; b < program_.bodies.size(); ++b) {
      if (program_.bodies[b].started) Start(b);
    }
    all_.Wait();
    std::string text = "done ";
    for (std::size_t b = 0; b < logs_.size(); ++b) text += (b == 0 ? "" : "|") + logs_[b];
    return text;
  }

 private:
  struct Guarded {
    int counter = 0;
  };
  struct CountedMutex : Guarded {
    Mutex mutex;
  };
  struct CountedRwMutex : Guarded {
    RWMutex mutex;
  };

  void Start(std::size_t b) {
    go([this, b] {
      if (program_.bodies[b].recovers) {
        try {
          Do(b);
        } catch (const PanicError& e) {
          Log(b, std::string("!") + e.what());
        }
      } else {
        Do(b);
      }
      all_.Done();
    });
  }

  void Do(std::size_t b) {
    for (const Op& op : program_.bodies[b].ops) Do(b, op);
  }

  void Log(std::size_t b, const std::string& entry) {
    if (!logs_[b].empty()) logs_[b] += ' ';
    logs_[b] += entry;
  }
  static std::string Text(std::optional<int> v) { return v ? std::to_string(*v) : "-"; }

  void Do(std::size_t b, const Op& op) {
    const auto i = static_cast<std::size_t>(op.index);
    switch (op.kind) {
      case OpKind::kSend:
        return channels_[i].Send(op.value);
      case OpKind::kRecv:
        return Log(b, Text(channels_[i].Recv()));
      case OpKind::kRange:
        for (const int v : channels_[i]) Log(b, std::to_string(v));
        return Log(b, ".");
      case OpKind::kClose:
        return channels_[i].Close();
      case OpKind::kSelect:
        return DoSelect(b, op);
      case OpKind::kDone:
        return groups_[i].Done();
      case OpKind::kWait:
        return groups_[i].Wait();
      case OpKind::kLock:
        return mutexes_[i].mutex.Lock();
      case OpKind::kUnlock:
        return mutexes_[i].mutex.Unlock();
      case OpKind::kCount:
        return Log(b, std::to_string(mutexes_[i].counter++));
      case OpKind::kRLock:
        return rw_mutexes_[i].mutex.RLock();
      case OpKind::kRUnlock:
        return rw_mutexes_[i].mutex.RUnlock();
      case OpKind::kRead:
        return Log(b, std::to_string(rw_mutexes_[i].counter));
      case OpKind::kWLock:
        return rw_mutexes_[i].mutex.Lock();
      case OpKind::kWUnlock:
        return rw_mutexes_[i].mutex.Unlock();
      case OpKind::kWrite:
        return Log(b, std::to_string(rw_mutexes_[i].counter++));
      case OpKind::kSpawn:
        return Start(i);
      case OpKind::kYield:
        return Gosched();
    }
  }

  // A case as Select takes it, and where its value goes.
  struct Choice {
    std::optional<int> value;
    std::optional<decltype(Recv(std::declval<Chan<int>>(), &value))> recv;
    std::optional<decltype(unpark::Send(std::declval<Chan<int>>(), 0))> send;

    SelectCase* Case() { return recv ? static_cast<SelectCase*>(&*recv) : &*send; }
  };

  void DoSelect(std::size_t b, const Op& op) {
    std::deque<Choice> choices(op.cases.size());
    std::vector<SelectCase*> cases;
    for (std::size_t k = 0; k < op.cases.size(); ++k) {
      const Case& c = op.cases[k];
      const Chan<int>& channel = channels_[static_cast<std::size_t>(c.channel)];
      if (c.sends) {
        choices[k].send.emplace(unpark::Send(channel, c.value));
      } else {
        choices[k].recv.emplace(Recv(channel, &choices[k].value));
      }
      cases.push_back(choices[k].Case());
    }
    const int chosen = Choose(op, cases, choices);
    if (chosen < 0) return Log(b, "d");
    const auto k = static_cast<std::size_t>(chosen);
    Log(b, std::to_string(chosen) + (op.cases[k].sends ? "" : ":" + Text(choices[k].value)));
  }

  // The position done, -1 for default. One case with a default has a way of its own in Select.
  int Choose(const Op& op, const std::vector<SelectCase*>& cases, std::deque<Choice>& choices) {
#ifdef UNPARK_PLANTED_DIVERGENCE
    if (op.has_default) return -1;  // though a case may be ready
#endif
    if (op.has_default && cases.size() == 1) {
      Choice& only = choices[0];
      return (only.recv ? Select(*only.recv, kDefault) : Select(*only.send, kDefault)) == 0 ? 0
                                                                                            : -1;
    }
    return static_cast<int>(SelectAll(cases, /*block=*/!op.has_default));
  }

  const Program& program_;
  std::vector<Chan<int>> channels_;
  std::deque<WaitGroup> groups_;
  std::deque<CountedMutex> mutexes_;
  std::deque<CountedRwMutex> rw_mutexes_;
  std::vector<std::string> logs_;  // a body's own until all_ is done
  WaitGroup all_;
};

// Unbuffered: what was printed stays printed when the process ends.
void Print(const std::string& line) {
  if (write(STDOUT_FILENO, line.data(), line.size()) != static_cast<ssize_t>(line.size())) _exit(3);
}

int RunFile(const char* path, long skip, long runs) {
  std::ifstream in(path);
  long n = 0;
  for (std::string line; std::getline(in, line);) {
    if (n + runs <= skip) {
      n += runs;
      continue;
    }
    const Program program = Parse(line.substr(0, line.find('\t')));
    for (long i = 0; i < runs; ++i, ++n) {
      if (n >= skip) Print(Run(program).Outcome() + "\n");
    }
  }
  return 0;
}

}  // namespace
}  // namespace unpark::differential

int main(int argc, char** argv) {
  if (argc != 5 || access(argv[1], R_OK) != 0) {
    std::fputs("usage: interpreter FILE SKIP RUNS PROCS\n", stderr);
    return 3;
  }
  return unpark::Main({.procs = std::atoi(argv[4])}, [&] {
    return unpark::differential::RunFile(argv[1], std::atol(argv[2]), std::atol(argv[3]));
  });
}
