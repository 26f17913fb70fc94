// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// WaitGroup: waits until a number of goroutines are done.
#ifndef UNPARK_RUNTIME_SYNC_WAITGROUP_H_
#define UNPARK_RUNTIME_SYNC_WAITGROUP_H_

#include <cstdint>
#include <source_location>
#include <utility>

#include "runtime/go.h"
#include "runtime/os/explore.h"
#include "runtime/sync/sema.h"

namespace unpark {

// Add before the goroutine starts, Done as it ends, Wait for all:
//
//   unpark::WaitGroup all;
//   for (auto& item : items) all.Go([&] { Work(item); });   // Add(1), then go, then Done
//   all.Wait();
//
// Panics, with Go's texts: "sync: negative WaitGroup counter", "sync: WaitGroup misuse: Add called
// concurrently with Wait", "sync: WaitGroup is reused before previous Wait has returned". Done
// synchronizes before the return of the Wait it ends.
class WaitGroup {
 public:
  WaitGroup() = default;
  WaitGroup(const WaitGroup&) = delete;
  WaitGroup& operator=(const WaitGroup&) = delete;

  void Add(int delta);
  void Done() { Add(-1); }
  void Wait();

  // Runs f in a new goroutine and counts it.
  template <class F>
  void Go(F f, std::source_location where = std::source_location::current()) {
    Add(1);
    go(
        [this, f = std::move(f)]() mutable {
          struct OnExit {
            WaitGroup* wg;
            ~OnExit() { wg->Done(); }
          } on_exit{this};
          f();
        },
        where);
  }

 private:
  // High half: the counter; low half: goroutines in Wait.
  explore::Atomic<std::uint64_t> state_{0};
  internal::Sema sema_;
};

}  // namespace unpark

#endif  // UNPARK_RUNTIME_SYNC_WAITGROUP_H_
