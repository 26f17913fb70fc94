// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// The rows on Unpark's runtime with its default options; also tells the runner what is compared
// (--series) and where (--context).

#include <cstdio>
#include <string>
#include <vector>

#include "benchmarks/json.h"
#include "benchmarks/machine.h"
#include "benchmarks/peers/peer.h"
#include "benchmarks/peers/unpark/rows.h"
#include "runtime/go.h"

namespace unpark::peers {
namespace {

// One JSON object a line: {"name", "row", "size", "workers"}.
void PrintSeries() {
  for (const Series& series : AllSeries()) {
    std::string workers;
    for (int w : series.workers) workers += (workers.empty() ? "" : ", ") + std::to_string(w);
    std::printf("{\"name\": \"%s\", \"row\": \"%s\", \"size\": %lld, \"workers\": [%s]}\n",
                series.name.c_str(), series.row.c_str(), static_cast<long long>(series.size),
                workers.c_str());
  }
}

void PrintContext() {
  std::string fields;
  for (const auto& [key, value] : benchmarks::DescribeMachine()) {
    fields += (fields.empty() ? "" : ", ") + benchmarks::JsonText(key) + ": " +
              benchmarks::JsonText(value);
  }
  std::printf("{%s}\n", fields.c_str());
}

int Main(const std::vector<std::string>& arguments) {
  if (arguments == std::vector<std::string>{"--series"}) {
    PrintSeries();
    return 0;
  }
  if (arguments == std::vector<std::string>{"--context"}) {
    PrintContext();
    return 0;
  }
  return PeerMain(arguments, UnparkRows(), [](int workers, const std::function<void()>& body) {
    Options options;
    options.procs = workers;
    unpark::Main(options, [&] { body(); });
  });
}

}  // namespace
}  // namespace unpark::peers

int main(int argc, char** argv) { return unpark::peers::Main({argv + 1, argv + argc}); }
