// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// ErrGroup: goroutines that work on one task, whose first error ends it.
//
//   ErrGroup group(ctx);                          // or ErrGroup group; without a context
//   group.SetLimit(8);
//   for (const std::string& url : urls) {
//     group.Go([url, ctx = group.context()] { return Fetch(ctx, url); });   // returns an Error
//   }
//   if (Error err = group.Wait()) return err;     // the first one; the others were told to stop
//
// A panic in one of the functions ends the program, as in any goroutine. Use a group for one task
// only.
#ifndef UNPARK_RUNTIME_SYNC_ERRGROUP_H_
#define UNPARK_RUNTIME_SYNC_ERRGROUP_H_

#include <memory>
#include <optional>
#include <utility>

#include "runtime/chan/chan.h"
#include "runtime/chan/select.h"
#include "runtime/context/context.h"
#include "runtime/errors/errors.h"
#include "runtime/go.h"
#include "runtime/sync/once.h"
#include "runtime/sync/waitgroup.h"

namespace unpark {

class ErrGroup {
 public:
  ErrGroup() : state_(std::make_shared<State>()) {}
  // context() is cancelled by the first error, which is its Cause, and by Wait.
  explicit ErrGroup(const Context& parent) : ErrGroup() {
    auto [context, cancel] = WithCancelCause(parent);
    context_ = std::move(context);
    state_->cancel = std::move(cancel);
  }
  ErrGroup(const ErrGroup&) = delete;
  ErrGroup& operator=(const ErrGroup&) = delete;

  const Context& context() const { return context_; }

  // At most n functions run at a time; negative: any number; 0: none may be added. Panics if
  // functions are running.
  void SetLimit(int n);

  // Starts f in a goroutine; waits first while the limit is reached.
  template <typename F>
  void Go(F f) {
    if (state_->limit) state_->limit.Send({});
    Start(std::move(f));
  }

  // Starts f unless the limit is reached; whether it did.
  template <typename F>
  bool TryGo(F f) {
    if (state_->limit && Select(Send(state_->limit, Unit{}), kDefault) != 0) return false;
    Start(std::move(f));
    return true;
  }

  // Waits for all functions and returns the first error; then the context is cancelled.
  Error Wait();

 private:
  // Shared with the goroutines, so that a group may be destroyed before they end.
  struct State {
    std::optional<CancelCauseFunc> cancel;
    WaitGroup running;
    Chan<Unit> limit;  // nil: none; else holds one element for each running function
    Once failed;
    Error error;  // written inside `failed`

    void Fail(const Error& err);
    void Done();
  };

  template <typename F>
  void Start(F f) {
    state_->running.Add(1);
    go([state = state_, f = std::move(f)]() mutable { Run(*state, f); });
  }

  // The inner f goes before Done, so that what it holds is freed before Wait can return.
  template <typename F>
  static void Run(State& state, F& outer) {
    Done done{state};
    F f = std::move(outer);
    if (Error err = f()) state.Fail(err);
  }
  struct Done {
    State& state;
    ~Done() { state.Done(); }
  };

  std::shared_ptr<State> state_;
  Context context_;
};

}  // namespace unpark

#endif  // UNPARK_RUNTIME_SYNC_ERRGROUP_H_
