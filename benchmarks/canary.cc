// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Five measures of a machine, each with one cause of being slow.

#include "benchmarks/canary.h"

#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <numeric>
#include <random>
#include <thread>
#include <utility>

namespace unpark::benchmarks {
namespace {

void Keep(std::uint64_t value) { asm volatile("" : : "r"(value)); }

// The processor's clock.
class IntegerSpin final : public CanaryInstance {
 public:
  static constexpr std::int64_t kOperations = 1'000'000;
  void Run() override {
    std::uint64_t x = state_;
    for (std::int64_t i = 0; i < kOperations; ++i) {
      x = x * 6364136223846793005u + 1442695040888963407u;
    }
    Keep(state_ = x);
  }

 private:
  std::uint64_t state_ = 1;
};

// Caches shared with neighbours, and the memory behind them.
class Memory final : public CanaryInstance {
 public:
  static constexpr std::int64_t kOperations = 100'000;

  Memory() : next_(kLines) {
    // Sattolo's shuffle: one cycle through all lines.
    std::vector<std::uint32_t> cycle(kLines);
    std::iota(cycle.begin(), cycle.end(), 0u);
    std::mt19937 random(1);
    for (std::uint32_t i = kLines - 1; i > 0; --i) std::swap(cycle[i], cycle[random() % i]);
    for (std::uint32_t i = 0; i < kLines; ++i) next_[i].index = cycle[i];
  }
  void Run() override {
    std::uint32_t at = at_;
    for (std::int64_t i = 0; i < kOperations; ++i) at = next_[at].index;
    Keep(at_ = at);
  }

 private:
  static constexpr std::uint32_t kLines = 1u << 20;
  struct alignas(64) Line {
    std::uint32_t index = 0;
  };
  std::vector<Line> next_;
  std::uint32_t at_ = 0;
};

// Two CPUs that this process may use; with one CPU, that one twice. Left alone, the kernel would
// put two threads on one CPU in some runs and on two in others, and a canary would have two voices.
std::pair<int, int> TwoCpus(const cpu_set_t& allowed) {
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE && cpus.size() < 2; ++cpu) {
    if (CPU_ISSET(cpu, &allowed)) cpus.push_back(cpu);
  }
  if (cpus.empty()) cpus.push_back(0);
  return {cpus.front(), cpus.back()};
}

void PinThisThread(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  sched_setaffinity(0, sizeof set, &set);  // where it is refused, the canary is only less steady
}

// While it lives, the calling thread stays on one CPU and a partner thread on the other, which does
// its work once for each Start.
class Partner {
 public:
  template <typename Work>
  explicit Partner(Work work)
      : allowed_(Pin()), thread_([this, work] {
          PinThisThread(TwoCpus(allowed_).second);
          for (std::uint32_t turn = 0;;) {
            started_.wait(turn);
            ++turn;
            if (ended_.load(std::memory_order_relaxed)) return;
            work();
            finished_.store(turn);
            finished_.notify_one();
          }
        }) {}
  ~Partner() {
    ended_.store(true, std::memory_order_relaxed);  // published by Start's store
    Start();
    thread_.join();
    sched_setaffinity(0, sizeof allowed_, &allowed_);
  }
  void Start() {
    started_.fetch_add(1);
    started_.notify_one();
  }
  void Wait() {
    std::uint32_t turn = started_.load();
    for (std::uint32_t seen; (seen = finished_.load()) != turn;) finished_.wait(seen);
  }

 private:
  // Pins the calling thread; returns what it was allowed before.
  static cpu_set_t Pin() {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    sched_getaffinity(0, sizeof allowed, &allowed);
    PinThisThread(TwoCpus(allowed).first);
    return allowed;
  }

  const cpu_set_t allowed_;
  std::atomic<std::uint32_t> started_{0};
  std::atomic<std::uint32_t> finished_{0};
  std::atomic<bool> ended_{false};
  std::thread thread_;  // last: it uses the others
};

// A cache line's way between two cores.
class ContendedAtomic final : public CanaryInstance {
 public:
  static constexpr std::int64_t kOperations = 400'000;  // half of them in each thread

  void Run() override {
    partner_.Start();
    Add();
    partner_.Wait();
  }

 private:
  void Add() {
    for (std::int64_t i = 0; i < kOperations / 2; ++i) {
      counter_.fetch_add(1, std::memory_order_relaxed);
    }
  }
  alignas(64) std::atomic<std::uint64_t> counter_{0};
  alignas(64) Partner partner_{[this] { Add(); }};
};

void FutexWait(std::atomic<std::uint32_t>* word, std::uint32_t value) {
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, nullptr, nullptr, 0);
}

void FutexWake(std::atomic<std::uint32_t>* word) {
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

// The kernel's scheduler, and the hypervisor's wake-up of another core.
class FutexRoundTrip final : public CanaryInstance {
 public:
  static constexpr std::int64_t kOperations = 200;

  void Run() override {
    partner_.Start();
    for (std::int64_t i = 0; i < kOperations; ++i) {
      Pass(kPartner);
      AwaitTurn(kCaller);
    }
    partner_.Wait();
  }

 private:
  static constexpr std::uint32_t kCaller = 0, kPartner = 1;

  void Pass(std::uint32_t turn) {
    turn_.store(turn);
    FutexWake(&turn_);
  }
  void AwaitTurn(std::uint32_t turn) {
    while (turn_.load() != turn) FutexWait(&turn_, 1 - turn);
  }
  void Answer() {
    for (std::int64_t i = 0; i < kOperations; ++i) {
      AwaitTurn(kPartner);
      Pass(kCaller);
    }
  }
  std::atomic<std::uint32_t> turn_{kCaller};
  Partner partner_{[this] { Answer(); }};
};

// The way into the kernel and back.
class SystemCall final : public CanaryInstance {
 public:
  static constexpr std::int64_t kOperations = 20'000;
  void Run() override {
    for (std::int64_t i = 0; i < kOperations; ++i) syscall(SYS_getppid);
  }
};

template <typename T>
Canary Make(const char* name) {
  return {name, T::kOperations, [] { return std::make_unique<T>(); }};
}

}  // namespace

const std::vector<Canary>& AllCanaries() {
  static const std::vector<Canary> kCanaries = {
      Make<IntegerSpin>("canary/integer_spin"),
      Make<Memory>("canary/memory"),
      Make<ContendedAtomic>("canary/contended_atomic"),
      Make<FutexRoundTrip>("canary/futex_round_trip"),
      Make<SystemCall>("canary/syscall"),
  };
  return kCanaries;
}

}  // namespace unpark::benchmarks
