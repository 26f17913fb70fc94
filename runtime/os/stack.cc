// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Slabs of stacks. A slab is reserved, not committed: a stack costs memory from its first touched
// page on.
#include "runtime/os/stack.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <new>
#include <span>

#include "runtime/os/sanitizer.h"
#include "runtime/os/spin_lock.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#endif

namespace unpark::os {
namespace {

#ifndef MADV_GUARD_INSTALL
constexpr int kMadvGuardInstall = 102;
#else
constexpr int kMadvGuardInstall = MADV_GUARD_INSTALL;
#endif

constexpr std::size_t kSlabBytes = std::size_t{64} << 20;
constexpr std::size_t kMaxSlabs = 1 << 16;  // 4 TiB of address space
constexpr std::size_t kPage = 4096;
// Each mprotect-ed guard splits a mapping; the default vm.max_map_count is 65,530.
std::atomic<std::uint64_t> g_mprotect_guards{24'000};
std::atomic<GuardKind> g_best_guard{GuardKind::kMadvise};
constexpr std::size_t kWarmBatches = 8;          // never given back
constexpr std::size_t kBatchesPerScavenge = 32;  // as many ranges as one process_madvise takes

// What a batch without memory keeps, in the topmost page of its first stack, below the FreeStack:
// the other stacks and their headers. So 31 of 32 stacks cost nothing, and no list elsewhere grows.
struct ColdBatch {
  struct Entry {
    FreeStack* stack;
    FreeStack header;
  };
  std::array<Entry, StackPool::kBatch - 1> entries;
  std::size_t n = 0;
};
static_assert(sizeof(ColdBatch) + sizeof(FreeStack) <= kPage);

ColdBatch* ColdPart(FreeStack* first) {
  return reinterpret_cast<ColdBatch*>(reinterpret_cast<char*>(first) - sizeof(ColdBatch));
}

// This process's pidfd, or -1. Known by its pid: the child of a fork has its parent's descriptor.
int SelfPidfd() {
  static std::atomic<std::uint64_t> known{0};  // pid, descriptor
  const auto pid = static_cast<std::uint32_t>(getpid());
  std::uint64_t seen = known.load(std::memory_order_relaxed);
  if (seen >> 32 == pid) return static_cast<int>(static_cast<std::uint32_t>(seen));
  const int fd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  const std::uint64_t mine = std::uint64_t{pid} << 32 | static_cast<std::uint32_t>(fd);
  if (known.compare_exchange_strong(seen, mine, std::memory_order_relaxed)) return fd;
  if (fd >= 0) close(fd);  // another thread was faster
  return static_cast<int>(static_cast<std::uint32_t>(seen));
}

// Advises the kernel about all ranges in one call, which flushes the other cores' TLBs once, where
// one call for each range takes 4 us apiece. False: kernels before 6.13 cannot, or something failed
// on the way.
bool MadviseAll(std::span<const iovec> ranges, int advice) {
  const int self = SelfPidfd();
  if (self < 0) return false;
  std::size_t total = 0;
  for (const iovec& range : ranges) total += range.iov_len;
  return syscall(SYS_process_madvise, self, ranges.data(), ranges.size(), advice, 0) ==
         static_cast<long>(total);
}

char* End(const iovec& range) { return static_cast<char*>(range.iov_base) + range.iov_len; }

// Sorts the ranges and makes one of those that only a guard page divides: guards outlast
// MADV_DONTNEED.
std::span<iovec> Merge(std::span<iovec> ranges) {
  std::sort(ranges.begin(), ranges.end(),
            [](const iovec& a, const iovec& b) { return a.iov_base < b.iov_base; });
  std::size_t n = 0;
  for (const iovec& range : ranges) {
    char* const begin = static_cast<char*>(range.iov_base);
    if (n > 0 && begin - End(ranges[n - 1]) <= static_cast<std::ptrdiff_t>(kPage)) {
      ranges[n - 1].iov_len += static_cast<std::size_t>(End(range) - End(ranges[n - 1]));
    } else {
      ranges[n++] = range;
    }
  }
  return ranges.first(n);
}

}  // namespace

std::atomic<bool> g_canaries_in_use{false};

void LimitGuards(GuardKind kind, std::uint64_t mprotect_guards) {
  g_best_guard.store(kind, std::memory_order_relaxed);
  g_mprotect_guards.store(mprotect_guards, std::memory_order_relaxed);
}

struct StackPool::State {
  SpinLock lock;
  FreeStack* batches = nullptr;  // guarded by lock
  FreeStack* cold = nullptr;     // batches without memory; guarded by lock
  FreeStack* singles = nullptr;  // TakeOne's; guarded by lock
  // Batches in `batches`; how many there were at `since_ns`, and the fewest since then; those that
  // are due to be chilled. Guarded by lock, read without it as hints.
  std::atomic<std::size_t> warm{0};
  std::size_t at_start = 0, fewest = 0, surplus = 0;
  std::atomic<std::int64_t> since_ns{0};
  char* cut = nullptr;      // next unused byte of the newest slab; guarded by lock
  char* cut_end = nullptr;  // guarded by lock
  GuardKind kind = g_best_guard.load(std::memory_order_relaxed);  // guarded by lock
  std::atomic<std::uint64_t> guarded{0}, unguarded{0};
  std::atomic<std::size_t> slabs{0};
  std::array<std::atomic<char*>, kMaxSlabs> slab{};  // written once each, read by the fault handler
};

StackPool::StackPool(std::size_t bytes) : bytes_(bytes), state_(new State) {}

FreeStack* StackPool::TakeBatch(bool* fresh) {
  state_->lock.Lock();
  FreeStack* batch = state_->batches;
  *fresh = batch == nullptr;  // a cold batch's pages are new, too
  if (batch != nullptr) {
    state_->batches = batch->next_batch;
    const std::size_t warm = state_->warm.load(std::memory_order_relaxed) - 1;
    state_->warm.store(warm, std::memory_order_relaxed);
    state_->fewest = std::min(state_->fewest, warm);
    state_->lock.Unlock();
    return batch;
  }
  batch = state_->cold;
  if (batch != nullptr) {
    state_->cold = batch->next_batch;
    state_->lock.Unlock();
    Thaw(batch);
    return batch;
  }
  batch = CutBatch();
  state_->lock.Unlock();
  return batch;
}

void StackPool::GiveBatch(FreeStack* batch) {
  state_->lock.Lock();
  batch->next_batch = state_->batches;
  state_->batches = batch;
  state_->warm.store(state_->warm.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  state_->lock.Unlock();
}

FreeStack* StackPool::TakeOne() {
  state_->lock.Lock();
  FreeStack* stack = state_->singles;
  if (stack == nullptr) {
    state_->lock.Unlock();
    bool fresh = false;
    stack = TakeBatch(&fresh);
    if (stack == nullptr) return nullptr;
    FreeStack* last = stack;
    while (last->next != nullptr) last = last->next;
    state_->lock.Lock();
    last->next = state_->singles;
  }
  state_->singles = stack->next;
  state_->lock.Unlock();
  return stack;
}

void StackPool::GiveOne(FreeStack* stack) {
  state_->lock.Lock();
  stack->next = state_->singles;
  state_->singles = stack;
  state_->lock.Unlock();
}

#if UNPARK_TSAN_UNORDERED
void StackPool::Renew(FreeStack* stack) {
  if (stack->used) os::Renew(Bottom(stack) + kPage, bytes_ - kPage, sizeof(FreeStack));
  stack->used = true;
}
#endif

bool StackPool::Overflowed(FreeStack* stack) const {
  const char* bottom = Bottom(stack);
  for (std::size_t i = 0; i < kPage; i += sizeof(std::uint64_t)) {
    if (*reinterpret_cast<const volatile std::uint64_t*>(bottom + i) != 0) return true;
  }
  return false;
}

std::int64_t StackPool::NextScavenge() const {
  if (state_->warm.load(std::memory_order_relaxed) <= kWarmBatches) return 0;
  return state_->since_ns.load(std::memory_order_relaxed) + kIdleNs;
}

bool StackPool::Scavenge(std::int64_t now_ns) {
  State& s = *state_;
  if (s.warm.load(std::memory_order_relaxed) <= kWarmBatches) return false;
  FreeStack* due = nullptr;
  s.lock.Lock();
  std::size_t warm = s.warm.load(std::memory_order_relaxed);
  if (now_ns - s.since_ns.load(std::memory_order_relaxed) >= kIdleNs) {
    // While a burst is still ending the next may be about to begin.
    const bool growing = warm > s.at_start;
    s.surplus = !growing && s.fewest > kWarmBatches ? s.fewest - kWarmBatches : 0;
    s.at_start = s.fewest = warm;
    s.since_ns.store(now_ns, std::memory_order_relaxed);
  }
  for (std::size_t i = 0; i < kBatchesPerScavenge && s.surplus > 0 && warm > kWarmBatches; ++i) {
    FreeStack* batch = s.batches;
    s.batches = batch->next_batch;
    batch->next_batch = due;
    due = batch;
    --s.surplus;
    --warm;
  }
  s.warm.store(warm, std::memory_order_relaxed);
  s.fewest = std::min(s.fewest, warm);
  const bool more = s.surplus > 0 && warm > kWarmBatches;
  s.lock.Unlock();
  if (due != nullptr) Chill(due);
  return more;
}

// Takes the memory of batches that are in no list but this, at most kBatchesPerScavenge, and puts
// them among the cold ones.
void StackPool::Chill(FreeStack* batches) {
  std::array<iovec, kBatchesPerScavenge * kBatch> ranges;
  std::size_t n = 0;
  const auto drop = [&](FreeStack* stack, std::size_t keep) {
    ranges[n++] = {Bottom(stack) + kPage, bytes_ - kPage - keep};
  };
  FreeStack* last = nullptr;
  for (FreeStack* batch = batches; batch != nullptr; batch = batch->next_batch) {
    last = batch;
    drop(batch, kPage);
    auto* cold = new (ColdPart(batch)) ColdBatch;
    for (FreeStack* stack = batch->next; stack != nullptr; stack = stack->next) {
      cold->entries[cold->n++] = {stack, *stack};
      drop(stack, 0);
    }
  }
  const auto all = Merge(std::span(ranges).first(n));
  if (!MadviseAll(all, MADV_DONTNEED)) {
    for (const iovec& range : all) madvise(range.iov_base, range.iov_len, MADV_DONTNEED);
  }
  state_->lock.Lock();
  last->next_batch = state_->cold;
  state_->cold = batches;
  state_->lock.Unlock();
}

// Writes the headers of a cold batch again.
void StackPool::Thaw(FreeStack* batch) {
  const ColdBatch* cold = ColdPart(batch);
  for (std::size_t i = 0; i < cold->n; ++i) *cold->entries[i].stack = cold->entries[i].header;
}

// REQUIRES: lock held.
FreeStack* StackPool::CutBatch() {
  State& s = *state_;
  const std::size_t slab_bytes = std::max(kSlabBytes, bytes_ * kBatch);
  if (s.cut == s.cut_end) {
    const std::size_t n = s.slabs.load(std::memory_order_relaxed);
    if (n == kMaxSlabs) return nullptr;
    void* slab = mmap(nullptr, slab_bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (slab == MAP_FAILED) return nullptr;
#if defined(__SANITIZE_ADDRESS__)
    // What a parked goroutine holds is not leaked. The leak checker reads /proc/self/maps, in which
    // only mprotect's guards can be seen.
    __lsan_register_root_region(slab, slab_bytes);
    if (s.kind == GuardKind::kMadvise) s.kind = GuardKind::kMprotect;
#endif
    madvise(slab, slab_bytes,
            MADV_NOHUGEPAGE);  // a huge page would commit 2 MiB for one touched page
    s.slab[n].store(static_cast<char*>(slab), std::memory_order_relaxed);
    s.slabs.store(n + 1, std::memory_order_release);
    s.cut = static_cast<char*>(slab);
    s.cut_end = s.cut + slab_bytes;
  }
  std::array<iovec, kBatch> guards;
  for (std::size_t i = 0; i < kBatch; ++i) guards[i] = {s.cut + i * bytes_, kPage};
  const bool guarded = s.kind == GuardKind::kMadvise && MadviseAll(guards, kMadvGuardInstall);
  FreeStack* batch = nullptr;
  for (int i = 0; i < kBatch; ++i, s.cut += bytes_) {
    if (s.kind == GuardKind::kMadvise && !guarded && madvise(s.cut, kPage, kMadvGuardInstall) != 0)
      s.kind = GuardKind::kMprotect;
    if (s.kind == GuardKind::kMprotect && (s.guarded.load(std::memory_order_relaxed) >=
                                               g_mprotect_guards.load(std::memory_order_relaxed) ||
                                           mprotect(s.cut, kPage, PROT_NONE) != 0)) {
      s.kind = GuardKind::kNone;
    }
    if (s.kind == GuardKind::kNone) g_canaries_in_use.store(true, std::memory_order_relaxed);
    (s.kind == GuardKind::kNone ? s.unguarded : s.guarded).fetch_add(1, std::memory_order_relaxed);
    auto* stack = new (s.cut + bytes_ - sizeof(FreeStack)) FreeStack;
    stack->next = batch;
    stack->guarded = s.kind != GuardKind::kNone;
    batch = stack;
  }
  return batch;
}

const char* StackPool::SlabOf(const void* address) const {
  const auto* a = static_cast<const char*>(address);
  const std::size_t slab_bytes = std::max(kSlabBytes, bytes_ * kBatch);
  for (std::size_t i = 0, n = state_->slabs.load(std::memory_order_acquire); i < n; ++i) {
    const char* slab = state_->slab[i].load(std::memory_order_relaxed);
    if (a >= slab && a < slab + slab_bytes) return slab;
  }
  return nullptr;
}

bool StackPool::Contains(const void* address) const { return SlabOf(address) != nullptr; }

bool StackPool::IsGuard(const void* address) const {
  const char* slab = SlabOf(address);
  return slab != nullptr &&
         static_cast<std::size_t>(static_cast<const char*>(address) - slab) % bytes_ < kPage;
}

std::uint64_t StackPool::guarded() const { return state_->guarded.load(std::memory_order_relaxed); }
std::uint64_t StackPool::unguarded() const {
  return state_->unguarded.load(std::memory_order_relaxed);
}

namespace {

// One slot per power of two. Pools are never destroyed: a goroutine may outlive the runtime that
// made it.
std::array<std::atomic<StackPool*>, 64> g_pools{};

}  // namespace

StackPool* StackPoolFor(std::size_t bytes) {
  auto& slot = g_pools[static_cast<std::size_t>(__builtin_ctzll(bytes))];
  StackPool* pool = slot.load(std::memory_order_acquire);
  if (pool != nullptr) return pool;
  auto* made = new StackPool(bytes);
  // Release: pairs with the acquire above, so that who finds the pool sees it whole.
  if (slot.compare_exchange_strong(pool, made, std::memory_order_acq_rel)) return made;
  delete made;
  return pool;
}

bool ScavengeStacks(std::int64_t now_ns) {
  bool more = false;
  for (const auto& slot : g_pools) {
    if (StackPool* pool = slot.load(std::memory_order_acquire)) more |= pool->Scavenge(now_ns);
  }
  return more;
}

std::int64_t NextStackScavenge() {
  std::int64_t next = 0;
  for (const auto& slot : g_pools) {
    StackPool* pool = slot.load(std::memory_order_acquire);
    const std::int64_t due = pool != nullptr ? pool->NextScavenge() : 0;
    if (due != 0 && (next == 0 || due < next)) next = due;
  }
  return next;
}

}  // namespace unpark::os
