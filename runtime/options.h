// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Options: how many Ps, how large a stack, and the policies that experiments switch.
#ifndef UNPARK_RUNTIME_OPTIONS_H_
#define UNPARK_RUNTIME_OPTIONS_H_

#include <cstddef>

namespace unpark {

// Where the number of Ps comes from when Options::procs is 0.
enum class ProcsRule {
  kGo,  // CPUs this process may use, lowered to the cgroup's quota rounded up, never below 2 unless
        // there is one CPU
  kHostCpus,    // CPUs this process may use; the quota is ignored, as Go did before 1.25
  kQuotaFloor,  // the quota rounded down, at least 1
};

// When a goroutine that has run for 10 ms while others wait gives way. Each includes those before
// it.
enum class Preemption {
  kOff,    // only where it parks or yields
  kCalls,  // where a send, a receive, a Select that did one or a Blocking section need not park
  kCheckpoints,  // at Checkpoint(), which loops may call
  kAsync,        // anywhere: it loses its P and runs on without one; see runtime/README.md
};

struct Options {
  int procs = 0;  // 0: by procs_rule; at most 1024
  ProcsRule procs_rule = ProcsRule::kGo;
  std::size_t stack_bytes =
      64 << 10;  // per goroutine, guard page included; a power of two from 16 KiB to 1 GiB

  bool deadlock_check =
      true;  // off when threads outside the runtime ready goroutines: the runtime cannot see those

  Preemption preemption = Preemption::kAsync;
  bool update_procs = true;  // with procs = 0: follow the quota and the affinity mask while
                             // running, until GOMAXPROCS is called

  // Policies. All are on in Go; each can be switched off to see what it is worth.
  bool stealing = true;  // an idle P takes half of another P's queue
  bool runnext = true;   // a readied goroutine runs next, ahead of the queue
  bool spinning = true;  // a thread looks for work a while before it sleeps
  bool eager_stacks =
      false;  // bind a stack at spawn and never hand a warm one on, as a naive runtime does
};

// What one goroutine may have otherwise than the others: see go.
struct GoOptions {
  std::size_t stack_bytes = 0;  // 0: Options::stack_bytes; else as there
};

}  // namespace unpark

#endif  // UNPARK_RUNTIME_OPTIONS_H_
