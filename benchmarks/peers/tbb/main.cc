// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// The rows on oneTBB: a task is a closure of a task_group. It cannot park, so it has no channels,
// timers or yields.

#include <oneapi/tbb/mutex.h>
#include <oneapi/tbb/rw_mutex.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <numeric>
#include <vector>

#include "benchmarks/peers/peer.h"

namespace unpark::peers {
namespace {

Work SpawnAll(const Params& params) {
  const auto count = static_cast<std::size_t>(params.size);
  auto marks = std::make_shared<std::vector<std::uint8_t>>(count);
  return {.operations = params.size, .answer = count, .batch = [marks] {
            std::ranges::fill(*marks, std::uint8_t{0});
            tbb::task_group tasks;
            for (std::uint8_t& mark : *marks) tasks.run([&mark] { mark = 1; });
            tasks.wait();
            return std::accumulate(marks->begin(), marks->end(), std::uint64_t{0});
          }};
}

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

std::uint64_t Skynet(std::uint64_t first, std::int64_t size) {
  if (size == 1) return first;
  std::array<std::uint64_t, 10> results{};
  tbb::task_group children;
  for (std::uint64_t child = 0; child < 10; ++child) {
    children.run([&results, first, size, child] {
      const std::int64_t part = size / 10;
      results[child] = Skynet(first + child * static_cast<std::uint64_t>(part), part);
    });
  }
  children.wait();
  return std::accumulate(results.begin(), results.end(), std::uint64_t{0});
}

Work SkynetRow(const Params& params) {
  return {.operations = 1, .answer = SumBelow(params.size), .batch = [size = params.size] {
            return Skynet(0, size);
          }};
}

std::uint64_t Fib(int n) {
  if (n < 2) return static_cast<std::uint64_t>(n);
  std::uint64_t left = 0;
  tbb::task_group child;
  child.run([&left, n] { left = Fib(n - 1); });
  const std::uint64_t right = Fib(n - 2);
  child.wait();
  return left + right;
}

Work FibRow(const Params& params) {
  return {.operations = FibNumber(params.size + 1) - 1,
          .answer = static_cast<std::uint64_t>(FibNumber(params.size)),
          .batch = [n = static_cast<int>(params.size)] { return Fib(n); }};
}

template <typename Step>
void Share(std::int64_t tasks, Step step) {
  tbb::task_group group;
  for (std::int64_t task = 0; task < tasks; ++task) {
    group.run([=] {
      for (std::int64_t i = task; i < 200'000; i += tasks) step(task);
    });
  }
  group.wait();
}

template <typename Lock>
Work Locked(const Params& params) {
  return {.operations = 200'000, .answer = 200'000, .batch = [tasks = params.size] {
            Lock lock;
            std::uint64_t count = 0;
            Share(tasks, [&](std::int64_t) {
              typename Lock::scoped_lock guard(lock);
              ++count;
            });
            return count;
          }};
}

struct alignas(128) Padded {
  std::uint64_t value = 0;
};

Work ReadLock(const Params& params) {
  return {.operations = 200'000, .answer = 200'000, .batch = [tasks = params.size] {
            tbb::rw_mutex lock;
            const std::uint64_t one = 1;
            std::vector<Padded> sums(static_cast<std::size_t>(tasks));
            Share(tasks, [&](std::int64_t task) {
              tbb::rw_mutex::scoped_lock reading(lock, /*write=*/false);
              sums[static_cast<std::size_t>(task)].value +=
                  *static_cast<const volatile std::uint64_t*>(&one);
            });
            std::uint64_t sum = 0;
            for (const Padded& padded : sums) sum += padded.value;
            return sum;
          }};
}

Work AtomicAdd(const Params& params) {
  return {.operations = 200'000, .answer = 200'000, .batch = [tasks = params.size] {
            std::atomic<std::uint64_t> count{0};
            Share(tasks, [&](std::int64_t) { count.fetch_add(1); });
            return count.load();
          }};
}

const Rows kRows = {
    {"spawn_all", {1'000'000, SpawnAll}},       {"spawn_one", {0, SpawnOne}},
    {"skynet", {1'000'000, SkynetRow}},         {"fib", {27, FibRow}},
    {"mutex", {1, Locked<tbb::mutex>}},         {"read_lock", {1, ReadLock}},
    {"write_lock", {1, Locked<tbb::rw_mutex>}}, {"atomic_add", {8, AtomicAdd}},
};

void RunInArena(int workers, const std::function<void()>& body) {
  KeepToCpus(workers);
  tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                            static_cast<std::size_t>(workers));
  tbb::task_arena(workers).execute(body);
}

}  // namespace
}  // namespace unpark::peers

int main(int argc, char** argv) {
  return unpark::peers::PeerMain({argv + 1, argv + argc}, unpark::peers::kRows,
                                 unpark::peers::RunInArena);
}
