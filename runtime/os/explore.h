// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Explore points: where a schedule explorer (runtime/testing) takes over from the scheduler.
//
// Only a build with UNPARK_EXPLORE has them; in any other Current() is the constant nullptr, so
// that the compiler drops every hook, and Atomic is std::atomic. An explored runtime has one thread
// and one P. On that thread the explorer decides at each point who runs next. The scheduler's own
// code has no points: whoever parks, readies or starts a goroutine does so in one step.
#ifndef UNPARK_RUNTIME_OS_EXPLORE_H_
#define UNPARK_RUNTIME_OS_EXPLORE_H_

#include <atomic>
#include <cstdint>
#include <string>

namespace unpark::sched {
struct G;
}

namespace unpark::explore {

class Explorer {
 public:
  virtual ~Explorer() = default;

  // Points: the current goroutine may lose the thread here. An operation is what a user's program
  // does, an access one step inside the runtime.
  virtual void Operation(const char* name) = 0;
  virtual void Access() = 0;
  // The current goroutine lets others go first.
  virtual void Yield() = 0;

  // In place of the run queues: takes a parked goroutine; gives one to switch to, nullptr for none;
  // and, on the scheduler's own flow, gives one or nullptr when the run has ended.
  virtual void Ready(sched::G* g) = 0;
  virtual void Start(sched::G* g) = 0;
  virtual sched::G* Pick() = 0;
  virtual sched::G* Find() = 0;

  // The current goroutine waits for a spin lock whose owner lost the thread at a point; returns
  // when it is worth another try. False: it cannot wait here.
  virtual bool AwaitUnlock(const void* lock) = 0;
  virtual void Unlocked(const void* lock) = 0;

  // A number in [0, n).
  virtual std::uint32_t Random(std::uint32_t n) = 0;

  // The current goroutine has failed. Leaves it for ever.
  [[noreturn]] virtual void Fail(const std::string& what, const std::string& stack) = 0;

  std::int64_t now_ns = 0;  // virtual time
  int indivisible = 0;      // sections without points that the thread is in
};

#if defined(UNPARK_EXPLORE)

inline constexpr bool kBuilt = true;

// The explorer of this thread's runtime; nullptr on other threads.
extern __thread Explorer* t_current;
inline Explorer* Current() { return t_current; }
inline void Bind(Explorer* explorer) { t_current = explorer; }

// Whether the runtime about to start will be explored: it gets no monitor thread.
extern bool g_requested;
inline bool Requested() { return g_requested; }
inline void Request(bool on) { g_requested = on; }

#else

inline constexpr bool kBuilt = false;
constexpr Explorer* Current() { return nullptr; }
inline void Bind(Explorer*) {}
constexpr bool Requested() { return false; }
inline void Request(bool) {}

#endif

inline void Operation([[maybe_unused]] const char* name) {
  if (Explorer* e = Current()) e->Operation(name);
}
inline void Access() {
  if (Explorer* e = Current()) e->Access();
}

inline void Unlocked([[maybe_unused]] const void* lock) {
  if (Explorer* e = Current()) e->Unlocked(lock);
}

// No points until the end of the block, which must not switch.
class Indivisible {
 public:
  Indivisible() {
    if (Explorer* e = Current()) ++e->indivisible;
  }
  ~Indivisible() {
    if (Explorer* e = Current()) --e->indivisible;
  }
  Indivisible(const Indivisible&) = delete;
  Indivisible& operator=(const Indivisible&) = delete;
};

#if defined(UNPARK_EXPLORE)

// An atomic whose every access is a point before it.
template <typename T>
class Atomic {
 public:
  constexpr Atomic() = default;
  constexpr Atomic(T value) : value_(value) {}  // NOLINT: implicit, as std::atomic's
  Atomic(const Atomic&) = delete;
  Atomic& operator=(const Atomic&) = delete;

  using Order = std::memory_order;
  T load(Order order = Order::seq_cst) const {
    Access();
    return value_.load(order);
  }
  void store(T value, Order order = Order::seq_cst) {
    Access();
    value_.store(value, order);
  }
  T exchange(T value, Order order = Order::seq_cst) {
    Access();
    return value_.exchange(value, order);
  }
  bool compare_exchange_strong(T& expected, T desired, Order order = Order::seq_cst) {
    Access();
    return value_.compare_exchange_strong(expected, desired, order);
  }
  bool compare_exchange_strong(T& expected, T desired, Order success, Order failure) {
    Access();
    return value_.compare_exchange_strong(expected, desired, success, failure);
  }
  // Strong: with one thread nothing may fail by accident, or a run could not be replayed.
  bool compare_exchange_weak(T& expected, T desired, Order order = Order::seq_cst) {
    return compare_exchange_strong(expected, desired, order);
  }
  bool compare_exchange_weak(T& expected, T desired, Order success, Order failure) {
    return compare_exchange_strong(expected, desired, success, failure);
  }
  T fetch_add(T n, Order order = Order::seq_cst) {
    Access();
    return value_.fetch_add(n, order);
  }
  T fetch_sub(T n, Order order = Order::seq_cst) {
    Access();
    return value_.fetch_sub(n, order);
  }

 private:
  std::atomic<T> value_{};
};

#else

template <typename T>
using Atomic = std::atomic<T>;

#endif

}  // namespace unpark::explore

#endif  // UNPARK_RUNTIME_OS_EXPLORE_H_
