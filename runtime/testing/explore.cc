// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// One run under a chooser, and the loop over runs.
//
// Invariants of a run, all on the runtime's one thread:
//   - a goroutine is running, or in runnable_, or in lock_waiters_, or parked (state kWaiting), or
//     the clock or the main goroutine set aside; exactly one of these;
//   - runnable_ is sorted by goroutine id, and ids are given in the order of `go`, so equal choices
//     make equal runs;
//   - a switch happens only at a point, at a spin lock that is taken, or in a park.
#include "runtime/testing/explore.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>
#include <vector>

#include "runtime/go.h"
#include "runtime/sched/sched.h"
#include "runtime/sched/scheduler.h"
#include "runtime/testing/strategy.h"

namespace unpark::testing {
namespace internal {
namespace {

using sched::G;
using sched::GState;
using sched::M;
using sched::Sched;

constexpr std::int64_t kStartNs = 1'000'000'000;  // 0 means "no timer"
constexpr std::size_t kLastOperations = 30;

class Run;
Run* g_run = nullptr;  // there is one runtime at a time

class Run final : public explore::Explorer {
 public:
  Run(const ExploreOptions& options, Chooser* chooser) : options_(options), chooser_(chooser) {
    now_ns = kStartNs;
    g_run = this;
  }

  // The body of the main goroutine.
  void Main(const std::function<void()>& program) {
    Sched()->coarse_now.store(now_ns, std::memory_order_relaxed);
    main_ = sched::CurrentG();
    MakeClock();
    explore::Bind(this);
    program();
    returned_ = true;
    // Set aside until no other goroutine can run: Find wakes us, or fails the run.
    if (options_.leaks_fail) sched::Park(sched::WaitReason::kNone, SetAside, main_);
    over_ = true;
  }

  bool failed() const { return failed_; }
  Failure& failure() { return failure_; }
  const Schedule& schedule() const { return schedule_; }
  std::uint64_t points() const { return points_; }

  void Operation(const char* name) override {
    if (!AtPoint()) return;
    last_[operations_++ % kLastOperations] = {sched::CurrentG()->id, name};
    Point();
  }

  void Access() override {
    if (options_.detail == Detail::kAccesses && AtPoint()) Point();
  }

  void Yield() override {
    if (!AtPoint()) return;
    G* self = sched::CurrentG();
    last_[operations_++ % kLastOperations] = {self->id, "Gosched"};
    CountPoint();
    chooser_->Yielded(self->id);
    if (G* next = Next(nullptr)) SwitchTo(self, next);
  }

  void Ready(G* g) override {
    const GState state = g->state.load(std::memory_order_relaxed);
    if (state != GState::kWaiting) {
      Fail("goroutine " + std::to_string(g->id) + " was readied while it was not parked", "");
    }
    Enqueue(g);
  }
  void Start(G* g) override { Enqueue(g); }

  G* Pick() override {
    if (over_) return nullptr;
    if (chosen_ != nullptr) return std::exchange(chosen_, nullptr);
    // With nobody there let Find look: what the parking goroutine leaves to its successor, such as
    // an unlock, may wake somebody, and time must stand still as long as anybody can run.
    return runnable_.empty() ? nullptr : Next(nullptr);
  }

  G* Find() override {
    if (over_) return nullptr;
    if (G* g = Next(nullptr)) return g;
    sched::Scheduler* s = Sched();
    if (returned_) {
      if (sched::GoroutineCount() == 1) return main_;
      Record("goroutines are left behind", sched::WaitingText(s, sched::CurrentM()));
    } else {
      Record(std::string("fatal error: ") + sched::DeadlockText(s),
             sched::WaitingText(s, sched::CurrentM()));
    }
    return nullptr;
  }

  bool AwaitUnlock(const void* lock) override {
    if (!AtPoint()) return false;
    lock_waiters_.emplace_back(lock, sched::CurrentG());
    sched::Park(sched::WaitReason::kNone, nullptr, nullptr);
    return true;
  }
  void Unlocked(const void* lock) override {
    std::erase_if(lock_waiters_, [&](const auto& waiter) {
      if (waiter.first != lock) return false;
      Enqueue(waiter.second);
      return true;
    });
    Access();
  }

  std::uint32_t Random(std::uint32_t n) override {
    if (n < 2 || over_) return 0;
    return static_cast<std::uint32_t>(Note(chooser_->Number(n)));
  }

