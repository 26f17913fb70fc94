// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Context: where a suspended flow of control goes on, and the switch between two of them.
#ifndef UNPARK_RUNTIME_OS_CONTEXT_H_
#define UNPARK_RUNTIME_OS_CONTEXT_H_

#if !defined(__x86_64__) || !defined(__linux__)
#error \
    "Unpark runs on x86-64 Linux only: the context switch and the futex calls are written for it."
#endif

namespace unpark::os {

// The three words that the compiler cannot save for us; every other register is declared clobbered
// by the switch, so the compiler spills just those that are live (usually none or two).
struct Context {
  void* sp = nullptr;
  void* bp = nullptr;
  void* ip = nullptr;
};

// Saves this flow in *from and goes on in *to. Returns when somebody switches to *from, perhaps on
// another thread: a caller must read thread-local values afresh afterwards (see CurrentM).
//
// Nothing is pushed, so the red zone of the caller stays whole, and the jump is an indirect `jmp`:
// a `ret` would miss in the return predictor each time (9 ns instead of 1). The floating-point
// control words are not switched.
//
// Rejected: swapcontext (a system call for the signal mask, 177 ns); Boost's jump_fcontext (saves
// six registers that are mostly dead here, 3.8 ns).
[[gnu::always_inline]] inline void SwitchContext(Context* from, const Context* to) {
  asm volatile(
      "leaq 1f(%%rip), %%rax\n\t"
      "movq %%rsp, 0(%%rdi)\n\t"
      "movq %%rbp, 8(%%rdi)\n\t"
      "movq %%rax, 16(%%rdi)\n\t"
      "movq 0(%%rsi), %%rsp\n\t"
      "movq 8(%%rsi), %%rbp\n\t"
      "jmpq *16(%%rsi)\n"
      "1:\n\t"
      : "+D"(from), "+S"(to)
      :
      : "rax", "rbx", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "xmm0",
        "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11",
        "xmm12", "xmm13", "xmm14", "xmm15",
#ifdef __AVX512F__
        "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", "xmm23", "xmm24", "xmm25",
        "xmm26", "xmm27", "xmm28", "xmm29", "xmm30", "xmm31", "k1", "k2", "k3", "k4", "k5", "k6",
        "k7",
#endif
        "memory", "cc");
}

// Calls fn(arg) with the stack pointer at `stack` (16-byte aligned, growing down) and comes back to
// this stack. REQUIRES: fn does not throw.
[[gnu::always_inline]] inline void CallOnStack(void* stack, void (*fn)(void*), void* arg) {
  asm volatile(
      "movq %%rsp, %%rbx\n\t"
      "movq %[stack], %%rsp\n\t"
      "callq *%[fn]\n\t"
      "movq %%rbx, %%rsp\n\t"
      : "+D"(arg), [stack] "+r"(stack), [fn] "+r"(fn)
      :
      : "rax", "rbx", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "xmm0", "xmm1", "xmm2", "xmm3",
        "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14",
        "xmm15", "memory", "cc");
}

}  // namespace unpark::os

#endif  // UNPARK_RUNTIME_OS_CONTEXT_H_
