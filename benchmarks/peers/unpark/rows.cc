// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Each row as a user of the runtime would write it: public headers only, default options. Those
// that read the same on other systems are in ../task_rows.h.

#include "benchmarks/peers/unpark/rows.h"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "benchmarks/peers/task_rows.h"
#include "runtime/chan/chan.h"
#include "runtime/chan/select.h"
#include "runtime/context/context.h"
#include "runtime/go.h"
#include "runtime/sync/mutex.h"
#include "runtime/sync/rwmutex.h"
#include "runtime/sync/waitgroup.h"
#include "runtime/time/time.h"

namespace unpark::peers {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// What the rows that all C++ systems share ask for.
struct Unpark {
  using Group = WaitGroup;
  using Child = WaitGroup;
  using ChildNow = WaitGroup;
  using Channel = Chan<std::int64_t>;
  struct Countdown : WaitGroup {
    explicit Countdown(std::int64_t count) { Add(static_cast<int>(count)); }
  };
  static void Yield() { Gosched(); }
  static void Sleep(nanoseconds time) { unpark::Sleep(time); }
};
using Tasks = TaskRows<Unpark>;

// ---- Tasks ----

Work SleepZero(const Params&) {
  constexpr std::int64_t kSleeps = 100'000;
  return {.operations = kSleeps, .answer = kSleeps, .batch = [] {
            std::uint64_t sleeps = 0;
            for (std::int64_t i = 0; i < kSleeps; ++i) {
              Sleep(nanoseconds(0));
              asm volatile("" : "+r"(sleeps));  // or there would be no loop left
              ++sleeps;
            }
            return sleeps;
          }};
}

// Children number `size` tasks from `first`; ten at each level.
std::uint64_t Skynet(std::uint64_t first, std::int64_t size) {
  if (size == 1) return first;
  Chan<std::uint64_t> results(10);
  for (std::uint64_t child = 0; child < 10; ++child) {
    go([=] {
      const std::int64_t part = size / 10;
      results.Send(Skynet(first + child * static_cast<std::uint64_t>(part), part));
    });
  }
  std::uint64_t sum = 0;
  for (int child = 0; child < 10; ++child) sum += *results.Recv();
  return sum;
}

// size: leaves, a power of ten.
Work SkynetRow(const Params& params) {
  return {.operations = 1, .answer = SumBelow(params.size), .batch = [size = params.size] {
            Chan<std::uint64_t> result(0);
            go([=] { result.Send(Skynet(0, size)); });
            return *result.Recv();
          }};
}

// ---- Channels ----

template <bool kLocked>
Work PingPong(const Params&) {
  constexpr std::int64_t kTrips = kLocked ? 500 : 10'000;
  return {.operations = kTrips, .answer = SumBelow(kTrips) + kTrips, .batch = [] {
            Chan<std::int64_t> ping(0), pong(0), result(0);
            go([=] {
              if (kLocked) LockOSThread();
              for (std::int64_t v : ping) pong.Send(v + 1);
              pong.Close();
            });
            go([=] {
              if (kLocked) LockOSThread();
              std::int64_t sum = 0;
              for (std::int64_t i = 0; i < kTrips; ++i) {
                ping.Send(i);
                sum += *pong.Recv();
              }
              ping.Close();
              pong.Recv();
              result.Send(sum);
            });
            return static_cast<std::uint64_t>(*result.Recv());
          }};
}

constexpr std::int64_t kSelects = 50'000;

std::uint64_t SelectFromTwo() {
  Chan<std::int64_t> a(1), b(1);
  std::uint64_t sum = 0;
  for (std::int64_t i = 0; i < kSelects; ++i) {
    a.Send(i);
    std::int64_t v = 0;
    switch (Select(Recv(a, &v), Recv(b, &v))) {
      case 0:
        sum += static_cast<std::uint64_t>(v);
        break;
      case 1:
        break;
    }
  }
  return sum;
}

std::uint64_t SelectFromMany(std::size_t cases) {
  std::vector<Chan<std::int64_t>> channels;
  for (std::size_t c = 0; c < cases; ++c) channels.emplace_back(1);
  using Case = decltype(Recv(channels[0]));
  std::uint64_t sum = 0;
  std::vector<Case> receives;
  std::vector<SelectCase*> pointers(cases);
  receives.reserve(cases);
  for (std::int64_t i = 0; i < kSelects; ++i) {
    channels[0].Send(i);
    std::int64_t v = 0;
    receives.clear();
    for (std::size_t c = 0; c < cases; ++c) {
      receives.push_back(Recv(channels[c], &v));
      pointers[c] = &receives[c];
    }
    if (SelectAll(pointers) == 0) sum += static_cast<std::uint64_t>(v);
  }
  return sum;
}

// size: cases, of which the first is ready.
Work SelectReady(const Params& params) {
  return {.operations = kSelects,
          .answer = SumBelow(kSelects),
          .batch = [cases = static_cast<std::size_t>(params.size)] {
            return cases == 2 ? SelectFromTwo() : SelectFromMany(cases);
          }};
}

// size: cases beside the default, 1 or 2.
Work SelectDefault(const Params& params) {
  return {.operations = kSelects, .answer = kSelects, .batch = [size = params.size] {
            Chan<std::int64_t> a(1), b(1);
            std::uint64_t defaults = 0;
            std::int64_t v = 0;
            for (std::int64_t i = 0; i < kSelects; ++i) {
              if (size == 1) {
                if (Select(Recv(a, &v), kDefault) == 1) ++defaults;
              } else {
                if (Select(Recv(a, &v), Recv(b, &v), kDefault) == 2) ++defaults;
              }
            }
            return defaults;
          }};
}

// size: capacity of the two producers' channels.
Work SelectProducers(const Params& params) {
  constexpr std::int64_t kEach = 50'000;
  return {.operations = 2 * kEach, .answer = 2 * SumBelow(kEach), .batch = [size = params.size] {
            const auto capacity = static_cast<std::size_t>(size);
            Chan<std::int64_t> a(capacity), b(capacity), result(0);
            for (const Chan<std::int64_t>& out : {a, b}) {
              go([out] {
                for (std::int64_t i = 0; i < kEach; ++i) out.Send(i);
              });
            }
            go([=] {
              std::int64_t sum = 0, v = 0;
              for (std::int64_t i = 0; i < 2 * kEach; ++i) {
                switch (Select(Recv(a, &v), Recv(b, &v))) {
                  case 0:
                  case 1:
                    sum += v;
                }
              }
              result.Send(sum);
            });
            return static_cast<std::uint64_t>(*result.Recv());
          }};
}

// ---- Timers ----

// Timers that are due in an hour and more; made by the first batch, stopped with the object.
class LiveTimers {
 public:
  explicit LiveTimers(std::int64_t count) : count_(count) {}
  LiveTimers(const LiveTimers&) = delete;
  LiveTimers& operator=(const LiveTimers&) = delete;
  ~LiveTimers() {
    for (const Timer& timer : timers_) timer.Stop();
  }
  void Make() {
    if (!timers_.empty()) return;
    timers_.reserve(static_cast<std::size_t>(count_));
    for (std::int64_t i = 0; i < count_; ++i) {
      timers_.push_back(AfterFunc(hours(1) + nanoseconds(i * 1000), [] {}));
    }
  }

