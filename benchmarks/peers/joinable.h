// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Joinable: the rows for C++ systems whose tasks are objects that one joins, as std::thread is.
//
// A system J has
//   J::Task(f), .Join()        a task; J::TaskNow(f) where it may run before its maker goes on
//   J::Yield(), J::Sleep(ns)   of the calling task
//   J::Channel(capacity)       of int64: Send, Recv to optional, Close
//   J::Mutex                   lockable by the standard's guards

#ifndef BENCHMARKS_PEERS_JOINABLE_H_
#define BENCHMARKS_PEERS_JOINABLE_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "benchmarks/peers/peer.h"
#include "benchmarks/peers/task_rows.h"

namespace unpark::peers {

// Such a system with what TaskRows asks for.
template <typename J>
struct Joinable : J {
  class Group {
   public:
    template <typename F>
    void Go(F f) {
      tasks_.emplace_back(std::move(f));
    }
    void Wait() {
      for (typename J::Task& task : tasks_) task.Join();
      tasks_.clear();
    }

   private:
    std::deque<typename J::Task> tasks_;
  };

  template <typename Task>
  class One {
   public:
    template <typename F>
    void Go(F f) {
      task_.emplace(std::move(f));
    }
    void Wait() { task_->Join(); }

   private:
    std::optional<Task> task_;
  };
  using Child = One<typename J::Task>;
  using ChildNow = One<typename J::TaskNow>;

  class Countdown {
   public:
    explicit Countdown(std::int64_t count) : left_(count) {}
    void Done() {
      if (left_.fetch_sub(1) == 1) over_.Send(1);
    }
    void Wait() { over_.Recv(); }

   private:
    std::atomic<std::int64_t> left_;
    typename J::Channel over_{1};
  };
};

template <typename J>
class JoinableRows : public TaskRows<Joinable<J>> {
 public:
  using Tasks = TaskRows<Joinable<J>>;

  // Rows that any system of this kind has.
  static Rows Few() {
    return {
        {"yield_two", {0, Tasks::YieldTwo}},
        {"yield_alone", {0, Tasks::YieldAlone}},
        {"spawn_one", {0, Tasks::SpawnOne}},
        {"ping_pong", {0, RoundTrips<10'000>}},
        {"chan_1p1c", {1024, Tasks::template Queue<1, 1>}},
        {"chan_8p1c", {1024, Tasks::template Queue<8, 1>}},
        {"chan_1p8c", {1024, Tasks::template Queue<1, 8>}},
        {"mutex", {1, Tasks::template Locked<typename J::Mutex>}},
        {"atomic_add", {8, Tasks::AtomicAdd}},
        {"sleepers", {1000, Tasks::Sleepers}},
        {"wake_idle", {0, WakeIdle}},
        {"work_conservation", {0, WorkConservation}},
    };
  }
  // With those that have a million tasks.
  static Rows Many() {
    Rows rows = Few();
    rows["spawn_all"] = {1'000'000, Tasks::SpawnAll};
    rows["skynet"] = {1'000'000, Tasks::SkynetRow};
    rows["fib"] = {27, Tasks::FibRow};
    rows["parked"] = {1'000'000, Tasks::Parked};
    return rows;
  }
  template <std::int64_t kTrips>
  static Work RoundTrips(const Params&) {
    return {.operations = kTrips, .answer = SumBelow(kTrips) + kTrips, .batch = [] {
              typename J::Channel ping(0), pong(0);
              typename J::Task partner([&] {
                while (std::optional<std::int64_t> v = ping.Recv()) pong.Send(*v + 1);
              });
              std::int64_t sum = 0;
              typename J::Task caller([&] {
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
  // Receives time stamps that `send` sends, and keeps how late each was.
  template <typename Send>
  static std::uint64_t TakeStamps(Measured* measured, Send send) {
    const std::size_t before = measured->latencies_ns.size();
    typename J::Channel stamps(1);
    typename J::Task receiver([&] {
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
                  return TakeStamps(measured.get(), [](typename J::Channel* stamps) {
                    std::atomic<bool> sent{false};
                    std::thread sender([&] {
                      for (std::int64_t i = 0; i < kWakes; ++i) {
                        std::this_thread::sleep_for(std::chrono::milliseconds(1));
                        stamps->Send(NowNs());
                      }
                      sent.store(true);
                    });
                    // The caller's worker must be idle, and stay with its tasks.
                    while (!sent.load()) J::Sleep(std::chrono::milliseconds(100));
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
                  return TakeStamps(measured.get(), [](typename J::Channel* stamps) {
                    typename J::Task sender([&] {
                      for (std::int64_t i = 0; i < kTimes; ++i) {
                        J::Sleep(std::chrono::milliseconds(2));
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
