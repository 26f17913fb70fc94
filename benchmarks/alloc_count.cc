// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Counts in one slot per thread, so that counting costs a plain add and no shared cache line.

#include "benchmarks/alloc_count.h"

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <new>

namespace unpark::benchmarks {
namespace {

// Written by its owner alone, read by anyone: relaxed, since only sums over long times are asked
// for. A slot outlives its thread and goes to the next new thread with its counts in it.
struct alignas(64) Slot {
  std::atomic<std::uint64_t> allocations{0};
  std::atomic<std::uint64_t> bytes{0};
  Slot* next = nullptr;       // in g_all, set once
  Slot* next_free = nullptr;  // in g_free
};

constinit std::mutex g_mutex;  // guards the two lists
constinit Slot* g_all = nullptr;
constinit Slot* g_free = nullptr;

Slot* AcquireSlot() {
  std::lock_guard lock(g_mutex);
  if (Slot* slot = g_free) {
    g_free = slot->next_free;
    return slot;
  }
  void* memory = std::aligned_alloc(alignof(Slot), sizeof(Slot));
  if (memory == nullptr) std::abort();
  Slot* slot = ::new (memory) Slot;
  slot->next = g_all;
  g_all = slot;
  return slot;
}

// Gives the slot back when the thread ends. An allocation after that (by a destructor that runs
// later) takes a slot again and keeps it: rare, and harmless.
struct Lease {
  ~Lease();
};

// The compiler caches no address of these across a goroutine's switch: operator new never switches.
constinit thread_local Slot* t_slot = nullptr;
thread_local Lease t_lease;

Lease::~Lease() {
  Slot* slot = t_slot;
  t_slot = nullptr;
  if (slot == nullptr) return;
  std::lock_guard lock(g_mutex);
  slot->next_free = g_free;
  g_free = slot;
}

[[gnu::noinline]] Slot* FirstUse() {
  t_slot = AcquireSlot();
  [[maybe_unused]] Lease* volatile touch = &t_lease;  // registers the destructor
  return t_slot;
}

void Count(std::size_t bytes) {
  Slot* slot = t_slot;
  if (slot == nullptr) slot = FirstUse();
  auto add = [](std::atomic<std::uint64_t>& counter, std::uint64_t n) {
    counter.store(counter.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  };
  add(slot->allocations, 1);
  add(slot->bytes, bytes);
}

void* Allocate(std::size_t bytes) {
  Count(bytes);
  return std::malloc(bytes == 0 ? 1 : bytes);
}

void* AllocateAligned(std::size_t bytes, std::align_val_t alignment) {
  Count(bytes);
  auto align = static_cast<std::size_t>(alignment);
  return std::aligned_alloc(align, (bytes + align - 1) / align * align);
}

void* OrThrow(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

AllocCount ReadAllocCount() {
  std::lock_guard lock(g_mutex);
  AllocCount sum;
  for (Slot* slot = g_all; slot != nullptr; slot = slot->next) {
    sum.allocations += slot->allocations.load(std::memory_order_relaxed);
    sum.bytes += slot->bytes.load(std::memory_order_relaxed);
  }
  return sum;
}

}  // namespace unpark::benchmarks

using unpark::benchmarks::Allocate;
using unpark::benchmarks::AllocateAligned;
using unpark::benchmarks::OrThrow;

void* operator new(std::size_t n) { return OrThrow(Allocate(n)); }
void* operator new[](std::size_t n) { return OrThrow(Allocate(n)); }
void* operator new(std::size_t n, const std::nothrow_t&) noexcept { return Allocate(n); }
void* operator new[](std::size_t n, const std::nothrow_t&) noexcept { return Allocate(n); }
void* operator new(std::size_t n, std::align_val_t a) { return OrThrow(AllocateAligned(n, a)); }
void* operator new[](std::size_t n, std::align_val_t a) { return OrThrow(AllocateAligned(n, a)); }
void* operator new(std::size_t n, std::align_val_t a, const std::nothrow_t&) noexcept {
  return AllocateAligned(n, a);
}
void* operator new[](std::size_t n, std::align_val_t a, const std::nothrow_t&) noexcept {
  return AllocateAligned(n, a);
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete[](void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }
