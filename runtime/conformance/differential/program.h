// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Program: a small concurrent program as data, which the model and both interpreters run.
#ifndef UNPARK_RUNTIME_CONFORMANCE_DIFFERENTIAL_PROGRAM_H_
#define UNPARK_RUNTIME_CONFORMANCE_DIFFERENTIAL_PROGRAM_H_

#include <string>
#include <string_view>
#include <vector>

namespace unpark::differential {

// The letters are those of the text form; `index` names the object, `value` what is sent.
enum class OpKind : char {
  kSend = 's',
  kRecv = 'v',     // logs the value, or "-" from a closed channel
  kRange = 'R',    // logs each value, then "."
  kClose = 'c',    // of a channel
  kSelect = 'S',   // logs "POSITION:VALUE" of the case it did, or "d" for default
  kDone = 'D',     // of a WaitGroup
  kWait = 'W',     // for a WaitGroup
  kLock = 'L',     // of a Mutex
  kUnlock = 'U',   // of a Mutex
  kCount = 'n',    // under that Mutex: logs its counter, then adds one
  kRLock = 'l',    // of an RWMutex
  kRUnlock = 'u',  // of an RWMutex
  kRead = 'p',     // under that read lock: logs its counter
  kWLock = 'X',    // of an RWMutex
  kWUnlock = 'Y',  // of an RWMutex
  kWrite = 'N',    // under that write lock: logs its counter, then adds one
  kSpawn = 'g',    // starts another body
  kYield = 'G',    // Gosched
};

struct Case {
  bool sends = false;
  int channel = 0;
  int value = 0;
};

struct Op {
  OpKind kind = OpKind::kYield;
  int index = 0;
  int value = 0;
  std::vector<Case> cases = {};  // of a select
  bool has_default = false;      // of a select
};

// What one goroutine does.
struct Body {
  bool started = false;  // by main; else by another body's kSpawn
  bool recovers =
      false;  // a panic is logged as "!TEXT" and ends the body; else it ends the program
  std::vector<Op> ops;
};

// Main makes the objects, starts the bodies that are so marked, and waits for all bodies with a
// WaitGroup of its own.
struct Program {
  std::vector<int> capacities;  // of the channels; -1: nil
  std::vector<int> counts;      // of the WaitGroups, at the start
  int mutexes = 0, rw_mutexes = 0;
  std::vector<Body> bodies;
};

// One line, no tabs:
//
//   c0,2,- w1 m1 q0;* s0=7 W0;*! v0 S[v1,s0=3,d] D0
//
// three channels (unbuffered, two elements, nil), a WaitGroup that counts 1, one Mutex, no RWMutex,
// and two bodies, both started by main (*), the second of which recovers (!).
std::string ToText(const Program& program);
// Throws std::invalid_argument with the text and the position that is wrong.
Program Parse(std::string_view text);

}  // namespace unpark::differential

#endif  // UNPARK_RUNTIME_CONFORMANCE_DIFFERENTIAL_PROGRAM_H_
