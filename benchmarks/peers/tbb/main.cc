// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// The rows on oneTBB: a task is a closure of a task_group. It cannot park, so it has no channels,
// timers or yields.

#include <oneapi/tbb/mutex.h>
#include <oneapi/tbb/rw_mutex.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include <cstdint>
#include <functional>
#include <utility>

#include "benchmarks/peers/peer.h"
#include "benchmarks/peers/task_rows.h"

namespace unpark::peers {
namespace {

struct Tbb {
  class Group {
   public:
    template <typename F>
    void Go(F f) {
      tasks_.run(std::move(f));
    }
    void Wait() { tasks_.wait(); }

   private:
    tbb::task_group tasks_;
  };
  using Child = Group;
};

// One group for all: to make a group is dearer than to reuse it.
Work SpawnOne(const Params&) {
  constexpr std::int64_t kTasks = 10'000;
  return {.operations = kTasks, .answer = SumBelow(kTasks), .batch = [] {
            std::uint64_t sum = 0;
            tbb::task_group task;
            for (std::int64_t i = 0; i < kTasks; ++i) {
              task.run([&sum, i] { sum += static_cast<std::uint64_t>(i); });
              task.wait();
            }
            return sum;
          }};
}

Rows TbbRows() {
  using Tasks = TaskRows<Tbb>;
  return {
      {"spawn_all", {1'000'000, Tasks::SpawnAll}},
      {"spawn_one", {0, SpawnOne}},
      {"skynet", {1'000'000, Tasks::SkynetRow}},
      {"fib", {27, Tasks::FibRow}},
      {"mutex", {1, Tasks::Locked<tbb::mutex>}},
      {"read_lock", {1, Tasks::ReadLock<tbb::rw_mutex>}},
      {"write_lock", {1, Tasks::Locked<tbb::rw_mutex>}},
      {"atomic_add", {8, Tasks::AtomicAdd}},
  };
}

void RunInArena(int workers, const std::function<void()>& body) {
  KeepToCpus(workers);
  tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                            static_cast<std::size_t>(workers));
  tbb::task_arena(workers).execute(body);
}

}  // namespace
}  // namespace unpark::peers

int main(int argc, char** argv) {
  return unpark::peers::PeerMain({argv + 1, argv + argc}, unpark::peers::TbbRows(),
                                 unpark::peers::RunInArena);
}
