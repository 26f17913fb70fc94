// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// go: goroutines. Main starts the runtime, go starts a goroutine.
#ifndef UNPARK_RUNTIME_GO_H_
#define UNPARK_RUNTIME_GO_H_

#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <source_location>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "runtime/options.h"
#include "runtime/sched/sched.h"

namespace unpark {

namespace internal {

// Runs or destroys the F that lies at `f`; destroys it also when it is left by Goexit or an
// exception.
template <class F>
void RunAndDestroy(F* f, sched::G::Op op) {
  struct Guard {
    F* f;
    ~Guard() { f->~F(); }
  } guard{f};
  if (op == sched::G::Op::kRun) (*f)();
}

template <class F>
void InlineClosure(sched::G* g, sched::G::Op op) {
  RunAndDestroy(std::launder(reinterpret_cast<F*>(g->storage)), op);
}

template <class F>
void HeapClosure(sched::G* g, sched::G::Op op) {
  std::unique_ptr<F> f(*std::launder(reinterpret_cast<F**>(g->storage)));
  if (op == sched::G::Op::kRun) (*f)();
}

}  // namespace internal

// The same as below with options, for the goroutine that needs a deeper stack than the others:
//
//   unpark::go({.stack_bytes = 1 << 20}, [&] { Parse(file); });
//
// Errors: std::invalid_argument naming a bad option.
// REQUIRES: called from a goroutine.
template <class F>
void go(const GoOptions& options, F&& f,
        std::source_location where = std::source_location::current()) {
  using Fn = std::decay_t<F>;
  static_assert(std::is_invocable_v<Fn&>, "go takes a callable without arguments: capture them");
  sched::G* g = sched::NewG();
  if (options.stack_bytes != 0) sched::SetStackBytes(g, options.stack_bytes);
  // NOLINTNEXTLINE(misc-redundant-expression): for a Fn whose size is such a constant's value.
  if constexpr (sizeof(Fn) <= sched::G::kInlineBytes && alignof(Fn) <= 16 &&
                std::is_nothrow_constructible_v<Fn, F&&>) {
    ::new (static_cast<void*>(g->storage)) Fn(std::forward<F>(f));
    g->closure = &internal::InlineClosure<Fn>;
  } else {
    try {
      *reinterpret_cast<Fn**>(g->storage) = new Fn(std::forward<F>(f));
    } catch (...) {
      sched::DiscardG(g);
      throw;
    }
    g->closure = &internal::HeapClosure<Fn>;
  }
  sched::Start(g, where);
}

// Starts f in a new goroutine: Go's `go f()`. f is moved in; what it captures by reference must
// outlive it.
//
//   unpark::WaitGroup done;
//   unpark::go([&] { work(); done.Done(); });
//
// An exception that leaves f ends the program with Go's panic report and status 2.
// REQUIRES: called from a goroutine.
template <class F>
void go(F&& f, std::source_location where = std::source_location::current()) {
  go(GoOptions{}, std::forward<F>(f), where);
}

// Starts a runtime, runs f as its main goroutine, and returns when f does, with f's value if it is
// an int, else 0. As in Go, the other goroutines end with it, wherever they are: frames of parked
// ones are not unwound. The calling thread only waits; goroutines that are in a Blocking section or
// in a long computation get 20 ms to come back, then their threads are left behind: they run on
// until they call the runtime, and must not use what has gone.
//
//   int main() { return unpark::Main([] { ... }); }
//
// Errors: std::logic_error while another Main runs, std::invalid_argument naming a bad option.
template <class F>
int Main(const Options& options, F f) {
  struct State {
    F* f;
    int status = 0;
  } state{&f};
  sched::Run(
      options,
      [](sched::G* g, sched::G::Op op) {
        if (op != sched::G::Op::kRun) return;
        auto* s = static_cast<State*>(*reinterpret_cast<void**>(g->storage));
        if constexpr (std::is_same_v<std::invoke_result_t<F&>, int>) {
          s->status = (*s->f)();
        } else {
          (*s->f)();
        }
      },
      &state);
  return state.status;
}

template <class F>
int Main(F f) {
  return Main(Options{}, std::move(f));
}

// Lets other ready goroutines run first.
inline void Gosched() {
  sched::RequireGoroutine("Gosched");
  sched::Yield();
}

// A preemption point for a long loop: if the goroutine's slice of 10 ms is over and others wait,
// they go first. A load and a branch otherwise; callable from anywhere. For
// Preemption::kCheckpoints; with kAsync a loop need not call it.
inline void Checkpoint() { sched::PreemptHere(sched::CurrentM(), sched::PreemptPoint::kLoop); }

// Ends the calling goroutine: its destructors run, the other goroutines go on.
[[noreturn]] inline void Goexit() {
  sched::RequireGoroutine("Goexit");
  throw sched::GoexitSignal{};
}

// What a panic was about.
struct Recovered {
  std::string text;          // as the report of an uncaught one says it
  std::exception_ptr error;  // to rethrow, or to look at by its type
};

// Runs f and returns the panic that it ended with, if any: Go's `defer func() { r := recover() }()`
// around the body. Every exception counts as a panic; Goexit passes through.
//
//   if (auto panic = unpark::Recover([&] { Handle(request); })) Log(panic->text);
template <class F>
std::optional<Recovered> Recover(F&& f) {
  try {
    std::forward<F>(f)();
  } catch (const sched::GoexitSignal&) {
    throw;
  } catch (...) {
    return Recovered{sched::CurrentExceptionText(), std::current_exception()};
  }
  return std::nullopt;
}

// Goroutines that exist, the caller included. What those did that are no longer counted happens
// before the return.
inline int NumGoroutine() { return sched::GoroutineCount(); }

// The number of Ps; n >= 1 changes it (at most 1024) and returns what it was.
inline int GOMAXPROCS(int n) { return n < 1 ? sched::Procs() : sched::SetProcs(n); }

// CPUs that the process may use.
int NumCPU();

// From here to the matching UnlockOSThread the goroutine runs on this thread, and nothing else
// does. Nests.
inline void LockOSThread() {
  sched::RequireGoroutine("LockOSThread");
  sched::LockThread();
}
inline void UnlockOSThread() {
  sched::RequireGoroutine("UnlockOSThread");
  sched::UnlockThread();
}

// Runs f, which may block in the kernel, while other goroutines use this P: Go does this around
// each system call.
//
//   ssize_t n = unpark::Blocking([&] { return read(fd, buffer, size); });
//
// f must not call the runtime, except to make other goroutines ready. errno is kept.
template <class F>
auto Blocking(F&& f) -> std::invoke_result_t<F&> {
  struct Section {
    Section() { sched::EnterBlocking(); }
    ~Section() { sched::ExitBlocking(); }
  } section;
  return std::forward<F>(f)();
}

// Calls f(args...) on the thread's own stack (8 MiB by default): for foreign code that needs more
// stack than a goroutine has, as cgo does for C. The goroutine keeps its P. f must not park; what
// it throws is passed on.
template <class F, class... Args>
auto Foreign(F&& f, Args&&... args) -> std::invoke_result_t<F, Args...> {
  using R = std::invoke_result_t<F, Args...>;
  auto call = [&]() -> R { return std::invoke(std::forward<F>(f), std::forward<Args>(args)...); };
  // Exceptions cannot cross between the stacks: they are carried.
  struct State {
    decltype(call)* closure;
    std::exception_ptr error;
    std::conditional_t<std::is_void_v<R>, char,
                       std::optional<std::conditional_t<std::is_void_v<R>, char, R>>>
        result{};
  } state{&call, nullptr};
  sched::CallOnSystemStack(
      [](void* arg) {
        auto* s = static_cast<State*>(arg);
        auto run = [s] {
          if constexpr (std::is_void_v<R>) {
            (*s->closure)();
          } else {
            s->result.emplace((*s->closure)());
          }
        };
        if constexpr (std::is_nothrow_invocable_v<F, Args...>) {
          run();
        } else {
          try {
            run();
          } catch (...) {
            s->error = std::current_exception();
          }
        }
      },
      &state);
  if (state.error != nullptr) std::rethrow_exception(std::move(state.error));
  if constexpr (!std::is_void_v<R>) return std::move(*state.result);
}

}  // namespace unpark

#endif  // UNPARK_RUNTIME_GO_H_