 private:
  const std::int64_t count_;
  std::vector<Timer> timers_;
};

// size: live timers. `use(i)` says whether its timer was still live.
template <typename Use>
Work WithLiveTimers(const Params& params, Use use) {
  constexpr std::int64_t kTimers = 50'000;
  return {.operations = kTimers,
          .answer = kTimers,
          .batch = [live = std::make_shared<LiveTimers>(params.size), use] {
            live->Make();
            std::uint64_t were_live = 0;
            for (std::int64_t i = 0; i < kTimers; ++i) {
              if (use(i)) ++were_live;
            }
            return were_live;
          }};
}

Work TimerStop(const Params& params) {
  return WithLiveTimers(params, [](std::int64_t) {
    Timer timer{hours(1)};
    return timer.Stop();
  });
}

Work TimerReset(const Params& params) {
  return WithLiveTimers(params, [timer = std::make_shared<Timer>()](std::int64_t i) {
    if (i == 0) *timer = Timer(hours(1));
    return timer->Reset(hours(1) + nanoseconds(i));
  });
}

Work AfterFuncStop(const Params& params) {
  return WithLiveTimers(params, [](std::int64_t) { return AfterFunc(hours(1), [] {}).Stop(); });
}

// ---- Latencies of the scheduler ----

// The receiver of time stamps: how long after each it runs.
void ReceiveStamps(const Chan<std::int64_t>& stamps, Measured* measured, WaitGroup* done) {
  done->Go([=] {
    for (std::int64_t stamp : stamps) measured->latencies_ns.push_back(NowNs() - stamp);
  });
}

Work WakeIdle(const Params&) {
  constexpr std::int64_t kWakes = 100;
  auto measured = std::make_shared<Measured>();
  return {.operations = kWakes,
          .answer = kWakes,
          .batch =
              [measured] {
                const std::size_t before = measured->latencies_ns.size();
                Chan<std::int64_t> stamps(0);
                WaitGroup done;
                ReceiveStamps(stamps, measured.get(), &done);
                done.Go([=] {
                  LockOSThread();
                  for (std::int64_t i = 0; i < kWakes; ++i) {
                    const timespec millisecond = {0, 1'000'000};
                    Blocking([&] { return nanosleep(&millisecond, nullptr); });
                    stamps.Send(NowNs());
                  }
                  stamps.Close();
                });
                done.Wait();
                return measured->latencies_ns.size() - before;
              },
          .measured = measured};
}

Work WorkConservation(const Params&) {
  constexpr std::int64_t kTimes = 20;
  auto measured = std::make_shared<Measured>();
  return {.operations = kTimes,
          .answer = kTimes,
          .batch =
              [measured] {
                const std::size_t before = measured->latencies_ns.size();
                Chan<std::int64_t> stamps(0);
                WaitGroup done;
                ReceiveStamps(stamps, measured.get(), &done);
                for (std::int64_t i = 0; i < kTimes; ++i) {
                  Sleep(milliseconds(2));  // the other P falls idle
                  stamps.Send(NowNs());
                  SpinFor(10'000'000);
                }
                stamps.Close();
                done.Wait();
                return measured->latencies_ns.size() - before;
              },
          .measured = measured};
}

// ---- Foreign code and contexts ----

constexpr std::int64_t kCalls = 50'000;

template <typename Call>
Work Calls(Call call) {
  return {.operations = kCalls, .answer = kCalls, .batch = [call] {
            std::uint64_t calls = 0;
            for (std::int64_t i = 0; i < kCalls; ++i) {
              call();
              ++calls;
            }
            return calls;
          }};
}

Work ForeignEmpty(const Params&) {
  return Calls([] { unpark::Foreign(peers::Foreign); });
}
Work BlockingEmpty(const Params&) {
  return Calls([] { Blocking([] { peers::Foreign(); }); });
}
Work BlockingSyscall(const Params&) {
  return Calls([] { Blocking([] { return syscall(SYS_getppid); }); });
}

Work ContextCancel(const Params&) {
  constexpr std::int64_t kContexts = 20'000;
  return {.operations = kContexts, .answer = kContexts, .batch = [] {
            std::uint64_t cancelled = 0;
            for (std::int64_t i = 0; i < kContexts; ++i) {
              auto [context, cancel] = WithCancel(Background());
              cancel();
              if (context.Err() == kCanceled) ++cancelled;
            }
            return cancelled;
          }};
}

// size: children of one parent, which is cancelled.
Work ContextTree(const Params& params) {
  constexpr std::int64_t kTrees = 20;
  auto measured = std::make_shared<Measured>();
  return {.operations = kTrees,
          .answer = static_cast<std::uint64_t>(kTrees * params.size),
          .batch =
              [measured, size = params.size] {
                std::uint64_t cancelled = 0;
                for (std::int64_t tree = 0; tree < kTrees; ++tree) {
                  auto [parent, cancel] = WithCancel(Background());
                  std::vector<Context> children;
                  for (std::int64_t i = 0; i < size; ++i) {
                    children.push_back(WithCancel(parent).first);
                  }
                  const std::int64_t start = NowNs();
                  cancel();
                  measured->latencies_ns.push_back(NowNs() - start);
                  for (const Context& child : children) {
                    if (child.Err() == kCanceled) ++cancelled;
                  }
                }
                return cancelled;
              },
          .measured = measured};
}

}  // namespace

