// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Semaphore: weighted, first come first served, and given up when a context ends.
//
//   Semaphore memory(1 << 20);
//   if (Error err = memory.Acquire(ctx, 4096)) return err;
//   ...
//   memory.Release(4096);
//
// Waiters are served strictly in order: a small request behind a large one waits, so that the large
// one cannot starve.
#ifndef UNPARK_RUNTIME_SYNC_SEMAPHORE_H_
#define UNPARK_RUNTIME_SYNC_SEMAPHORE_H_

#include <cstdint>

#include "runtime/chan/chan.h"
#include "runtime/context/context.h"
#include "runtime/errors/errors.h"
#include "runtime/sync/mutex.h"

namespace unpark {

class Semaphore {
 public:
  // size: the greatest combined weight.
  explicit Semaphore(std::int64_t size) : size_(size) {}
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

  // Waits until weight n is free and takes it; nil. If ctx is done first, takes nothing and returns
  // ctx.Err(), also when both happen at once. n > size waits for ctx without barring others.
  Error Acquire(const Context& ctx, std::int64_t n);

  // Takes n if it is free and nobody waits; never blocks.
  bool TryAcquire(std::int64_t n);

  // Gives back n. Panics "semaphore: released more than held".
  void Release(std::int64_t n);

 private:
  // On the waiting goroutine's stack; linked from first_ to last_ in the order of arrival.
  struct Waiter {
    explicit Waiter(std::int64_t n) : n(n) {}
    const std::int64_t n;
    const Chan<Unit> ready{0};  // closed when the weight was given
    bool granted = false;
    Waiter* next = nullptr;
    Waiter* prev = nullptr;
  };

  void AppendLocked(Waiter* waiter);
  void RemoveLocked(Waiter* waiter);
  void ReleaseLocked(std::int64_t n);
  void GrantLocked();
  Error GiveUp(const Context& ctx, Waiter* waiter);

  const std::int64_t size_;
  Mutex mu_;
  std::int64_t held_ = 0;  // guarded by mu_, as all below
  Waiter* first_ = nullptr;
  Waiter* last_ = nullptr;
};

}  // namespace unpark

#endif  // UNPARK_RUNTIME_SYNC_SEMAPHORE_H_
