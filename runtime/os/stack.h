// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Stacks: goroutine stacks cut from large reserved slabs, each above a guard page.
#ifndef UNPARK_RUNTIME_OS_STACK_H_
#define UNPARK_RUNTIME_OS_STACK_H_

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "runtime/os/sanitizer.h"

namespace unpark::os {

// What lies at the high end of each stack, in use or free: that page is the warm one.
struct alignas(16) FreeStack {
  FreeStack* next = nullptr;        // within a batch
  FreeStack* next_batch = nullptr;  // between batches, in the first stack of each
  bool guarded = true;              // else its lowest page is a canary: see StackPool::Overflowed
#if UNPARK_TSAN_UNORDERED
  bool used = false;  // by a goroutine that has ended; for Renew
#endif
};

// How stacks are kept from running into their neighbour.
enum class GuardKind {
  kMadvise,   // MADV_GUARD_INSTALL, Linux 6.13: no extra mapping per stack
  kMprotect,  // older kernels: one mapping each, up to half of vm.max_map_count
  kNone,      // guards have run out: the stack's lowest page is a canary
};

// For tests: pools made from now on guard stacks at best by `kind`, and mprotect at most
// `mprotect_guards` of them, as on a kernel that cannot do more.
void LimitGuards(GuardKind kind, std::uint64_t mprotect_guards);

extern std::atomic<bool> g_canaries_in_use;
// Whether any stack of the process has a canary instead of a guard page.
inline bool CanariesInUse() { return g_canaries_in_use.load(std::memory_order_relaxed); }

// The process-wide store of stacks of one size. Stacks are handed out and taken back in batches, so
// that a P's magazine touches the lock once per batch. Thread-safe.
//
// A stack is named by its high end minus sizeof(FreeStack): see Top and Bottom.
class StackPool {
 public:
  static constexpr int kBatch = 32;
  static constexpr std::size_t kLeastBytes = std::size_t{16} << 10,
                               kMostBytes = std::size_t{1} << 30;

  // Whether stacks can have this size: a power of two from kLeastBytes to kMostBytes.
  static bool IsSize(std::size_t bytes) {
    return bytes >= kLeastBytes && bytes <= kMostBytes && std::has_single_bit(bytes);
  }

  // Stacks of `bytes`, guard page included. REQUIRES: IsSize.
  explicit StackPool(std::size_t bytes);
  StackPool(const StackPool&) = delete;
  StackPool& operator=(const StackPool&) = delete;

  // A list of kBatch stacks; nullptr when the system has no more memory. *fresh: no goroutine has
  // used them yet.
  FreeStack* TakeBatch(bool* fresh);
  void GiveBatch(FreeStack* batch);
  // The same one by one, for sizes that few goroutines ask for. These are never scavenged.
  FreeStack* TakeOne();
  void GiveOne(FreeStack* stack);

  // Gives memory of stacks that nobody has needed for a while back to the system, a few at a time:
  // batches that lay in the pool for a whole kIdleNs in which it did not grow. True while there is
  // more to be given.
  bool Scavenge(std::int64_t now_ns);
  // When Scavenge may next have something to do; 0: not before more stacks come back.
  std::int64_t NextScavenge() const;
  static constexpr std::int64_t kIdleNs = 100'000'000;

  std::size_t bytes() const { return bytes_; }
  char* Top(FreeStack* stack) const { return reinterpret_cast<char*>(stack); }
  char* Bottom(FreeStack* stack) const { return Top(stack) + sizeof(FreeStack) - bytes_; }

#if UNPARK_TSAN_UNORDERED
  // What the stack's last goroutine did has nothing to do with its next.
  void Renew(FreeStack* stack);
#endif

  // Whether the lowest page of a stack without guard has been written. That page is no goroutine's
  // to use, and all zeros when new: reading it costs no memory. A frame that leaps over the whole
  // page is missed. REQUIRES: !stack->guarded.
  bool Overflowed(FreeStack* stack) const;
  // Whether `address` lies in a guard page of this pool.
  bool IsGuard(const void* address) const;
  // Whether `address` lies in any slab of this pool.
  bool Contains(const void* address) const;
  // Stacks that have a guard page, and stacks that have none since the kernel ran out of mappings.
  std::uint64_t guarded() const;
  std::uint64_t unguarded() const;

 private:
  struct State;
  FreeStack* CutBatch();
  void Chill(FreeStack* batches);
  static void Thaw(FreeStack* batch);
  // The slab that `address` lies in, or nullptr.
  const char* SlabOf(const void* address) const;

  const std::size_t bytes_;
  State* const state_;  // never freed: a stack may be in use until the process ends
};

// Scavenge and NextScavenge of all pools.
bool ScavengeStacks(std::int64_t now_ns);
std::int64_t NextStackScavenge();

// The pool of stacks of `bytes`, made on first use and kept for the life of the process.
StackPool* StackPoolFor(std::size_t bytes);

}  // namespace unpark::os

#endif  // UNPARK_RUNTIME_OS_STACK_H_
