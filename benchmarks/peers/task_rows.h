// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// TaskRows: the rows that read the same on every C++ system, each written once.
//
// A system S has, as far as its rows need them,
//   S::Group                   of tasks, as Go's WaitGroup: Go(f) starts one, Wait() joins all
//   S::Child, S::ChildNow      the same for one task; ChildNow where it may run before its maker
//                              goes on
//   S::Countdown(n)            Done() counts, Wait() returns after the n-th
//   S::Yield(), S::Sleep(ns)   of the calling task
//   S::Channel(capacity)       of int64: Send, Recv to optional, Close
// Locks are what the standard's guards can lock.

#ifndef BENCHMARKS_PEERS_TASK_ROWS_H_
#define BENCHMARKS_PEERS_TASK_ROWS_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <shared_mutex>
#include <utility>
#include <vector>

#include "benchmarks/peers/peer.h"

namespace unpark::peers {

template <typename S>
struct TaskRows {
  // ---- Tasks ----

  static Work YieldTwo(const Params&) {
    constexpr std::int64_t kEach = 50'000;
    return {.operations = 2 * kEach, .answer = 2 * kEach, .batch = [] {
              std::array<std::uint64_t, 2> yields{};
              typename S::Group done;
              for (std::uint64_t& count : yields) {
                done.Go([&count] {
                  for (std::int64_t i = 0; i < kEach; ++i) {
                    S::Yield();
                    ++count;
                  }
                });
              }
              done.Wait();
              return yields[0] + yields[1];
            }};
  }

  static Work YieldAlone(const Params&) {
    constexpr std::int64_t kYields = 100'000;
    return {.operations = kYields, .answer = kYields, .batch = [] {
              std::uint64_t yields = 0;
              for (std::int64_t i = 0; i < kYields; ++i) {
                S::Yield();
                ++yields;
              }
              return yields;
            }};
  }

  // size: tasks.
  static Work SpawnAll(const Params& params) {
    const auto tasks = static_cast<std::size_t>(params.size);
    auto marks = std::make_shared<std::vector<std::uint8_t>>(tasks);
    return {.operations = params.size, .answer = tasks, .batch = [marks] {
              std::ranges::fill(*marks, std::uint8_t{0});
              typename S::Group done;
              for (std::uint8_t& mark : *marks) done.Go([&mark] { mark = 1; });
              done.Wait();
              return std::accumulate(marks->begin(), marks->end(), std::uint64_t{0});
            }};
  }

  static Work SpawnOne(const Params&) {
    constexpr std::int64_t kTasks = 10'000;
    return {.operations = kTasks, .answer = SumBelow(kTasks), .batch = [] {
              std::uint64_t sum = 0;
              for (std::int64_t i = 0; i < kTasks; ++i) {
                typename S::ChildNow done;
                done.Go([&sum, i] { sum += static_cast<std::uint64_t>(i); });
                done.Wait();
              }
              return sum;
            }};
  }

  // Tasks without channels: each child leaves its sum with its parent. `size` is a power of ten.
  static std::uint64_t Skynet(std::uint64_t first, std::int64_t size) {
    if (size == 1) return first;
    std::array<std::uint64_t, 10> results{};
    typename S::Group children;
    for (std::uint64_t child = 0; child < 10; ++child) {
      children.Go([&results, first, size, child] {
        const std::int64_t part = size / 10;
        results[child] = Skynet(first + child * static_cast<std::uint64_t>(part), part);
      });
    }
    children.Wait();
    return std::accumulate(results.begin(), results.end(), std::uint64_t{0});
  }

  // size: leaves.
  static Work SkynetRow(const Params& params) {
    return {.operations = 1, .answer = SumBelow(params.size), .batch = [size = params.size] {
              std::uint64_t result = 0;
              typename S::Child root;
              root.Go([&] { result = Skynet(0, size); });
              root.Wait();
              return result;
            }};
  }

  static std::uint64_t Fib(int n) {
    if (n < 2) return static_cast<std::uint64_t>(n);
    std::uint64_t left = 0;
    typename S::Child child;
    child.Go([&left, n] { left = Fib(n - 1); });
    const std::uint64_t right = Fib(n - 2);
    child.Wait();
    return left + right;
  }

  // size: n; an operation is a spawn, at each node that is no leaf.
  static Work FibRow(const Params& params) {
    return {.operations = FibNumber(params.size + 1) - 1,
            .answer = static_cast<std::uint64_t>(FibNumber(params.size)),
            .batch = [n = static_cast<int>(params.size)] { return Fib(n); }};
  }

  // size: tasks that wait at one gate; done once, in a fresh process.
  static Work Parked(const Params& params) {
    auto measured = std::make_shared<Measured>();
    auto burst = [tasks = params.size](double* bytes_each) {
      const double resident = ResidentBytes();
      const std::int64_t start = NowNs();
      typename S::Channel gate(0);
      typename S::Countdown arrived(tasks);
      typename S::Group done;
      std::atomic<std::uint64_t> left{0};
      for (std::int64_t i = 0; i < tasks; ++i) {
        done.Go([&] {
          arrived.Done();
          gate.Recv();
          left.fetch_add(1, std::memory_order_relaxed);
        });
      }
      arrived.Wait();
      const double ns = static_cast<double>(NowNs() - start) / static_cast<double>(tasks);
      if (bytes_each != nullptr) {
        *bytes_each = (ResidentBytes() - resident) / static_cast<double>(tasks);
      }
      gate.Close();
      done.Wait();
      return std::pair(ns, left.load());
    };
    return {.operations = 2 * params.size,
            .answer = 2 * static_cast<std::uint64_t>(params.size),
            .batch =
                [=] {
                  double bytes_each = 0;
                  auto [cold_ns, first] = burst(&bytes_each);
                  auto [second_ns, second] = burst(nullptr);
                  measured->figures = {
                      {"bytes_each", bytes_each}, {"cold_ns", cold_ns}, {"second_ns", second_ns}};
                  return first + second;
                },
            .measured = measured,
            .once = true};
  }

