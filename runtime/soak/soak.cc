// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// The crews of the soak and the watchdog over them.
#include "runtime/soak/soak.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "runtime/chan/chan.h"
#include "runtime/chan/select.h"
#include "runtime/context/context.h"
#include "runtime/go.h"
#include "runtime/observe/counters.h"
#include "runtime/sched/sched.h"
#include "runtime/sync/cond.h"
#include "runtime/sync/mutex.h"
#include "runtime/sync/rwmutex.h"
#include "runtime/sync/waitgroup.h"
#include "runtime/time/time.h"

namespace unpark::soak {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kEpisode = 4s;  // the life of one runtime

// A crew's own random numbers (xorshift).
class Random {
 public:
  explicit Random(std::uint64_t seed) : x_(seed * 0x9E3779B97F4A7C15u + 1) {}
  std::uint64_t Next() {
    x_ ^= x_ << 13;
    x_ ^= x_ >> 7;
    x_ ^= x_ << 17;
    return x_;
  }
  int Below(int n) { return static_cast<int>((Next() >> 11) % static_cast<std::uint64_t>(n)); }

 private:
  std::uint64_t x_;
};

struct Totals {
  std::atomic<std::uint64_t> spawned{0}, finished{0}, rounds{0}, wrong{0};
  std::atomic<std::uint64_t> preemptions{0}, parks{0}, runtimes{0}, procs_changes{0};
};

// What the crews of one runtime share.
struct Site {
  Totals* totals;
  std::FILE* out;
  int goroutines;
  Preemption preemption;
  std::atomic<bool> stop{false};

