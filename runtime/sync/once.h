// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Once, OnceFunc and OnceValue: run a function exactly once, whoever comes first.
//
//   Once once;
//   once.Do([] { LoadConfig(); });             // callers that come meanwhile wait for it
//   auto config = OnceValue([] { return ReadConfig(); });
//   Use(config());                             // the first call reads it, the others share it
//
// What the function did happens before any Do, or call of the wrapped function, returns.
#ifndef UNPARK_RUNTIME_SYNC_ONCE_H_
#define UNPARK_RUNTIME_SYNC_ONCE_H_

#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

#include "runtime/go.h"
#include "runtime/os/explore.h"
#include "runtime/sync/mutex.h"

namespace unpark {

class Once {
 public:
  Once() = default;
  Once(const Once&) = delete;
  Once& operator=(const Once&) = delete;

  // Calls f if this is the first call. f counts as done even if it panics or ends the goroutine. A
  // Do from inside f deadlocks, as in Go.
  template <typename F>
  void Do(F&& f) {
    explore::Operation("Once.Do");
    // Acquire pairs with the release below: a caller that finds it done sees all that f wrote.
    if (done_.load(std::memory_order_acquire)) return;
    DoSlow(std::forward<F>(f));
  }

 private:
  // Set before the mutex is let go, on every way out of f.
  struct Finish {
    explore::Atomic<bool>& done;
    ~Finish() { done.store(true, std::memory_order_release); }
  };

  template <typename F>
  [[gnu::noinline]] void DoSlow(F&& f) {
    std::lock_guard<Mutex> lock(mu_);
    if (done_.load(std::memory_order_relaxed)) return;
    Finish finish{done_};
    std::forward<F>(f)();
  }

  explore::Atomic<bool> done_{false};
  Mutex mu_;
};

namespace internal {

// OnceCall: f, its result, and how it ended.
template <typename F, typename R>
class OnceCall {
 public:
  explicit OnceCall(F f) : f_(std::move(f)) {}

  const R& Get() {
    once_.Do([this] { Run(); });
    if (!result_) Fail();
    return *result_;
  }

 private:
  void Run() {
    struct Release {  // what f holds is not kept alive for the sake of later calls
      std::optional<F>& f;
      ~Release() { f.reset(); }
    } release{f_};
    try {
      result_.emplace((*f_)());
    } catch (...) {
      panic_ = std::current_exception();
      throw;
    }
  }
  // f never returned: neither does any call.
  [[noreturn]] void Fail() const {
    if (panic_ != nullptr) std::rethrow_exception(panic_);
    Goexit();
  }

  Once once_;
  std::optional<F> f_;
  std::optional<R> result_;
  std::exception_ptr panic_;
};

}  // namespace internal

// A function that calls f the first time and returns f's result, by reference, every time. If f
// panics, every call panics with the same value. Copies share the one call. For several results let
// f return a pair or a struct.
template <typename F>
auto OnceValue(F f) {
  using R = std::decay_t<std::invoke_result_t<F&>>;
  return [call = std::make_shared<internal::OnceCall<F, R>>(std::move(f))]() -> const R& {
    return call->Get();
  };
}

// The same for a function without a result.
template <typename F>
auto OnceFunc(F f) {
  auto run = [f = std::move(f)]() mutable {
    f();
    return true;
  };
  return [call = OnceValue(std::move(run))] { call(); };
}

}  // namespace unpark

#endif  // UNPARK_RUNTIME_SYNC_ONCE_H_
