// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// The rows on the operating system's threads with the standard library: a task is a std::thread,
// and `workers` is the number of CPUs that the process is kept to.

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <thread>
#include <utility>

#include "benchmarks/peers/joinable.h"
#include "benchmarks/peers/peer.h"

namespace unpark::peers {
namespace {

// A channel as one writes it on threads: a queue, a lock and conditions. With capacity 0 a sender
// waits until its value was taken.
class ConditionChannel {
 public:
  explicit ConditionChannel(std::size_t capacity) : capacity_(capacity) {}

  void Send(std::int64_t value) {
    std::unique_lock lock(mutex_);
    not_full_.wait(lock, [this] { return queue_.size() < std::max<std::size_t>(capacity_, 1); });
    queue_.push_back(value);
    const std::uint64_t mine = ++sent_;
    not_empty_.notify_one();
    if (capacity_ == 0) taken_.wait(lock, [this, mine] { return received_ >= mine; });
  }
  std::optional<std::int64_t> Recv() {
    std::unique_lock lock(mutex_);
    not_empty_.wait(lock, [this] { return !queue_.empty() || closed_; });
    if (queue_.empty()) return std::nullopt;
    const std::int64_t value = queue_.front();
    queue_.pop_front();
    ++received_;
    not_full_.notify_one();
    if (capacity_ == 0) taken_.notify_all();
    return value;
  }
  void Close() {
    std::lock_guard lock(mutex_);
    closed_ = true;
    not_empty_.notify_all();
  }

 private:
  const std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable not_empty_, not_full_, taken_;
  std::deque<std::int64_t> queue_;  // guarded by mutex_, as all below
  std::uint64_t sent_ = 0, received_ = 0;
  bool closed_ = false;
};

class Thread {
 public:
  template <typename F>
  explicit Thread(F f) : thread_(std::move(f)) {}
  void Join() { thread_.join(); }

 private:
  std::thread thread_;
};

struct Threads {
  using Task = Thread;
  using TaskNow = Thread;
  using Channel = ConditionChannel;
  using Mutex = std::mutex;
  static void Yield() { std::this_thread::yield(); }
  static void Sleep(std::chrono::nanoseconds time) { std::this_thread::sleep_for(time); }
};

Work BlockingSyscall(const Params&) {
  constexpr std::int64_t kCalls = 50'000;
  return {.operations = kCalls, .answer = kCalls, .batch = [] {
            std::uint64_t calls = 0;
            for (std::int64_t i = 0; i < kCalls; ++i) {
              syscall(SYS_getppid);
              ++calls;
            }
            return calls;
          }};
}

Rows ThreadRows() {
  using Shared = JoinableRows<Threads>;
  Rows rows = Shared::Few();
  rows["ping_pong_threads"] = {0, Shared::RoundTrips<500>};
  rows["read_lock"] = {1, Shared::ReadLock<std::shared_mutex>};
  rows["write_lock"] = {1, Shared::Locked<std::shared_mutex>};
  rows["blocking_syscall"] = {0, BlockingSyscall};
  rows["tight_loop"] = {0, Shared::TightLoop};  // the kernel interrupts a thread that spins
  return rows;
}

}  // namespace
}  // namespace unpark::peers

int main(int argc, char** argv) {
  return unpark::peers::PeerMain({argv + 1, argv + argc}, unpark::peers::ThreadRows(),
                                 [](int workers, const std::function<void()>& body) {
                                   unpark::peers::KeepToCpus(workers);
                                   body();
                                 });
}
