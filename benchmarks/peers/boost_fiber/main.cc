// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// The rows on Boost.Fiber: one worker is round_robin, more are work_stealing. A worker that finds
// nothing keeps looking: with suspension work_stealing runs nearly all on one worker.

#include <malloc.h>

#include <boost/fiber/all.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "benchmarks/peers/joinable.h"
#include "benchmarks/peers/peer.h"

namespace unpark::peers {
namespace {

namespace fibers = boost::fibers;

constexpr std::size_t kStackBytes = 16 << 10;

template <fibers::launch kLaunch>
class Fiber {
 public:
  template <typename F>
  explicit Fiber(F f)
      : fiber_(kLaunch, std::allocator_arg, fibers::fixedsize_stack(kStackBytes), std::move(f)) {}
  void Join() { fiber_.join(); }

 private:
  fibers::fiber fiber_;
};

class FiberChannel {
 public:
  explicit FiberChannel(std::size_t capacity) {
    // Its ring holds one less than its size, which is a power of two from two on.
    if (capacity > 0) buffered_.emplace(capacity < 2 ? 2 : capacity);
  }
  void Send(std::int64_t value) {
    if (buffered_) {
      buffered_->push(value);
    } else {
      unbuffered_.push(value);
    }
  }
  std::optional<std::int64_t> Recv() {
    std::int64_t value = 0;
    const fibers::channel_op_status status =
        buffered_ ? buffered_->pop(value) : unbuffered_.pop(value);
    if (status != fibers::channel_op_status::success) return std::nullopt;
    return value;
  }
  void Close() {
    if (buffered_) {
      buffered_->close();
    } else {
      unbuffered_.close();
    }
  }

 private:
  std::optional<fibers::buffered_channel<std::int64_t>> buffered_;
  fibers::unbuffered_channel<std::int64_t> unbuffered_;
};

struct BoostFiber {
  using Task = Fiber<fibers::launch::post>;
  using TaskNow = Fiber<fibers::launch::dispatch>;
  using Channel = FiberChannel;
  using Mutex = fibers::mutex;
  static void Yield() { boost::this_fiber::yield(); }
  static void Sleep(std::chrono::nanoseconds time) { boost::this_fiber::sleep_for(time); }
};

// Runs the body in a fiber of its own, since the main one does not leave its thread.
void RunOnFibers(int workers, const std::function<void()>& body) {
  KeepToCpus(workers);
  // Stacks come from malloc: without this it gives each back to the kernel and faults it in again.
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  fibers::mutex mutex;
  fibers::condition_variable_any ended;
  bool over = false;
  auto join_scheduler = [workers] {
    if (workers > 1) {
      fibers::use_scheduling_algorithm<fibers::algo::work_stealing>(
          static_cast<std::uint32_t>(workers), /*suspend=*/false);
    }
  };
  std::vector<std::thread> others;
  for (int w = 1; w < workers; ++w) {
    others.emplace_back([&] {
      join_scheduler();
      std::unique_lock lock(mutex);
      ended.wait(lock, [&] { return over; });
    });
  }
  join_scheduler();
  fibers::fiber(std::allocator_arg, fibers::fixedsize_stack(1 << 20), body).join();
  {
    std::lock_guard lock(mutex);
    over = true;
  }
  ended.notify_all();
  for (std::thread& other : others) other.join();
}

}  // namespace
}  // namespace unpark::peers

int main(int argc, char** argv) {
  using unpark::peers::BoostFiber;
  return unpark::peers::PeerMain({argv + 1, argv + argc},
                                 unpark::peers::JoinableRows<BoostFiber>::Many(),
                                 unpark::peers::RunOnFibers);
}
