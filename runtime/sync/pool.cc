// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// The shelves of Pool.
#include "runtime/sync/pool.h"

#include <algorithm>
#include <bit>
#include <thread>

#include "runtime/sched/m.h"

namespace unpark::internal {
namespace {

constexpr std::size_t kMaxShelves = 64;

// A power of two, so that a P's number finds its shelf by a mask. More Ps than shelves share.
std::size_t ShelfCount() {
  const std::size_t cpus = std::thread::hardware_concurrency();
  return std::bit_ceil(std::min(std::max<std::size_t>(cpus, 4), kMaxShelves));
}

// The number of the P that runs the caller; a thread without one uses its own.
std::size_t ProcIndex() {
  const sched::M* m = sched::CurrentM();
  if (m == nullptr) return 0;
  return static_cast<std::size_t>(m->p == nullptr ? m->id : m->p->id);
}

}  // namespace

PoolShelves::PoolShelves(std::size_t per_p)
    : limit_(per_p == 0 ? 0 : per_p - 1), shelves_(ShelfCount()) {}

// The P may change at any time after it was asked for: its number is a hint, and all that follows
// is correct on any shelf. Acquire and release on `first` and `busy` order the use of an object
// before and after its rest.
void* PoolShelves::Take() {
  explore::Operation("Pool.Get");
  const std::size_t mask = shelves_.size() - 1;
  const std::size_t own = ProcIndex() & mask;
  for (std::size_t i = 0; i <= mask; ++i) {
    Shelf& shelf = shelves_[(own + i) & mask];
    if (shelf.first.load(std::memory_order_relaxed) != nullptr) {
      if (void* object = shelf.first.exchange(nullptr, std::memory_order_acquire)) return object;
    }
    if (void* object = shelf.TakeFromRest()) return object;
  }
  return nullptr;
}

bool PoolShelves::Give(void* object) {
  explore::Operation("Pool.Put");
  Shelf& shelf = shelves_[ProcIndex() & (shelves_.size() - 1)];
  void* empty = nullptr;
  if (shelf.first.load(std::memory_order_relaxed) == nullptr &&
      shelf.first.compare_exchange_strong(empty, object, std::memory_order_release,
                                          std::memory_order_relaxed)) {
    return true;
  }
  return shelf.GiveToRest(object, limit_);
}

void* PoolShelves::Shelf::TakeFromRest() {
  if (!stocked.load(std::memory_order_relaxed)) return nullptr;
  if (busy.exchange(true, std::memory_order_acquire)) return nullptr;
  void* object = nullptr;
  if (!rest.empty()) {
    object = rest.back();
    rest.pop_back();
  }
  stocked.store(!rest.empty(), std::memory_order_relaxed);
  busy.store(false, std::memory_order_release);
  return object;
}

bool PoolShelves::Shelf::GiveToRest(void* object, std::size_t limit) {
  if (busy.exchange(true, std::memory_order_acquire)) return false;
  const bool room = rest.size() < limit;
  if (room) rest.push_back(object);
  stocked.store(!rest.empty(), std::memory_order_relaxed);
  busy.store(false, std::memory_order_release);
  return room;
}

}  // namespace unpark::internal
