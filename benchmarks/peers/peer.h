// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Peer: the command line and the timed loop that all C++ programs of the comparison share.
//
//   PROGRAM --row=NAME --workers=W [--size=N] [--min_time=SECONDS]
//   PROGRAM --list
//
// prints one line of JSON: {"row", "size", "workers", "operations", "ns_per_op", "cpu_ns_per_op",
// "answer", "figures"}. Exit status: 0 all well, 2 a bad argument, 3 a wrong answer.

#ifndef BENCHMARKS_PEERS_PEER_H_
#define BENCHMARKS_PEERS_PEER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace unpark::peers {

struct Params {
  std::int64_t size = 0;  // what the row says it is: tasks, capacity, live timers
  int workers = 1;
};

// What a row measures beside the time of its batches.
struct Measured {
  std::vector<std::int64_t> latencies_ns;
  std::map<std::string, double> figures;
};

// A prepared row. One batch does `operations` operations and returns its answer.
struct Work {
  std::int64_t operations = 0;
  std::uint64_t answer = 0;  // the right one
  std::function<std::uint64_t()> batch;
  std::shared_ptr<Measured> measured = {};  // null: nothing but time
  bool once = false;                        // a second batch would find a warm process
};

// Makes a row's Work. Its batches, and its end, are inside the system that is measured.
using Prepare = std::function<Work(const Params&)>;

struct Row {
  std::int64_t size;  // where the command line gives none
  Prepare prepare;
};

using Rows = std::map<std::string, Row>;

// Runs `body` inside the system with that many workers, and returns when it has.
using Enter = std::function<void(int workers, const std::function<void()>& body)>;

// The whole program.
int PeerMain(const std::vector<std::string>& arguments, const Rows& rows, const Enter& enter);

// Lets only `count` CPUs of those it has run this process; threads that come later as well.
void KeepToCpus(int count);

std::int64_t NowNs();

// Keeps the processor busy for so long, without a call of any scheduler.
void SpinFor(std::int64_t ns);

// 0 + 1 + ... + (n - 1).
constexpr std::uint64_t SumBelow(std::int64_t n) {
  return static_cast<std::uint64_t>(n) * static_cast<std::uint64_t>(n - 1) / 2;
}

// 0, 1, 1, 2, 3, 5: the n-th of them.
constexpr std::int64_t FibNumber(std::int64_t n) {
  std::int64_t a = 0, b = 1;
  for (; n > 0; --n) b = std::exchange(a, b) + b;
  return a;
}

// Memory of this process that is in RAM.
double ResidentBytes();

// An empty function of another library, as the compiler sees it.
void Foreign();

}  // namespace unpark::peers

#endif  // BENCHMARKS_PEERS_PEER_H_
