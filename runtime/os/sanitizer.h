// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// What the thread and address sanitizers must be told of goroutines; empty in ordinary builds.
//
// ThreadSanitizer takes each goroutine for a thread of its own. That two of them run on one thread
// orders nothing between them, or it would miss their races; what does is said explicitly, and
// nothing more:
//   1. A switch says nothing (flag 1 of __tsan_switch_to_fiber).
//   2. The scheduler's own code is not seen (Unseen): neither its accesses, which rest on "this
//   thread" and "this P", nor its synchronization, which would order goroutines by chance.
//   3. `go` and Ready happen before what the goroutine does next (SanitizerFlow::Publish, Arrived).
//   4. Park happens before whoever takes the lock that it hands to its `after` (ReleaseTo): the
//   unlock itself is made by another flow, unseen.
//   5. Filing a timer with an owner happens before it fires (ReleaseTo, AcquireFrom).
//   6. A goroutine's end happens before a GoroutineCount that no longer counts it; all that ran on
//   a thread happens before the return of Main, which joins it.
// Channels and locks above the scheduler are seen as they are. An explored runtime (explore.h) has
// one thread, and its switches order everything.
#ifndef UNPARK_RUNTIME_OS_SANITIZER_H_
#define UNPARK_RUNTIME_OS_SANITIZER_H_

#include <cstddef>

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define UNPARK_SANITIZER 1
#else
#define UNPARK_SANITIZER 0
#endif

#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>

#include <atomic>
#endif
#if defined(__SANITIZE_THREAD__) && !defined(UNPARK_EXPLORE)
#define UNPARK_TSAN_UNORDERED 1
#else
#define UNPARK_TSAN_UNORDERED 0
#endif
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

namespace unpark::os {

#if UNPARK_TSAN_UNORDERED

// How many Unseen blocks the running flow is in. Set by a switch.
int UnseenDepth();
void SetUnseenDepth(int depth);

// Until the end of the block ThreadSanitizer sees nothing of what this flow does. The block may
// switch. Nests.
class Unseen {
 public:
  Unseen() { SetUnseenDepth(UnseenDepth() + 1); }
  ~Unseen() { SetUnseenDepth(UnseenDepth() - 1); }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;
};

// The opposite, within an Unseen block: around a call of user's code. The block must not switch.
class Seen {
 public:
  Seen() : depth_(UnseenDepth()) { SetUnseenDepth(0); }
  ~Seen() { SetUnseenDepth(depth_); }
  Seen(const Seen&) = delete;
  Seen& operator=(const Seen&) = delete;

 private:
  const int depth_;
};

// ThreadSanitizer does not let a thread end within an Unseen block, nor the process.
inline void EndUnseen() { SetUnseenDepth(0); }

// What this flow has done happens before what a flow does after AcquireFrom(address).
inline void ReleaseTo(void* address) { __tsan_release(address); }
inline void AcquireFrom(void* address) { __tsan_acquire(address); }
// Races on this memory are none: it has one user at a time, by means that are unseen.
void Trust(void* begin, std::size_t size);
// The same of this thread's thread-locals: the flows that it runs, run one at a time.
void TrustThreadLocals();
// Nobody has used this memory before; its content is lost but for the last `keep` bytes. Whole
// pages.
void Renew(char* begin, std::size_t size, std::size_t keep);

#else

class Unseen {
 public:
  Unseen() {}
};
class Seen {
 public:
  Seen() {}
};
inline void ReleaseTo(void*) {}
inline void AcquireFrom(void*) {}
inline void EndUnseen() {}
inline void Trust(void*, std::size_t) {}
inline void TrustThreadLocals() {}

#endif

// One flow of control as a sanitizer sees it: a goroutine or the scheduler's flow of a thread.
struct SanitizerFlow {
#if defined(__SANITIZE_THREAD__)
  void* fiber = nullptr;
  int unseen_depth = 0;  // while it does not run
  std::atomic<int> readied{0};
#endif
#if defined(__SANITIZE_ADDRESS__)
  void* fake_stack = nullptr;
  const void* bottom = nullptr;
  std::size_t size = 0;
#endif