const Rows& UnparkRows() {
  static const Rows kRows = {
      {"yield_two", {0, Tasks::YieldTwo}},
      {"yield_alone", {0, Tasks::YieldAlone}},
      {"sleep_zero", {0, SleepZero}},
      {"spawn_all", {1'000'000, Tasks::SpawnAll}},
      {"spawn_one", {0, Tasks::SpawnOne}},
      {"skynet", {1'000'000, SkynetRow}},
      {"fib", {27, Tasks::FibRow}},
      {"parked", {1'000'000, Tasks::Parked}},
      {"ping_pong", {0, PingPong<false>}},
      {"ping_pong_threads", {0, PingPong<true>}},
      {"chan_1p1c", {1024, Tasks::Queue<1, 1>}},
      {"chan_8p1c", {1024, Tasks::Queue<8, 1>}},
      {"chan_1p8c", {1024, Tasks::Queue<1, 8>}},
      {"select_ready", {2, SelectReady}},
      {"select_default", {1, SelectDefault}},
      {"select_producers", {0, SelectProducers}},
      {"mutex", {1, Tasks::Locked<Mutex>}},
      {"read_lock", {1, Tasks::ReadLock<RWMutex>}},
      {"write_lock", {1, Tasks::Locked<RWMutex>}},
      {"atomic_add", {8, Tasks::AtomicAdd}},
      {"timer_stop", {0, TimerStop}},
      {"timer_reset", {0, TimerReset}},
      {"after_func_stop", {0, AfterFuncStop}},
      {"sleepers", {1000, Tasks::Sleepers}},
      {"wake_idle", {0, WakeIdle}},
      {"work_conservation", {0, WorkConservation}},
      {"tight_loop", {0, Tasks::TightLoop}},
      {"foreign_empty", {0, ForeignEmpty}},
      {"blocking_empty", {0, BlockingEmpty}},
      {"blocking_syscall", {0, BlockingSyscall}},
      {"context_cancel", {0, ContextCancel}},
      {"context_tree", {1000, ContextTree}},
  };
  return kRows;
}