  template <class F>
  void Spawn(F f) {
    totals->spawned.fetch_add(1, std::memory_order_relaxed);
    go([this, f = std::move(f)]() mutable {
      struct Finish {
        Totals* totals;
        ~Finish() { totals->finished.fetch_add(1, std::memory_order_relaxed); }
      } finish{totals};
      f();
    });
  }
  template <class F>
  void Spawn(WaitGroup* done, F f) {
    done->Add(1);
    Spawn([done, f = std::move(f)]() mutable {
      f();
      done->Done();
    });
  }
  void Expect(bool right, const char* what) {
    if (right) return;
    totals->wrong.fetch_add(1, std::memory_order_relaxed);
    std::fprintf(out, "soak: wrong: %s\n", what);
  }
};

void Spin(std::chrono::nanoseconds time, const std::function<void()>& work) {
  for (const auto end = Clock::now() + time; Clock::now() < end;) work();
}

// A crowd parks on one channel until it is closed.
void Crowd(Site* site, Random* random) {
  Chan<int> gate(0);
  WaitGroup done;
  const int n = 1 + random->Below(site->goroutines);
  for (int i = 0; i < n; ++i) site->Spawn(&done, [gate] { gate.Recv(); });
  gate.Close();
  done.Wait();
}

// Values through three stages, unbuffered and buffered: none is lost, none comes twice.
void Pipeline(Site* site, Random* random) {
  const int n = 200 + random->Below(2000);
  Chan<int> first(static_cast<std::size_t>(random->Below(3))), last(64);
  WaitGroup stages;
  for (int i = 0; i < 3; ++i) {
    site->Spawn(&stages, [=] {
      for (int v : first) last.Send(2 * v);
    });
  }
  site->Spawn([=] {
    for (int i = 1; i <= n; ++i) first.Send(i);
    first.Close();
  });
  site->Spawn([&stages, last] {
    stages.Wait();
    last.Close();
  });
  std::int64_t sum = 0;
  for (int v : last) sum += v;
  site->Expect(sum == std::int64_t{n} * (n + 1), "a pipeline's sum");
}

// Selects over two channels, a time-out and a default.
void Selects(Site* site, Random* random) {
  const int n = 100 + random->Below(500);
  Chan<int> a(0), b(1);
  WaitGroup senders;
  for (const Chan<int>& c : {a, b}) {
    site->Spawn(&senders, [c, n] {
      for (int i = 0; i < n; ++i) c.Send(1);
    });
  }
  int got = 0;
  while (got < 2 * n) {
    int value = 0;
    switch (random->Below(2)) {
      case 0:
        if (Select(Recv(a, &value), Recv(b, &value), Recv(After(50us))) < 2) got += value;
        break;
      default:
        if (Select(Recv(a, &value), Recv(b, &value), kDefault) < 2) {
          got += value;
        } else {
          Gosched();
        }
    }
  }
  senders.Wait();
  site->Expect(b.Len() == 0, "a select's surplus");
}

// Counters under each kind of lock.
void Locks(Site* site, Random* random) {
  const int tasks = 2 + random->Below(8), steps = 100 + random->Below(200);
  Mutex mutex;
  RWMutex rw;
  Cond cond(&mutex);
  int under_mutex = 0, under_rw = 0, arrived = 0;
  WaitGroup done;
  for (int t = 0; t < tasks; ++t) {
    site->Spawn(&done, [&] {
      for (int i = 0; i < steps; ++i) {
        {
          std::lock_guard guard(mutex);
          ++under_mutex;
        }
        if (i % 4 == 0) {
          std::lock_guard guard(rw);
          ++under_rw;
        } else {
          rw.RLock();
          site->Expect(under_rw >= 0, "a reader's view");
          rw.RUnlock();
        }
      }
      std::lock_guard guard(mutex);
      ++arrived;
      cond.Broadcast();
      while (arrived < tasks) cond.Wait();
    });
  }
  done.Wait();
  site->Expect(under_mutex == tasks * steps, "a count under a Mutex");
  site->Expect(under_rw == tasks * ((steps + 3) / 4), "a count under a RWMutex");
}

// Sleeps, functions that fire or are stopped, a ticker.
void Timers(Site* site, Random* random) {
  const int n = 20 + random->Below(100);
  WaitGroup done;
  for (int i = 0; i < n; ++i) {
    site->Spawn(&done, [us = random->Below(3000)] { Sleep(us * 1us); });
  }
  auto fired = std::make_shared<std::atomic<int>>(0);
  int pending = 0;
  std::vector<Timer> timers;
  for (int i = 0; i < n; ++i) {
    timers.push_back(AfterFunc(random->Below(500) * 1us, [fired] { ++*fired; }));
  }
  for (const Timer& timer : timers) pending += !timer.Stop();
  Ticker ticker(100us);
  while (*fired < pending) ticker.C().Recv();
  ticker.Stop();
  done.Wait();
  site->Expect(*fired == pending, "a stopped timer fired");
}

// A tree of contexts ends by cancel or by its deadline; all who wait see it.
void Cancellation(Site* site, Random* random) {
  auto [root, cancel] = WithTimeout(Background(), (1 + random->Below(20)) * 1ms);
  std::atomic<int> ended{0};
  const int n = 10 + random->Below(200);
  WaitGroup done;
  for (int i = 0; i < n; ++i) {
    site->Spawn(&done, [&, parent = root] {
      auto [child, cancel_child] = WithCancel(parent);
      child.Done().Recv();
      if (child.Err()) ++ended;
      cancel_child();
    });
  }
  if (random->Below(2) == 0) cancel();
  done.Wait();
  cancel();
  site->Expect(ended == n, "a cancelled context without an error");
}

// Reads that wait in the kernel, in a Blocking section and, as one should not, outside of any.
void Kernel(Site* site, Random* random) {
  std::array<int, 2> fds;
  if (pipe(fds.data()) != 0) {
    site->Expect(false, "pipe");
    return;
  }
  const int n = 1 + random->Below(100);
  const bool wrapped = site->preemption != Preemption::kAsync || random->Below(4) != 0;
  WaitGroup done;
  site->Spawn(&done, [&] {
    char c = 0;
    for (int i = 0; i < n; ++i) {
      const auto get = [&] { return read(fds[0], &c, 1); };
      site->Expect((wrapped ? Blocking(get) : get()) == 1, "a read");
    }
  });
  for (int i = 0; i < n; ++i) {
    if (i % 8 == 0) Gosched();
    site->Expect(write(fds[1], "x", 1) == 1, "a write");
  }
  done.Wait();
  close(fds[0]);
  close(fds[1]);
}

std::mutex g_std_mutex;

// Goroutines that run on past their slice: in plain code, malloc, throw, under a std::mutex, in
// foreign calls, locked to their thread.
void Hogs(Site* site, Random* random) {
  WaitGroup done;
  const int n = 1 + random->Below(6);
  for (int i = 0; i < n; ++i) {
    site->Spawn(&done, [site, kind = random->Below(6), n = 5 + random->Below(25)] {
      const auto allocate = [] { std::free(std::malloc(100)); };
      // Where hogs keep their P, a run queue of them would keep it for hours from what waits in the
      // global queue, which has one turn in 61.
      const std::chrono::nanoseconds time =
          site->preemption == Preemption::kAsync ? n * 1ms : n * 10us;
      switch (kind) {
        case 0:
          Spin(time, [] {});
          break;
        case 1:
          Spin(time, allocate);
          break;
        case 2:
          Spin(time, [] {
            try {
              throw std::runtime_error("hog");
            } catch (const std::runtime_error&) {
            }
          });
          break;
        case 3:
          Spin(time, [&] {
            std::lock_guard guard(g_std_mutex);
            allocate();
          });
          break;
        case 4:
          Foreign([&] { Spin(time, allocate); });
          break;
        default:
          LockOSThread();
          Spin(time, [] {});
          Gosched();
          UnlockOSThread();
      }
    });
  }
  done.Wait();
}

void ChangeProcs(Site* site, Random* random) {
  GOMAXPROCS(1 + random->Below(8));
  site->totals->procs_changes.fetch_add(1, std::memory_order_relaxed);
  Sleep(random->Below(5000) * 1us);
}

// Goroutines that end by exception or Goexit.
void Ends(Site* site, Random* random) {
  WaitGroup done;
  for (int i = 0, n = random->Below(50); i < n; ++i) {
    done.Add(1);
    site->Spawn([&done, how = random->Below(3)] {
      struct Done {
        WaitGroup* done;
        ~Done() { done->Done(); }
      } guard{&done};
      if (how == 0) Goexit();
      try {
        if (how == 1) Panic("caught");
        Gosched();
      } catch (const PanicError&) {
        Gosched();
      }
    });
  }
  done.Wait();
}

struct Crew {
  const char* name;
  void (*round)(Site*, Random*);
};
constexpr std::array<Crew, 10> kCrews{{{"crowd", Crowd},
                                       {"pipeline", Pipeline},
                                       {"select", Selects},
                                       {"locks", Locks},
                                       {"timers", Timers},
                                       {"cancellation", Cancellation},
                                       {"kernel", Kernel},
                                       {"hogs", Hogs},
                                       {"procs", ChangeProcs},
                                       {"ends", Ends}}};

// One runtime with options of its own.
void Episode(Totals* totals, const Config& config, std::FILE* out, Clock::time_point end,
             Random* random) {
  Options options;
  options.procs = 1 + random->Below(8);
  options.preemption =
      random->Below(3) == 0 ? static_cast<Preemption>(random->Below(4)) : Preemption::kAsync;
  options.spinning = random->Below(4) != 0;
  options.runnext = random->Below(4) != 0;
  options.deadlock_check = !config.stall;
  Site site{totals, out, config.goroutines, options.preemption};
  Main(options, [&] {
    if (config.stall) Chan<int>().Recv();
    WaitGroup crews;
    for (const Crew& crew : kCrews) {
      site.Spawn(&crews, [&, crew, seed = random->Next()] {
        Random own(seed);
        while (!site.stop) {
          crew.round(&site, &own);
          totals->rounds.fetch_add(1, std::memory_order_relaxed);
        }
      });
    }
    while (Clock::now() < end) Sleep(1ms);
    site.stop = true;
    crews.Wait();
    // Those that have said that they are done, and AfterFuncs, are about to end.
    while (NumGoroutine() > 1) Gosched();
    const Counters counters = ReadCounters();
    site.Expect(counters.spawns == counters.exits, "spawns and exits of a runtime");
    totals->preemptions += counters.preempt_honoured;
    totals->parks += counters.parks();
    ++totals->runtimes;
  });
}

long ResidentMegabytes() {
  std::ifstream statm("/proc/self/statm");
  long size = 0, resident = 0;
  statm >> size >> resident;
  return resident * sysconf(_SC_PAGESIZE) / (1 << 20);
}

void WriteLine(const Totals& t, std::FILE* out, const char* prefix, long seconds, const char* end) {
  std::fprintf(out,
               "%s%ld s: %llu goroutines, %llu rounds, %llu parks, %llu preemptions, %llu changes "
               "of GOMAXPROCS, %llu runtimes, %ld MB%s\n",
               prefix, seconds, static_cast<unsigned long long>(t.finished),
               static_cast<unsigned long long>(t.rounds), static_cast<unsigned long long>(t.parks),
               static_cast<unsigned long long>(t.preemptions),
               static_cast<unsigned long long>(t.procs_changes),
               static_cast<unsigned long long>(t.runtimes), ResidentMegabytes(), end);
  std::fflush(out);
}

// Writes the progress; ends the process when there is none.
class Watchdog {
 public:
  Watchdog(const Config& config, const Totals* totals, std::FILE* out)
      : thread_([=, this] { Watch(config, totals, out); }) {}
  ~Watchdog() {
    over_ = true;
    thread_.join();
  }