  [[noreturn]] void Fail(const std::string& what, const std::string& stack) override {
    Record(what, stack);
    M* m = sched::CurrentM();
    G* self = m->curg;
    self->state.store(GState::kWaiting, std::memory_order_relaxed);
    m->after = nullptr;
    sched::Switch(m, self, &m->g0);
    __builtin_unreachable();
  }

 private:
  struct Operated {
    std::uint64_t goroutine;
    const char* name;
  };

  bool AtPoint() const {
    M* m = sched::CurrentM();
    // A state other than running: in the middle of a park.
    return !over_ && indivisible == 0 && m->curg != nullptr && !m->in_foreign &&
           m->curg->state.load(std::memory_order_relaxed) == GState::kRunning;
  }

  void CountPoint() {
    if (++points_ <= options_.steps) return;
    const std::string bound = " after " + std::to_string(options_.steps) + " points";
    Fail(returned_ ? "goroutines are left behind: some still run" + bound
                   : "livelock: the program still runs" + bound,
         "");
  }

  void Point() {
    CountPoint();
    G* self = sched::CurrentG();
    G* next = Next(self);
    if (next != self) SwitchTo(self, next);
  }

  // Chooses among `running` (nullptr: nobody), the runnable ones and the clock, and takes the
  // chosen one out. nullptr: there is nobody.
  G* Next(G* running) {
    candidates_.clear();
    ids_.clear();
    if (running != nullptr) candidates_.push_back(running);
    candidates_.insert(candidates_.end(), runnable_.begin(), runnable_.end());
    if (clock_aside_ && sched::CurrentM()->p->timers.NextRelaxed() != 0 &&
        (options_.clock == Clock::kRaces || candidates_.empty())) {
      candidates_.push_back(clock_);
    }
    if (candidates_.empty()) return nullptr;
    std::size_t i = 0;
    if (candidates_.size() > 1) {
      for (const G* g : candidates_) ids_.push_back(g->id);
      i = Note(chooser_->Goroutine(ids_, running != nullptr));
    }
    G* g = candidates_[i];
    if (g == clock_ && clock_aside_) {
      clock_aside_ = false;
    } else if (g != running) {
      runnable_.erase(std::find(runnable_.begin(), runnable_.end(), g));
    }
    return g;
  }

  std::size_t Note(std::size_t choice) {
    schedule_.push_back(static_cast<std::uint32_t>(choice));
    return choice;
  }

  // Leaves `self` runnable for `next`.
  void SwitchTo(G* self, G* next) {
    chosen_ = next;
    sched::Park(
        sched::WaitReason::kNone, [](void* g) { g_run->Enqueue(static_cast<G*>(g)); }, self);
  }

  void Enqueue(G* g) {
    g->state.store(GState::kRunnable, std::memory_order_relaxed);
    const auto before = [](const G* a, const G* b) { return a->id < b->id; };
    runnable_.insert(std::upper_bound(runnable_.begin(), runnable_.end(), g, before), g);
  }

  // An `after`: the goroutine neither waits for anything nor may it be chosen.
  static void SetAside(void* g) {
    static_cast<G*>(g)->state.store(GState::kRunnable, std::memory_order_relaxed);
    if (g == g_run->clock_) g_run->clock_aside_ = true;
  }

  // Timers fire in a goroutine of their own, so that other goroutines can come in between.
  void MakeClock() {
    clock_ = sched::NewG();
    clock_->closure = [](G*, G::Op op) {
      if (op == G::Op::kRun) g_run->KeepTime();
    };
    clock_->state.store(GState::kRunnable, std::memory_order_relaxed);
    clock_aside_ = true;
  }
  [[noreturn]] void KeepTime() {
    for (;;) {
      sched::TimerHeap& timers = sched::CurrentM()->p->timers;
      now_ns = std::max(now_ns, timers.Next());
      Sched()->coarse_now.store(now_ns, std::memory_order_relaxed);
      timers.FireDue(now_ns);
      sched::Park(sched::WaitReason::kNone, SetAside, clock_);
    }
  }

  void Record(const std::string& what, const std::string& dump) {
    over_ = failed_ = true;
    failure_.what = what;
    failure_.dump = dump;
    for (std::uint64_t i = operations_ - std::min<std::uint64_t>(operations_, kLastOperations);
         i < operations_; ++i) {
      const Operated& o = last_[i % kLastOperations];
      failure_.last += "goroutine " + std::to_string(o.goroutine) + ": " + o.name + "\n";
    }
    sched::RequestStop(Sched());
  }