  // size: sleepers, each of 1 ms, five times.
  static Work Sleepers(const Params& params) {
    constexpr std::int64_t kTimes = 5;
    auto measured = std::make_shared<Measured>();
    return {.operations = kTimes * params.size,
            .answer = static_cast<std::uint64_t>(kTimes * params.size),
            .batch =
                [measured, sleepers = params.size] {
                  std::vector<std::int64_t> late(static_cast<std::size_t>(sleepers * kTimes));
                  typename S::Group done;
                  for (std::int64_t s = 0; s < sleepers; ++s) {
                    done.Go([out = &late[static_cast<std::size_t>(s * kTimes)]] {
                      for (std::int64_t i = 0; i < kTimes; ++i) {
                        const std::int64_t due = NowNs() + 1'000'000;
                        S::Sleep(std::chrono::milliseconds(1));
                        out[i] = NowNs() - due;
                      }
                    });
                  }
                  done.Wait();
                  measured->latencies_ns.insert(measured->latencies_ns.end(), late.begin(),
                                                late.end());
                  return static_cast<std::uint64_t>(
                      std::ranges::count_if(late, [](std::int64_t ns) { return ns >= 0; }));
                },
            .measured = measured};
  }

  // Every worker is held by a loop, and the caller sleeps.
  static Work TightLoop(const Params& params) {
    constexpr std::int64_t kTimes = 10;
    auto measured = std::make_shared<Measured>();
    return {.operations = kTimes,
            .answer = kTimes,
            .batch =
                [measured, workers = params.workers] {
                  std::uint64_t times = 0;
                  for (std::int64_t i = 0; i < kTimes; ++i) {
                    std::atomic<bool> stop{false};
                    typename S::Group done;
                    for (int w = 0; w < workers; ++w) {
                      done.Go([&stop] {
                        // Without preemption the loop must end by itself.
                        const std::int64_t until = NowNs() + 200'000'000;
                        while (!stop.load(std::memory_order_relaxed) && NowNs() < until) {
                        }
                      });
                    }
                    const std::int64_t due = NowNs() + 1'000'000;
                    S::Sleep(std::chrono::milliseconds(1));
                    measured->latencies_ns.push_back(NowNs() - due);
                    ++times;
                    stop.store(true);
                    done.Wait();
                  }
                  return times;
                },
            .measured = measured};
  }

  // ---- Channels ----

  // size: the channel's capacity.
  template <int kProducers, int kConsumers>
  static Work Queue(const Params& params) {
    constexpr std::int64_t kMessages = 200'000;
    return {.operations = kMessages, .answer = SumBelow(kMessages), .batch = [size = params.size] {
              typename S::Channel messages(static_cast<std::size_t>(size));
              std::array<std::uint64_t, kConsumers> sums{};
              typename S::Group sent, received;
              for (std::uint64_t& out : sums) {
                received.Go([&out, &messages] {
                  std::uint64_t sum = 0;
                  while (std::optional<std::int64_t> v = messages.Recv()) {
                    sum += static_cast<std::uint64_t>(*v);
                  }
                  out = sum;
                });
              }
              for (int p = 0; p < kProducers; ++p) {
                sent.Go([p, &messages] {
                  for (std::int64_t i = p; i < kMessages; i += kProducers) messages.Send(i);
                });
              }
              sent.Wait();
              messages.Close();
              received.Wait();
              return std::accumulate(sums.begin(), sums.end(), std::uint64_t{0});
            }};
  }

  // ---- Locks; size: tasks ----

  template <typename Lock>
  static Work Locked(const Params& params) {
    return {.operations = kLockCalls, .answer = kLockCalls, .batch = [tasks = params.size] {
              Lock lock;
              std::uint64_t count = 0;
              Share(tasks, [&](std::int64_t) {
                std::lock_guard guard(lock);
                ++count;
              });
              return count;
            }};
  }

  template <typename SharedLock>
  static Work ReadLock(const Params& params) {
    return {.operations = kLockCalls, .answer = kLockCalls, .batch = [tasks = params.size] {
              SharedLock lock;
              const std::uint64_t one = 1;
              std::vector<Padded> sums(static_cast<std::size_t>(tasks));
              Share(tasks, [&](std::int64_t task) {
                std::shared_lock reading(lock);
                sums[static_cast<std::size_t>(task)].value +=
                    *static_cast<const volatile std::uint64_t*>(&one);
              });
              std::uint64_t sum = 0;
              for (const Padded& padded : sums) sum += padded.value;
              return sum;
            }};
  }

  static Work AtomicAdd(const Params& params) {
    return {.operations = kLockCalls, .answer = kLockCalls, .batch = [tasks = params.size] {
              std::atomic<std::uint64_t> count{0};
              Share(tasks, [&](std::int64_t) { count.fetch_add(1); });
              return count.load();
            }};
  }

  static constexpr std::int64_t kLockCalls = 200'000;

 private:
  struct alignas(128) Padded {
    std::uint64_t value = 0;
  };

  // `tasks` tasks share the calls of step(task).
  template <typename Step>
  static void Share(std::int64_t tasks, Step step) {
    typename S::Group done;
    for (std::int64_t task = 0; task < tasks; ++task) {
      done.Go([=] {
        for (std::int64_t i = task; i < kLockCalls; i += tasks) step(task);
      });
    }
    done.Wait();
  }
};

}  // namespace unpark::peers

#endif  // BENCHMARKS_PEERS_TASK_ROWS_H_
