// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// How often Peterson's lock lets two inside on this machine, with seq_cst and with release/acquire.
//
//   bazel run //patterns/ex111_peterson_lock:how_often
//
// Exit status: 0; 1 if the seq_cst lock ever failed.

#include <atomic>
#include <cstdint>
#include <cstdio>

#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"

namespace {

constexpr int kAdditions = 5'000'000;  // of each goroutine

struct Lock {
  std::atomic<bool> interested[2] = {false, false};
  std::atomic<int> victim = 0;
};

// Additions that were lost, of 2 * kAdditions: two were inside together.
template <std::memory_order kStore, std::memory_order kLoad>
std::int64_t CountLost() {
  Lock lock;
  // Loaded and stored apart, as a plain integer would be, but without a data race.
  std::atomic<std::int64_t> count = 0;
  unpark::WaitGroup wg;
  for (int id : {0, 1}) {
    wg.Go([&, id] {
      for (int i = 0; i < kAdditions; ++i) {
        lock.interested[id].store(true, kStore);
        lock.victim.store(id, kStore);
        while (lock.interested[1 - id].load(kLoad) && lock.victim.load(kLoad) == id) {
          unpark::Gosched();
        }
        count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
        lock.interested[id].store(false, std::memory_order_release);
      }
    });
  }
  wg.Wait();
  return 2 * std::int64_t{kAdditions} - count.load();
}

}  // namespace

int main() {
  return unpark::Main(unpark::Options{.procs = 2}, [] {
    const std::int64_t weak = CountLost<std::memory_order_release, std::memory_order_acquire>();
    const std::int64_t strong = CountLost<std::memory_order_seq_cst, std::memory_order_seq_cst>();
    std::printf("additions lost of %d: %lld with release/acquire, %lld with seq_cst\n",
                2 * kAdditions, static_cast<long long>(weak), static_cast<long long>(strong));
    return strong == 0 ? 0 : 1;
  });
}