const std::vector<Series>& AllSeries() {
  constexpr bool kTooLong = false;
  static const std::vector<Series> kSeries = {
      {"yield_two", "yield_two", 0, {1}},
      {"yield_alone", "yield_alone", 0, {1}},
      {"sleep_zero", "sleep_zero", 0, {1}},
      {"spawn_all_1e6", "spawn_all", 1'000'000, {1, 2}},
      {"spawn_one", "spawn_one", 0, {1, 2}},
      {"parked_1e6", "parked", 1'000'000, {1}, kTooLong},
      {"skynet_1e6", "skynet", 1'000'000, {1, 2}},
      {"fib_27", "fib", 27, {1, 2}},
      {"ping_pong", "ping_pong", 0, {1, 2}},
      {"ping_pong_threads", "ping_pong_threads", 0, {2}},
      {"chan_1p1c", "chan_1p1c", 1024, {1, 2}},
      {"chan_8p1c", "chan_8p1c", 1024, {2}},
      {"chan_1p8c", "chan_1p8c", 1024, {2}},
      {"select_ready", "select_ready", 2, {1}},
      {"select_default_1", "select_default", 1, {1}},
      {"select_default_2", "select_default", 2, {1}},
      {"select_producers_0", "select_producers", 0, {2}},
      {"select_producers_1024", "select_producers", 1024, {2}},
      {"mutex_alone", "mutex", 1, {1}},
      {"mutex_8", "mutex", 8, {2}},
      {"read_lock_alone", "read_lock", 1, {1}},
      {"read_lock_8", "read_lock", 8, {2}},
      {"write_lock_alone", "write_lock", 1, {1}},
      {"atomic_add_8", "atomic_add", 8, {2}},
      {"timer_stop", "timer_stop", 0, {1}},
      {"timer_stop_1e5", "timer_stop", 100'000, {1}, kTooLong},
      {"timer_stop_1e6", "timer_stop", 1'000'000, {1}, kTooLong},
      {"timer_reset", "timer_reset", 0, {1}},
      {"timer_reset_1e5", "timer_reset", 100'000, {1}, kTooLong},
      {"timer_reset_1e6", "timer_reset", 1'000'000, {1}, kTooLong},
      {"after_func_stop", "after_func_stop", 0, {1}},
      {"after_func_stop_1e5", "after_func_stop", 100'000, {1}, kTooLong},
      {"after_func_stop_1e6", "after_func_stop", 1'000'000, {1}, kTooLong},
      {"sleepers_1000", "sleepers", 1000, {2}},
      {"wake_idle", "wake_idle", 0, {2}},
      {"work_conservation", "work_conservation", 0, {2}},
      {"tight_loop", "tight_loop", 0, {2}, kTooLong},
      {"foreign_empty", "foreign_empty", 0, {1}},
      {"blocking_empty", "blocking_empty", 0, {1}},
      {"blocking_syscall", "blocking_syscall", 0, {1}},
      {"context_cancel", "context_cancel", 0, {1}},
      {"context_tree_1000", "context_tree", 1000, {1}},
  };
  return kSeries;
}

}  // namespace unpark::peers
