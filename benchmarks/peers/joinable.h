// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Joinable: the rows for C++ systems whose tasks are objects that one joins, as std::thread is.
//
// A system S has
//   S::Task(f), .Join()        a task; S::TaskNow(f) where it may run before its maker goes on
//   S::Yield(), S::Sleep(ns)   of the calling task
//   S::Channel(capacity)       of int64: Send, Recv to optional, Close
//   S::Mutex, S::SharedMutex   lockable by the standard's guards

#ifndef BENCHMARKS_PEERS_JOINABLE_H_
#define BENCHMARKS_PEERS_JOINABLE_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <shared_mutex>
#include <thread>
#include <utility>
#include <vector>

#include "benchmarks/peers/peer.h"

namespace unpark::peers {

template <typename S>
class JoinableRows {
 public:
  // Rows that any system of this kind has.
  static Rows Few() {
    return {
        {"yield_two", {0, YieldTwo}},       {"yield_alone", {0, YieldAlone}},
        {"spawn_one", {0, SpawnOne}},       {"ping_pong", {0, PingPong}},
        {"chan_1p1c", {1024, Queue<1, 1>}}, {"chan_8p1c", {1024, Queue<8, 1>}},
        {"chan_1p8c", {1024, Queue<1, 8>}}, {"mutex", {1, Locked<typename S::Mutex>}},
        {"atomic_add", {8, AtomicAdd}},     {"sleepers", {1000, Sleepers}},
        {"wake_idle", {0, WakeIdle}},       {"work_conservation", {0, WorkConservation}},
    };
  }
  // With those that have a million tasks.
  static Rows Many() {
    Rows rows = Few();
    rows["spawn_all"] = {1'000'000, SpawnAll};
    rows["skynet"] = {1'000'000, SkynetRow};
    rows["fib"] = {27, FibRow};
    rows["parked"] = {1'000'000, Parked};
    return rows;
  }
  static Work ReadLock(const Params& params) {
    return {.operations = 200'000, .answer = 200'000, .batch = [tasks = params.size] {
              typename S::SharedMutex lock;
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
  template <typename Lock>
  static Work Locked(const Params& params) {
    return {.operations = 200'000, .answer = 200'000, .batch = [tasks = params.size] {
              Lock lock;
              std::uint64_t count = 0;
              Share(tasks, [&](std::int64_t) {
                std::lock_guard guard(lock);
                ++count;
              });
              return count;
            }};
  }
  template <std::int64_t kTrips>
  static Work RoundTrips(const Params&) {
    return {.operations = kTrips, .answer = SumBelow(kTrips) + kTrips, .batch = [] {
              typename S::Channel ping(0), pong(0);
              typename S::Task partner([&] {
                while (std::optional<std::int64_t> v = ping.Recv()) pong.Send(*v + 1);
              });
              std::int64_t sum = 0;
              typename S::Task caller([&] {
                for (std::int64_t i = 0; i < kTrips; ++i) {
                  ping.Send(i);
                  sum += *pong.Recv();
                }
                ping.Close();
              });
              caller.Join();
              partner.Join();
              return static_cast<std::uint64_t>(sum);
            }};
  }

 private:
  using Tasks = std::vector<std::unique_ptr<typename S::Task>>;

  struct alignas(128) Padded {
    std::uint64_t value = 0;
  };

  static void JoinAll(Tasks* tasks) {
    for (auto& task : *tasks) task->Join();
  }

  static Work YieldTwo(const Params&) {
    constexpr std::int64_t kEach = 50'000;
    return {.operations = 2 * kEach, .answer = 2 * kEach, .batch = [] {
              std::array<std::uint64_t, 2> yields{};
              Tasks tasks;
              for (std::uint64_t& count : yields) {
                tasks.push_back(std::make_unique<typename S::Task>([&count] {
                  for (std::int64_t i = 0; i < kEach; ++i) {
                    S::Yield();
                    ++count;
                  }
                }));
              }
              JoinAll(&tasks);
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

  static Work SpawnAll(const Params& params) {
    const auto count = static_cast<std::size_t>(params.size);
    auto marks = std::make_shared<std::vector<std::uint8_t>>(count);
    return {.operations = params.size, .answer = count, .batch = [marks] {
              std::ranges::fill(*marks, std::uint8_t{0});
              std::vector<typename S::Task> tasks;
              tasks.reserve(marks->size());
              for (std::uint8_t& mark : *marks) tasks.emplace_back([&mark] { mark = 1; });
              for (auto& task : tasks) task.Join();
              return std::accumulate(marks->begin(), marks->end(), std::uint64_t{0});
            }};
  }

  static Work SpawnOne(const Params&) {
    constexpr std::int64_t kTasks = 10'000;
    return {.operations = kTasks, .answer = SumBelow(kTasks), .batch = [] {
              std::uint64_t sum = 0;
              for (std::int64_t i = 0; i < kTasks; ++i) {
                typename S::TaskNow task([&sum, i] { sum += static_cast<std::uint64_t>(i); });
                task.Join();
              }
              return sum;
            }};
  }

  static std::uint64_t Skynet(std::uint64_t first, std::int64_t size) {
    if (size == 1) return first;
    std::array<std::uint64_t, 10> results{};
    std::vector<typename S::Task> children;
    children.reserve(results.size());
    for (std::uint64_t child = 0; child < 10; ++child) {
      children.emplace_back([&results, first, size, child] {
        const std::int64_t part = size / 10;
        results[child] = Skynet(first + child * static_cast<std::uint64_t>(part), part);
      });
    }
    for (auto& child : children) child.Join();
    return std::accumulate(results.begin(), results.end(), std::uint64_t{0});
  }
  static Work SkynetRow(const Params& params) {
    return {.operations = 1, .answer = SumBelow(params.size), .batch = [size = params.size] {
              std::uint64_t result = 0;
              typename S::Task root([&] { result = Skynet(0, size); });
              root.Join();
              return result;
            }};
  }

  static std::uint64_t Fib(int n) {
    if (n < 2) return static_cast<std::uint64_t>(n);
    std::uint64_t left = 0;
    typename S::Task child([&left, n] { left = Fib(n - 1); });
    const std::uint64_t right = Fib(n - 2);
    child.Join();
    return left + right;
  }
  static Work FibRow(const Params& params) {
    return {.operations = FibNumber(params.size + 1) - 1,
            .answer = static_cast<std::uint64_t>(FibNumber(params.size)),
            .batch = [n = static_cast<int>(params.size)] { return Fib(n); }};
  }

  static Work Parked(const Params& params) {
    auto measured = std::make_shared<Measured>();
    auto burst = [count = params.size](double* bytes_each) {
      const double resident = ResidentBytes();
      const std::int64_t start = NowNs();
      typename S::Channel gate(0), all(1);
      std::atomic<std::int64_t> arrived{0};
      std::atomic<std::uint64_t> left{0};
      std::vector<typename S::Task> tasks;
      tasks.reserve(static_cast<std::size_t>(count));
      for (std::int64_t i = 0; i < count; ++i) {
        tasks.emplace_back([&] {
          if (arrived.fetch_add(1) + 1 == count) all.Send(1);
          gate.Recv();
          left.fetch_add(1);
        });
      }
      all.Recv();
      const double ns = static_cast<double>(NowNs() - start) / static_cast<double>(count);
      if (bytes_each != nullptr) {
        *bytes_each = (ResidentBytes() - resident) / static_cast<double>(count);
      }
      gate.Close();
      for (auto& task : tasks) task.Join();
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

  static Work PingPong(const Params& params) { return RoundTrips<10'000>(params); }

  template <int kProducers, int kConsumers>
  static Work Queue(const Params& params) {
    constexpr std::int64_t kMessages = 200'000;
    return {.operations = kMessages, .answer = SumBelow(kMessages), .batch = [size = params.size] {
              typename S::Channel messages(static_cast<std::size_t>(size));
              std::array<std::uint64_t, kConsumers> sums{};
              Tasks senders, receivers;
              for (std::uint64_t& out : sums) {
                receivers.push_back(std::make_unique<typename S::Task>([&out, &messages] {
                  std::uint64_t sum = 0;
                  while (std::optional<std::int64_t> v = messages.Recv()) {
                    sum += static_cast<std::uint64_t>(*v);
                  }
                  out = sum;
                }));
              }
              for (int p = 0; p < kProducers; ++p) {
                senders.push_back(std::make_unique<typename S::Task>([p, &messages] {
                  for (std::int64_t i = p; i < kMessages; i += kProducers) messages.Send(i);
                }));
              }
              JoinAll(&senders);
              messages.Close();
              JoinAll(&receivers);
              return std::accumulate(sums.begin(), sums.end(), std::uint64_t{0});
            }};
  }

  // `tasks` tasks share 200,000 calls of step(task).
  template <typename Step>
  static void Share(std::int64_t tasks, Step step) {
    Tasks made;
    for (std::int64_t task = 0; task < tasks; ++task) {
      made.push_back(std::make_unique<typename S::Task>([=] {
        for (std::int64_t i = task; i < 200'000; i += tasks) step(task);
      }));
    }
    JoinAll(&made);
  }

  static Work AtomicAdd(const Params& params) {
    return {.operations = 200'000, .answer = 200'000, .batch = [tasks = params.size] {
              std::atomic<std::uint64_t> count{0};
              Share(tasks, [&](std::int64_t) { count.fetch_add(1); });
              return count.load();
            }};
  }

  static Work Sleepers(const Params& params) {
    constexpr std::int64_t kTimes = 5;
    auto measured = std::make_shared<Measured>();
    return {.operations = kTimes * params.size,
            .answer = static_cast<std::uint64_t>(kTimes * params.size),
            .batch =
                [measured, sleepers = params.size] {
                  std::vector<std::int64_t> late(static_cast<std::size_t>(sleepers * kTimes));
                  Tasks tasks;
                  for (std::int64_t s = 0; s < sleepers; ++s) {
                    tasks.push_back(std::make_unique<typename S::Task>(
                        [out = &late[static_cast<std::size_t>(s * kTimes)]] {
                          for (std::int64_t i = 0; i < kTimes; ++i) {
                            const std::int64_t due = NowNs() + 1'000'000;
                            S::Sleep(std::chrono::milliseconds(1));
                            out[i] = NowNs() - due;
                          }
                        }));
                  }
                  JoinAll(&tasks);
                  measured->latencies_ns.insert(measured->latencies_ns.end(), late.begin(),
                                                late.end());
                  return static_cast<std::uint64_t>(
                      std::ranges::count_if(late, [](std::int64_t ns) { return ns >= 0; }));
                },
            .measured = measured};
  }

  // Receives time stamps that `send` sends, and keeps how late each was.
  template <typename Send>
  static std::uint64_t TakeStamps(Measured* measured, Send send) {
    const std::size_t before = measured->latencies_ns.size();
    typename S::Channel stamps(1);
    typename S::Task receiver([&] {
      while (std::optional<std::int64_t> stamp = stamps.Recv()) {
        measured->latencies_ns.push_back(NowNs() - *stamp);
      }
    });
    send(&stamps);
    stamps.Close();
    receiver.Join();
    return measured->latencies_ns.size() - before;
  }

  static Work WakeIdle(const Params&) {
    constexpr std::int64_t kWakes = 100;
    auto measured = std::make_shared<Measured>();
    return {.operations = kWakes,
            .answer = kWakes,
            .batch =
                [measured] {
                  return TakeStamps(measured.get(), [](typename S::Channel* stamps) {
                    std::atomic<bool> sent{false};
                    std::thread sender([&] {
                      for (std::int64_t i = 0; i < kWakes; ++i) {
                        std::this_thread::sleep_for(std::chrono::milliseconds(1));
                        stamps->Send(NowNs());
                      }
                      sent.store(true);
                    });
                    // The caller's worker must be idle, and stay with its tasks.
                    while (!sent.load()) S::Sleep(std::chrono::milliseconds(100));
                    sender.join();
                  });
                },
            .measured = measured};
  }

  static Work WorkConservation(const Params&) {
    constexpr std::int64_t kTimes = 20;
    auto measured = std::make_shared<Measured>();
    return {.operations = kTimes,
            .answer = kTimes,
            .batch =
                [measured] {
                  return TakeStamps(measured.get(), [](typename S::Channel* stamps) {
                    typename S::Task sender([&] {
                      for (std::int64_t i = 0; i < kTimes; ++i) {
                        S::Sleep(std::chrono::milliseconds(2));
                        stamps->Send(NowNs());
                        SpinFor(10'000'000);
                      }
                    });
                    sender.Join();
                  });
                },
            .measured = measured};
  }
};

}  // namespace unpark::peers

#endif  // BENCHMARKS_PEERS_JOINABLE_H_