 private:
  void Watch(const Config& config, const Totals* totals, std::FILE* out) {
    const auto begin = Clock::now();
    const auto period = config.time > 60s ? 10s : 1s;
    auto next_line = begin + period;
    auto moved = begin;
    std::uint64_t seen = 0;
    while (!over_) {
      std::this_thread::sleep_for(50ms);
      const auto now = Clock::now();
      const std::uint64_t progress = totals->finished + totals->rounds;
      if (progress != seen) {
        seen = progress;
        moved = now;
      } else if (now - moved > config.patience) {
        std::fprintf(out, "soak: nothing has moved for %lld ms\n%s",
                     static_cast<long long>(config.patience.count()),
                     sched::ListGoroutines().c_str());
        std::fflush(out);
        _exit(1);
      }
      if (now < next_line) continue;
      next_line += period;
      WriteLine(
          *totals, out, "  ",
          static_cast<long>(std::chrono::duration_cast<std::chrono::seconds>(now - begin).count()),
          "");
    }
  }

  std::atomic<bool> over_{false};
  std::thread thread_;
};

}  // namespace

int Run(const Config& config, std::FILE* out) {
  Totals totals;
  Random random(config.seed);
  {
    Watchdog watchdog(config, &totals, out);
    const auto end = Clock::now() + config.time;
    while (Clock::now() < end) {
      Episode(&totals, config, out, std::min<Clock::time_point>(end, Clock::now() + kEpisode),
              &random);
    }
  }
  const std::uint64_t lost = totals.spawned - totals.finished;
  if (lost != 0) ++totals.wrong;
  const std::string end = "; seed " + std::to_string(config.seed) + ", spawned " +
                          std::to_string(totals.spawned) + ", finished " +
                          std::to_string(totals.finished) + ", lost " + std::to_string(lost) +
                          ", wrong " + std::to_string(totals.wrong);
  WriteLine(totals, out, "soak: ", static_cast<long>(config.time.count()), end.c_str());
  return totals.wrong == 0 ? 0 : 1;
}

}  // namespace unpark::soak