  const ExploreOptions& options_;
  Chooser* const chooser_;
  Schedule schedule_;
  std::vector<G*> runnable_;
  std::vector<std::pair<const void*, G*>> lock_waiters_;  // goroutines and the spin locks they want
  G* main_ = nullptr;
  G* clock_ = nullptr;
  bool clock_aside_ = false;
  G* chosen_ = nullptr;    // by a point, for the Pick of its park
  bool returned_ = false;  // the program has
  bool over_ = false;
  bool failed_ = false;
  Failure failure_;
  std::uint64_t points_ = 0, operations_ = 0;
  std::array<Operated, kLastOperations> last_{};
  std::vector<G*> candidates_;      // of Next
  std::vector<std::uint64_t> ids_;  // of Next
};

struct Outcome {
  bool failed = false;
  Failure failure;
  Schedule schedule;
  std::uint64_t points = 0;
};

Outcome RunOnce(const ExploreOptions& options, Chooser* chooser,
                const std::function<void()>& program) {
  struct Requested {
    Requested() { explore::Request(true); }
    ~Requested() { explore::Request(false); }
  } requested;
  Run run(options, chooser);
  chooser->Begin();
  Options runtime;
  runtime.procs = 1;
  runtime.stack_bytes = options.stack_bytes;
  unpark::Main(runtime, [&] { run.Main(program); });
  return {run.failed(), std::move(run.failure()), run.schedule(), run.points()};
}

// Takes back one choice after the other as long as the run fails the same way.
Outcome Shrink(const ExploreOptions& options, Outcome failed,
               const std::function<void()>& program) {
  constexpr int kAttempts = 300;
  int attempts = 0;
  for (std::size_t i = failed.schedule.size(); i-- > 0 && attempts < kAttempts;) {
    if (i >= failed.schedule.size() || failed.schedule[i] == 0) continue;
    Schedule simpler = failed.schedule;
    simpler[i] = 0;
    const auto chooser = Replay(std::move(simpler));
    Outcome outcome = RunOnce(options, chooser.get(), program);
    ++attempts;
    if (outcome.failed && outcome.failure.what == failed.failure.what) failed = std::move(outcome);
  }
  return failed;
}

void CheckOptions(const ExploreOptions& o) {
  const auto refuse = [](const char* field, std::int64_t value, const char* want) {
    throw std::invalid_argument(std::string("testing::ExploreOptions: ") + field + " is " +
                                std::to_string(value) + ", not " + want);
  };
  if (o.runs == 0) refuse("runs", 0, "at least 1");
  if (o.depth < 1) refuse("depth", o.depth, "at least 1");
  if (o.preemptions < -1) refuse("preemptions", o.preemptions, "at least -1");
  if (o.steps == 0) refuse("steps", 0, "at least 1");
}

}  // namespace
}  // namespace internal

Exploration Explore(const ExploreOptions& asked, const std::function<void()>& program) {
  if constexpr (!explore::kBuilt) {
    throw std::logic_error(
        "testing::Explore: this build has no explore points; make the test an explore_test "
        "(runtime/testing/explore.bzl)");
  }
  ExploreOptions options = asked;
  internal::CheckOptions(options);
  const auto chooser = options.replay.empty()
                           ? internal::MakeChooser(options)
                           : internal::Replay(internal::FromText(options.replay, &options));
  Exploration result;
  for (bool more = true; more && result.runs < options.runs;) {
    internal::Outcome outcome = internal::RunOnce(options, chooser.get(), program);
    ++result.runs;
    result.longest = std::max(result.longest, outcome.points);
    if (outcome.failed) {
      if (options.shrink && options.replay.empty())
        outcome = internal::Shrink(options, std::move(outcome), program);
      outcome.failure.run = result.runs;
      outcome.failure.schedule = internal::ToText(outcome.schedule, options);
      result.failure = std::move(outcome.failure);
      return result;
    }
    more = chooser->End();
    result.exhausted = !more && options.replay.empty();
  }
  return result;
}

std::string Exploration::Report() const {
  if (ok()) return "explore: no failure in " + std::to_string(runs) + " runs\n";
  const Failure& f = *failure;
  return "explore: run " + std::to_string(f.run) + " failed: " + f.what + "\n" + f.dump +
         "\nlast operations:\n" + f.last + "\nreplay: testing::Explore({.replay = \"" + f.schedule +
         "\"}, program)\n";
}

void Check(bool holds, const std::string& text) {
  if (holds) return;
  if (explore::Explorer* e = explore::Current(); e != nullptr && sched::CurrentG() != nullptr)
    e->Fail("check failed: " + text, "");
  Panic("check failed: " + text);
}

}  // namespace unpark::testing
