// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// SingleFlight: callers that ask for the same key at the same time share one call.
//
//   SingleFlight<std::string, Page> pages;
//   auto [page, err, shared] = pages.Do(url, [&] { return Download(url); });   // a Page, or a
//   pair<Page, Error>
//
// A key is in flight from the first Do until its function returns; nothing is kept after that.
#ifndef UNPARK_RUNTIME_SYNC_SINGLEFLIGHT_H_
#define UNPARK_RUNTIME_SYNC_SINGLEFLIGHT_H_

#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runtime/chan/chan.h"
#include "runtime/errors/errors.h"
#include "runtime/go.h"
#include "runtime/sync/mutex.h"

namespace unpark {

// V is copied to each caller.
template <typename K, typename V, typename Hash = std::hash<K>, typename Equal = std::equal_to<K>>
class SingleFlight {
 public:
  struct Result {
    V value{};
    Error error;
    bool shared = false;  // given to more than one caller
  };

  SingleFlight() = default;
  SingleFlight(const SingleFlight&) = delete;
  SingleFlight& operator=(const SingleFlight&) = delete;

  // The result of f, or of the call for this key that is under way. A panic of f reaches all
  // callers, and so does a Goexit.
  template <typename F>
  Result Do(const K& key, F f) {
    auto [call, leads] = Join(key, nullptr);
    if (leads) {
      Run(key, call, f);
    } else {
      call->finished.Recv();
      if (call->panic != nullptr) std::rethrow_exception(call->panic);
      if (!call->returned) Goexit();
    }
    return call->result;
  }

  // The same without waiting: the result comes through a channel with room for it, which is never
  // closed. A panic of f ends the program.
  template <typename F>
  RecvChan<Result> DoChan(const K& key, F f) {
    Chan<Result> out(1);
    auto [call, leads] = Join(key, &out);
    if (leads) {
      go([this, key, call = call, f = std::move(f)]() mutable { Run(key, call, f); });
    }
    return out;
  }

  // Lets the next Do for this key start a call of its own, also while one is under way.
  void Forget(const K& key) {
    std::lock_guard<Mutex> lock(mu_);
    calls_.erase(key);
  }

 private:
  // One execution of a function. The fields are the leader's until `finished` is closed, but for
  // those under mu_.
  struct Call {
    const Chan<Unit> finished{0};
    Result result;
    bool returned = false;           // f gave a result
    std::exception_ptr panic;        // or threw this; neither: it ended the goroutine
    bool joined = false;             // guarded by mu_: somebody else waits for it
    std::vector<Chan<Result>> outs;  // guarded by mu_
  };
  using CallPtr = std::shared_ptr<Call>;

  // The call under way for key, and false; else a new one, and true. `out` receives its result.
  std::pair<CallPtr, bool> Join(const K& key, const Chan<Result>* out) {
    std::lock_guard<Mutex> lock(mu_);
    CallPtr& call = calls_[key];
    const bool leads = call == nullptr;
    if (leads) {
      call = std::make_shared<Call>();
    } else {
      call->joined = true;
    }
    if (out != nullptr) call->outs.push_back(*out);
    return {call, leads};
  }

  template <typename F>
  void Run(const K& key, const CallPtr& call, F& f) {
    // Also when f ends the goroutine, which is no exception to be caught.
    struct Finisher {
      SingleFlight* flight;
      const K& key;
      const CallPtr& call;
      ~Finisher() { flight->Finish(key, call); }
    } finisher{this, key, call};
    try {
      if constexpr (std::is_convertible_v<std::invoke_result_t<F&>, V>) {
        call->result.value = f();
      } else {
        std::tie(call->result.value, call->result.error) = f();
      }
      call->returned = true;
    } catch (...) {
      call->panic = std::current_exception();
      throw;
    }
  }

  void Finish(const K& key, const CallPtr& call) {
    std::lock_guard<Mutex> lock(mu_);
    auto it = calls_.find(key);
    if (it != calls_.end() && it->second == call) calls_.erase(it);
    call->result.shared = call->joined;
    if (call->panic != nullptr && !call->outs.empty()) {
      // Nothing will ever come through those channels: a bug must not end as a hang.
      go([panic = call->panic] { std::rethrow_exception(panic); });
    }
    call->finished.Close();
    if (!call->returned) return;
    for (const Chan<Result>& out : call->outs) out.Send(call->result);
  }

  Mutex mu_;
  std::unordered_map<K, CallPtr, Hash, Equal> calls_;  // guarded by mu_
};

}  // namespace unpark

#endif  // UNPARK_RUNTIME_SYNC_SINGLEFLIGHT_H_
