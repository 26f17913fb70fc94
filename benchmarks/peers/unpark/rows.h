// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Rows: the comparison's rows on Unpark's runtime; README.md defines each.

#ifndef BENCHMARKS_PEERS_UNPARK_ROWS_H_
#define BENCHMARKS_PEERS_UNPARK_ROWS_H_

#include <string>
#include <vector>

#include "benchmarks/peers/peer.h"

namespace unpark::peers {

// Prepared and run inside a goroutine.
const Rows& UnparkRows();

// A row with a size and a number of workers under the stable name that results carry.
struct Series {
  std::string name;  // mutex_8
  std::string row;   // mutex
  std::int64_t size;
  std::vector<int> workers;
  bool in_suite = true;  // short enough to be watched every night
};

// What is compared, in the order of the table. Every program reads it from Unpark's.
const std::vector<Series>& AllSeries();

}  // namespace unpark::peers

#endif  // BENCHMARKS_PEERS_UNPARK_ROWS_H_
