// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// What the thread and address sanitizers must be told of goroutines; empty in ordinary builds.
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
#endif
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

namespace unpark::os {

// One flow of control as a sanitizer sees it: a goroutine or the scheduler's flow of a thread.
struct SanitizerFlow {
#if defined(__SANITIZE_THREAD__)
  void* fiber = nullptr;
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
};

// Call right before a switch to `to`. `dying`: this flow will not come back.
[[gnu::always_inline]] inline void BeforeSwitch([[maybe_unused]] SanitizerFlow* from,
                                                [[maybe_unused]] SanitizerFlow* to,
                                                [[maybe_unused]] bool dying) {
#if defined(__SANITIZE_THREAD__)
  // Flag 0: the switch itself orders what was before it with what comes after, as one thread's
  // program order does.
  __tsan_switch_to_fiber(to->fiber, 0);
#endif
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_start_switch_fiber(dying ? nullptr : &from->fake_stack, to->bottom, to->size);
#endif
}

// Call first thing after a switch has arrived in `self`.
[[gnu::always_inline]] inline void AfterArrival([[maybe_unused]] SanitizerFlow* self) {
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
