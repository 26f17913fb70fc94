// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// The waiting line of the weighted semaphore.
#include "runtime/sync/semaphore.h"

#include <mutex>

#include "runtime/chan/select.h"
#include "runtime/go.h"

namespace unpark {

Error Semaphore::Acquire(const Context& ctx, std::int64_t n) {
  if (Error err = ctx.Err()) return err;
  Waiter waiter(n);
  {
    std::lock_guard<Mutex> lock(mu_);
    if (first_ == nullptr && size_ - held_ >= n) {
      held_ += n;
      return {};
    }
    if (n <= size_) AppendLocked(&waiter);
  }
  if (n > size_) {
    ctx.Done().Recv();
    return ctx.Err();
  }
  if (Select(Recv(ctx.Done()), Recv(waiter.ready)) == 0) return GiveUp(ctx, &waiter);
  if (Error err = ctx.Err()) {
    Release(n);
    return err;
  }
  return {};
}

Error Semaphore::GiveUp(const Context& ctx, Waiter* waiter) {
  std::lock_guard<Mutex> lock(mu_);
  if (waiter->granted) {
    ReleaseLocked(waiter->n);
  } else {
    RemoveLocked(waiter);
    GrantLocked();  // those behind it may fit now
  }
  return ctx.Err();
}

bool Semaphore::TryAcquire(std::int64_t n) {
  std::lock_guard<Mutex> lock(mu_);
  if (first_ != nullptr || size_ - held_ < n) return false;
  held_ += n;
  return true;
}

void Semaphore::Release(std::int64_t n) {
  std::lock_guard<Mutex> lock(mu_);
  ReleaseLocked(n);
}

void Semaphore::ReleaseLocked(std::int64_t n) {
  if (n > held_) Panic("semaphore: released more than held");
  held_ -= n;
  GrantLocked();
}

void Semaphore::GrantLocked() {
  while (first_ != nullptr && size_ - held_ >= first_->n) {
    Waiter* waiter = first_;
    RemoveLocked(waiter);
    held_ += waiter->n;
    waiter->granted = true;
    // A copy, as the waiter's own may be destroyed as soon as it is closed.
    const Chan<Unit> ready = waiter->ready;
    ready.Close();
  }
}

void Semaphore::AppendLocked(Waiter* waiter) {
  waiter->prev = last_;
  (last_ == nullptr ? first_ : last_->next) = waiter;
  last_ = waiter;
}

void Semaphore::RemoveLocked(Waiter* waiter) {
  (waiter->prev == nullptr ? first_ : waiter->prev->next) = waiter->next;
  (waiter->next == nullptr ? last_ : waiter->next->prev) = waiter->prev;
}

}  // namespace unpark