  void BindThread([[maybe_unused]] void* stack_bottom, [[maybe_unused]] std::size_t stack_size) {
#if defined(__SANITIZE_THREAD__)
    fiber = __tsan_get_current_fiber();
#endif
#if defined(__SANITIZE_ADDRESS__)
    bottom = stack_bottom;
    size = stack_size;
#endif
  }
  void Create([[maybe_unused]] void* stack_bottom, [[maybe_unused]] std::size_t stack_size) {
#if defined(__SANITIZE_THREAD__)
    fiber = __tsan_create_fiber(0);
    unseen_depth = 0;
#endif
#if defined(__SANITIZE_ADDRESS__)
    bottom = stack_bottom;
    size = stack_size;
    fake_stack = nullptr;
#endif
  }
  // REQUIRES: another flow runs on this thread.
  void Destroy() {
#if defined(__SANITIZE_THREAD__)
    if (fiber != nullptr) __tsan_destroy_fiber(fiber);
    fiber = nullptr;
#endif
  }
  // What the caller has done happens before what this flow does after Arrived. A store, so that
  // what was published to an earlier user of a recycled G is forgotten.
  void Publish() {
#if UNPARK_TSAN_UNORDERED
    readied.store(1, std::memory_order_release);
#endif
  }
  void Arrived() {
#if UNPARK_TSAN_UNORDERED
    readied.load(std::memory_order_acquire);
#endif
  }
};

// Call right before a switch to `to`. `dying`: this flow will not come back. `thread` names the
// thread for AcquireFrom by who joins it.
[[gnu::always_inline]] inline void BeforeSwitch([[maybe_unused]] SanitizerFlow* from,
                                                [[maybe_unused]] SanitizerFlow* to,
                                                [[maybe_unused]] bool dying,
                                                [[maybe_unused]] void* thread) {
#if UNPARK_TSAN_UNORDERED
  void* fiber = to->fiber;
  from->unseen_depth = UnseenDepth();
  SetUnseenDepth(0);  // a flow must not end with anything ignored
  ReleaseTo(thread);
  __tsan_switch_to_fiber(fiber, 1);
#elif defined(__SANITIZE_THREAD__)
  __tsan_switch_to_fiber(to->fiber, 0);
#endif
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_start_switch_fiber(dying ? nullptr : &from->fake_stack, to->bottom, to->size);
#endif
}

// Call first thing after a switch has arrived in `self`.
[[gnu::always_inline]] inline void AfterArrival([[maybe_unused]] SanitizerFlow* self) {
#if UNPARK_TSAN_UNORDERED
  SetUnseenDepth(self->unseen_depth);
#endif
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(self->fake_stack, nullptr, nullptr);
#endif
}

// Around a call that runs on another flow's stack without becoming that flow.
[[gnu::always_inline]] inline void BeforeForeign([[maybe_unused]] SanitizerFlow* self,
                                                 [[maybe_unused]] SanitizerFlow* stack_owner) {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_start_switch_fiber(&self->fake_stack, stack_owner->bottom, stack_owner->size);
  __sanitizer_finish_switch_fiber(nullptr, nullptr, nullptr);
#endif
}

[[gnu::always_inline]] inline void AfterForeign([[maybe_unused]] SanitizerFlow* self,
                                                [[maybe_unused]] SanitizerFlow* stack_owner) {
#if defined(__SANITIZE_ADDRESS__)
  void* none = nullptr;
  __sanitizer_start_switch_fiber(&none, self->bottom, self->size);
  __sanitizer_finish_switch_fiber(self->fake_stack, nullptr, nullptr);
#endif
}

}  // namespace unpark::os

#endif  // UNPARK_RUNTIME_OS_SANITIZER_H_
