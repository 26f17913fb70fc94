// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Reports: panics, fatal errors, deadlocks and stack overflows, in Go's words, with goroutine
// stacks.
#include <cxxabi.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>
#include <unwind.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>
#include <typeinfo>
#include <vector>

#include "runtime/observe/symbolize.h"
#include "runtime/os/clock.h"
#include "runtime/os/explore.h"
#include "runtime/sched/sched.h"
#include "runtime/sched/scheduler.h"

namespace unpark::sched {

// noinline and opaque: both functions are declared const, so the compiler would merge a call before
// a switch with one after it and keep the address of the thread that the goroutine has left.
[[gnu::noinline]] void* ThreadEhGlobals() {
  asm volatile("");
  return abi::__cxa_get_globals();
}

[[gnu::noinline]] int* ThreadErrno() {
  asm volatile("");
  return &errno;
}

namespace {

// By WaitReason.
constexpr std::array<const char*, static_cast<std::size_t>(WaitReason::kCount)> kWaitReasons = {
    "waiting",
    "chan send",
    "chan send (nil chan)",
    "chan receive",
    "chan receive (nil chan)",
    "select",
    "select (no cases)",
    "sleep",
    "sync.Mutex.Lock",
    "sync.RWMutex.RLock",
    "sync.RWMutex.Lock",
    "sync.WaitGroup.Wait",
    "sync.Cond.Wait",
    "semacquire",
    "IO wait",
};
static_assert(kWaitReasons.back() != nullptr, "a WaitReason has no text");

// By GState.
constexpr std::array<const char*, 5> kStates = {"dead", "runnable", "running", "waiting",
                                                "blocking"};

}  // namespace

const char* WaitReasonText(WaitReason reason) {
  return kWaitReasons.at(static_cast<std::size_t>(reason));
}

namespace {

constexpr int kExitStatus = 2;  // Go's, for panics and fatal errors
constexpr int kMaxFrames = 64;
constexpr std::size_t kMaxListed = 1000;

void Write(const std::string& text) {
  const char* at = text.data();
  std::size_t left = text.size();
  while (left > 0) {
    const ssize_t n = write(STDERR_FILENO, at, left);
    if (n <= 0) return;
    at += n;
    left -= static_cast<std::size_t>(n);
  }
}

// Only one thread reports; the others wait for the end of the process.
void EnterReport() {
  static std::atomic<bool> entered{false};
  if (!entered.exchange(true)) return;
  for (;;) pause();
}

[[noreturn]] void Exit() {
  os::EndUnseen();
  _exit(kExitStatus);
}

struct Frames {
  std::array<void*, kMaxFrames> ip;
  int n = 0;
};

_Unwind_Reason_Code AddFrame(_Unwind_Context* context, void* arg) {
  auto* frames = static_cast<Frames*>(arg);
  if (frames->n == kMaxFrames) return _URC_END_OF_STACK;
  frames->ip[static_cast<std::size_t>(frames->n++)] =
      reinterpret_cast<void*>(_Unwind_GetIP(context));
  return _URC_NO_REASON;
}

// The runtime's own frames, and those of a throw, say nothing that the header does not.
bool IsPlumbing(const std::string& name) {
  for (const char* prefix :
       {"unpark::sched::", "unpark_goroutine", "unpark::Panic(", "unpark::Fatal(", "_Unwind",
        "std::terminate", "__cxa_", "__cxxabiv1"}) {
    if (name.starts_with(prefix)) return true;
  }
  return false;
}

std::string FramesText(const Frames& frames) {
  std::string text;
  for (int i = 0; i < frames.n; ++i) {
    void* ip = frames.ip[static_cast<std::size_t>(i)];
    if (ip == nullptr) break;  // the goroutine's first frame
    const std::string name =
        Symbolize(static_cast<char*>(ip) - 1);  // a return address points behind its call
    // Unnamed ones at the top are the C++ runtime's own.
    if (IsPlumbing(name) || (text.empty() && name.starts_with("0x"))) continue;
    text += name + "\n";
  }
  return text;
}

// What a report says of a goroutine beside its stack.
struct Description {
  std::uint64_t id;
  WaitReason wait_reason;
  bool is_main, locked;
  std::int64_t parked_at;
  std::source_location spawned_at;
};

// Not instrumented by ThreadSanitizer: ListGoroutines describes goroutines that go on running, so
// each word may be of another moment. A word is never torn, and what it points to never freed.
[[gnu::noinline, gnu::no_sanitize("thread")]] Description Describe(const G* g) {
  return {g->id, g->wait_reason, g->is_main, g->locked_m != nullptr, g->parked_at, g->spawned_at};
}

std::string CreatedBy(const Description& d) {
  if (d.is_main) return "";
  return std::string("created by ") + d.spawned_at.function_name() + "\n\t" +
         d.spawned_at.file_name() + ":" + std::to_string(d.spawned_at.line()) + "\n";
}

struct WalkRequest {
  M* m;
  G* g;
  Frames frames;
};

// Runs on the stack of the walked goroutine, in place of the end of its park; goes back at once.
void WalkAndReturn(void* arg) {
  auto* request = static_cast<WalkRequest*>(arg);
  _Unwind_Backtrace(AddFrame, &request->frames);
  Switch(request->m, request->g, &request->m->g0);
}

// The stack of a parked goroutine. It is resumed just far enough to walk its own stack, so no
// foreign unwinder is needed. REQUIRES: called on m's g0; nothing else can ready g.
Frames WalkParked(M* m, G* g) {
  WalkRequest request{m, g, {}};
  m->after = WalkAndReturn;
  m->after_arg = &request;
  Switch(m, &m->g0, g);
  return request.frames;
}

std::string Header(const Description& d, const char* what, std::int64_t now) {
  std::string text = "goroutine " + std::to_string(d.id) + " [" + what;
  const std::int64_t minutes = d.parked_at == 0 ? 0 : (now - d.parked_at) / 60'000'000'000;
  if (minutes >= 1) text += ", " + std::to_string(minutes) + " minutes";
  if (d.locked) text += ", locked to thread";
  return text + "]:\n";
}

std::string CurrentStack() {
  Frames frames;
  _Unwind_Backtrace(AddFrame, &frames);
  return FramesText(frames);
}

std::string CurrentGoroutineReport() {
  G* g = CurrentG();
  if (g == nullptr) return "";
  return "\ngoroutine " + std::to_string(g->id) + " [running]:\n" + CurrentStack() +
         CreatedBy(Describe(g));
}

}  // namespace

std::string CurrentExceptionText() {
  const std::exception_ptr error = std::current_exception();
  if (error == nullptr) return "std::terminate called without an exception";
  try {
    std::rethrow_exception(error);
  } catch (const PanicError& e) {
    return e.what();
  } catch (const std::exception& e) {
    int status = 0;
    char* name = abi::__cxa_demangle(typeid(e).name(), nullptr, nullptr, &status);
    std::string text = (status == 0 ? std::string(name) : typeid(e).name()) + ": " + e.what();
    std::free(name);
    return text;
  } catch (...) {
    return "an exception that is no std::exception";
  }
}

namespace {

std::terminate_handler g_previous_terminate = nullptr;

void ReportPanicAndExit() {
  if (CurrentG() == nullptr) {
    if (g_previous_terminate != nullptr) g_previous_terminate();
    std::abort();
  }
  if (explore::Explorer* e = explore::Current())
    e->Fail("panic: " + CurrentExceptionText(), CurrentGoroutineReport());
  EnterReport();
  Write("panic: " + CurrentExceptionText() + "\n" + CurrentGoroutineReport());
  Exit();
}

// The innermost and the outermost frames of a stack that may have thousands.
struct Ends {
  static constexpr std::size_t kEach = 32;
  std::array<void*, kEach> first;
  std::array<void*, kEach> last;  // a ring, once `first` is full
  std::size_t n = 0;
};

_Unwind_Reason_Code AddEnd(_Unwind_Context* context, void* arg) {
  auto* ends = static_cast<Ends*>(arg);
  void* ip = reinterpret_cast<void*>(_Unwind_GetIP(context));
  if (ends->n < Ends::kEach) {
    ends->first[ends->n] = ip;
  } else {
    ends->last[ends->n % Ends::kEach] = ip;
  }
  ++ends->n;
  return _URC_NO_REASON;
}

// Async-signal-safe.
void WriteOverflow(const Scheduler* s, const G* g) {
  std::array<char, 256> text;
  const int n = std::snprintf(text.data(), text.size(),
                              "runtime: goroutine stack exceeds %zu-byte limit\n"
                              "fatal error: stack overflow\n\ngoroutine %llu [running]:\n",
                              PoolOf(s, g)->bytes(), static_cast<unsigned long long>(g->id));
  static_cast<void>(!write(STDERR_FILENO, text.data(), static_cast<std::size_t>(n)));
}

void EndInSeconds(unsigned seconds) {
  struct sigaction action {};
  action.sa_handler = [](int) { _exit(kExitStatus); };
  sigaction(SIGALRM, &action, nullptr);
  sigset_t alarm_only;
  sigemptyset(&alarm_only);
  sigaddset(&alarm_only, SIGALRM);
  pthread_sigmask(SIG_UNBLOCK, &alarm_only, nullptr);
  alarm(seconds);
}

struct OverflowReport {
  const G* g;
  const Ends* ends;
};

void WriteOverflowStack(void* arg) {
  const auto* report = static_cast<const OverflowReport*>(arg);
  const Ends& ends = *report->ends;
  Frames first, last;
  for (std::size_t i = 0; i < std::min(ends.n, Ends::kEach); ++i)
    first.ip[static_cast<std::size_t>(first.n++)] = ends.first[i];
  const std::size_t rest = ends.n - std::min(ends.n, Ends::kEach);
  const std::size_t shown = std::min(rest, Ends::kEach);
  for (std::size_t i = ends.n - shown; i < ends.n; ++i)
    last.ip[static_cast<std::size_t>(last.n++)] = ends.last[i % Ends::kEach];
  std::string text = FramesText(first);
  if (rest > shown) text += "...additional frames elided...\n";
  Write(text + FramesText(last) + CreatedBy(Describe(report->g)));
}

struct sigaction g_previous_segv;

void OnSegv(int signal, siginfo_t* info, void* context) {
  M* m = CurrentM();
  G* g = m == nullptr ? nullptr : m->curg;
  if (g != nullptr && PoolOf(m->scheduler, g)->IsGuard(info->si_addr)) {
    EnterReport();
    WriteOverflow(m->scheduler, g);
    // The walk finds its way through the signal frame to the goroutine's. It and what follows
    // allocate and need a deep stack, so they run on the thread's own; and if the overflow came
    // inside malloc, so that its lock is held below us, an alarm ends the process all the same.
    EndInSeconds(5);
    Ends ends;
    _Unwind_Backtrace(AddEnd, &ends);
    OverflowReport report{g, &ends};
    if (m->in_foreign) {
      WriteOverflowStack(&report);
    } else {
      auto sp = reinterpret_cast<std::uintptr_t>(m->g0.context.sp) - 256;
      os::CallOnStack(reinterpret_cast<void*>(sp & ~std::uintptr_t{15}), WriteOverflowStack,
                      &report);
    }
    Exit();
  }
  if ((g_previous_segv.sa_flags & SA_SIGINFO) != 0 && g_previous_segv.sa_sigaction != nullptr) {
    g_previous_segv.sa_sigaction(signal, info, context);
  } else if (g_previous_segv.sa_handler != SIG_DFL && g_previous_segv.sa_handler != SIG_IGN) {
    g_previous_segv.sa_handler(signal);
  } else {
    // The faulting instruction runs again and ends the process as it would have; a signal that
    // somebody sent does not come back by itself.
    ::signal(signal, SIG_DFL);
    if (info->si_code <= 0) raise(signal);
  }
}

// Frees a thread's alternate stack as the thread ends.
struct AlternateStack {
  static constexpr std::size_t kBytes =
      64 << 10;  // the frame alone takes up to 12 KiB with wide vector registers
  void* base = nullptr;
  ~AlternateStack() {
    if (base == nullptr) return;
    stack_t off{};
    off.ss_flags = SS_DISABLE;
    sigaltstack(&off, nullptr);
    munmap(base, kBytes);
  }
};
thread_local AlternateStack t_alternate_stack;

}  // namespace

std::terminate_handler InstallPanicReport() {
  const std::terminate_handler previous = std::set_terminate(ReportPanicAndExit);
  if (previous != ReportPanicAndExit) g_previous_terminate = previous;
  return previous;
}

void InstallStackOverflowReport() {
  static const bool installed = [] {
    struct sigaction action {};
    action.sa_sigaction = OnSegv;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    return sigaction(SIGSEGV, &action, &g_previous_segv) == 0;
  }();
  static_cast<void>(installed);
}

void UseAlternateSignalStack() {
  stack_t now{};
  if (sigaltstack(nullptr, &now) == 0 && (now.ss_flags & SS_DISABLE) == 0)
    return;  // a sanitizer's, or the user's
  void* base = mmap(nullptr, AlternateStack::kBytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (base == MAP_FAILED) return;
  stack_t on{};
  on.ss_sp = base;
  on.ss_size = AlternateStack::kBytes;
  if (sigaltstack(&on, nullptr) == 0) {
    t_alternate_stack.base = base;
  } else {
    munmap(base, AlternateStack::kBytes);
  }
}

void WarnOfCanaries(const Scheduler* s) {
  static std::atomic<bool> warned{false};
  if (warned.exchange(true, std::memory_order_relaxed)) return;
  Write("runtime: this kernel has no more guard pages after " +
        std::to_string(s->stack_pool->guarded()) +
        " stacks; an overflow of a further one is found only when its goroutine parks or ends\n");
}

void ReportIfOverflowed(const Scheduler* s, G* g) {
  if (g->stack == nullptr || g->stack->guarded || !PoolOf(s, g)->Overflowed(g->stack)) return;
  EnterReport();
  WriteOverflow(s, g);
  Write(CurrentStack() + CreatedBy(Describe(g)));
  Exit();
}

void FatalNoStack(const Scheduler* s, const G* g) {
  Fatal("out of memory: no stack of " + std::to_string(PoolOf(s, g)->bytes()) +
        " bytes for goroutine " + std::to_string(g->id));
}

std::string ListGoroutines() {
  const os::Unseen unseen;
  Scheduler* s = SchedFromOutside();
  if (s == nullptr) return "no runtime\n";
  std::string text;
  std::size_t listed = 0, more = 0;
  const std::int64_t now = os::NowNs();
  std::lock_guard guard(s->g_lock);
  for (const GSlab* slab = s->g_slabs; slab != nullptr; slab = slab->next) {
    for (const G& each : slab->gs) {
      const G* g = &each;
      const Description d = Describe(g);
      const char* what = "running";
      switch (g->state.load(std::memory_order_acquire)) {
        case GState::kDead:
          continue;
        case GState::kRunnable:
          what = "runnable";
          break;
        case GState::kRunning:
          break;
        case GState::kWaiting:
          what = WaitReasonText(d.wait_reason);
          break;
        case GState::kBlocking:
          what = "running without a P";
      }
      if (listed < kMaxListed) {
        text += Header(d, what, now) + CreatedBy(d);
        ++listed;
      } else {
        ++more;
      }
    }
  }
  if (more > 0) text += "... and " + std::to_string(more) + " more goroutines\n";
  return text;
}

std::string WaitingText(Scheduler* s, M* m) {
  std::vector<G*> waiting;
  {
    std::lock_guard guard(s->g_lock);
    for (GSlab* slab = s->g_slabs; slab != nullptr; slab = slab->next) {
      for (G& g : slab->gs) {
        if (g.state.load(std::memory_order_relaxed) == GState::kWaiting) waiting.push_back(&g);
      }
    }
  }
  std::sort(waiting.begin(), waiting.end(), [](const G* a, const G* b) { return a->id < b->id; });
  std::string text;
  const std::int64_t now = os::NowNs();
  for (std::size_t i = 0; i < std::min(waiting.size(), kMaxListed); ++i) {
    G* g = waiting[i];
    const Description d = Describe(g);
    text += "\n" + Header(d, WaitReasonText(d.wait_reason), now) + FramesText(WalkParked(m, g)) +
            CreatedBy(d);
  }
  if (waiting.size() > kMaxListed) {
    text += "\n... and " + std::to_string(waiting.size() - kMaxListed) + " more goroutines\n";
  }
  return text;
}

const char* DeadlockText(const Scheduler* s) {
  return s->main_goexit.load(std::memory_order_relaxed)
             ? "no goroutines (main called runtime.Goexit) - deadlock!"
             : "all goroutines are asleep - deadlock!";
}

void ReportDeadlock(Scheduler* s, M* m) {
  EnterReport();
  Write(std::string("fatal error: ") + DeadlockText(s) + "\n" + WaitingText(s, m));
  Exit();
}

}  // namespace unpark::sched

extern "C" {
// Where a debugger finds goroutines: runtime/gdb.py reads it, since the debug information of an
// optimized build has no types. All 64-bit words, in the order of its LAYOUT.
extern const std::uintptr_t unpark_debug_layout[];
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Winvalid-offsetof"  // of classes with constructors; gcc allows it
[[gnu::used, gnu::retain]] const std::uintptr_t unpark_debug_layout[] = {
    2,  // of this table
    reinterpret_cast<std::uintptr_t>(&unpark::sched::g_scheduler),
    reinterpret_cast<std::uintptr_t>(unpark::sched::kWaitReasons.data()),
    unpark::sched::kWaitReasons.size(),
    reinterpret_cast<std::uintptr_t>(unpark::sched::kStates.data()),
    unpark::sched::kStates.size(),
    offsetof(unpark::sched::Scheduler, g_slabs),
    offsetof(unpark::sched::Scheduler, all_ms),
    offsetof(unpark::sched::GSlab, next),
    unpark::sched::kGSlab,
    sizeof(unpark::sched::G),
    offsetof(unpark::sched::G, id),
    offsetof(unpark::sched::G, state),
    offsetof(unpark::sched::G, wait_reason),
    offsetof(unpark::sched::G, context),
    offsetof(unpark::sched::G, spawned_at),
    offsetof(unpark::sched::M, curg),
    offsetof(unpark::sched::M, thread),
    offsetof(unpark::sched::M, all_next),
};
#pragma GCC diagnostic pop

namespace unpark {

void Panic(const std::string& text) { throw PanicError(text); }

void Fatal(const std::string& text) {
  if (explore::Explorer* e = explore::Current(); e != nullptr && sched::CurrentG() != nullptr)
    e->Fail("fatal error: " + text, sched::CurrentGoroutineReport());
  sched::EnterReport();
  sched::Write("fatal error: " + text + "\n" + sched::CurrentGoroutineReport());
  sched::Exit();
}

}  // namespace unpark
