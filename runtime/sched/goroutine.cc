// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// The life of a goroutine: its G, its stack, its first and last instruction.
#include <bit>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>

#include "runtime/os/explore.h"
#include "runtime/os/stack.h"
#include "runtime/sched/preempt.h"
#include "runtime/sched/sched.h"
#include "runtime/sched/scheduler.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

// The first frame of every goroutine. Its return address is undefined, so stack walks and exception
// searches end here: an exception that nobody catches therefore meets std::terminate with the whole
// stack still in place.
asm(R"(
  .text
  .p2align 4
  .globl unpark_goroutine_entry
  .hidden unpark_goroutine_entry
  .type unpark_goroutine_entry, @function
unpark_goroutine_entry:
  .cfi_startproc
  .cfi_undefined rip
  xorl %ebp, %ebp
  callq unpark_goroutine_main
  ud2
  .cfi_endproc
  .size unpark_goroutine_entry, .-unpark_goroutine_entry
)");
extern "C" {
void unpark_goroutine_entry();
[[noreturn]] void unpark_goroutine_main();
}

namespace unpark::sched {
namespace {

constexpr int kIdBatch = 16;

// A batch of used Gs, or nullptr.
G* TakeFreeGs(Scheduler* s) {
  std::lock_guard guard(s->g_lock);
  G* batch = s->free_g_batches;
  if (batch != nullptr) s->free_g_batches = batch->next_batch;
  return batch;
}

// A batch of new Gs. "Memory under locks" in sched.cc says why it is not asked for under g_lock.
G* CutGs(Scheduler* s) {
  std::unique_ptr<GSlab> slab(new (std::nothrow) GSlab);
  if (slab == nullptr) Fatal("out of memory: no room for a new goroutine");
  os::Trust(slab.get(), sizeof(GSlab));
  G* batch = nullptr;
  for (std::size_t i = kGSlab; i-- > 0;) {
    slab->gs[i].next = batch;
    batch = &slab->gs[i];
  }
  std::lock_guard guard(s->g_lock);
  slab->next = s->g_slabs;
  s->g_slabs = slab.release();
  return batch;
}

G* TakeGs(Scheduler* s) {
  G* batch = TakeFreeGs(s);
  return batch != nullptr ? batch : CutGs(s);
}

// A stack of the usual size from the P's stock, or nullptr.
os::FreeStack* TakeStack(Scheduler* s, M* m) {
  if (os::FreeStack* stack = m->p->stacks.Pop()) return stack;
  bool fresh = false;
  os::FreeStack* batch = s->stack_pool->TakeBatch(&fresh);
  if (batch == nullptr) return nullptr;
  if (fresh) {
    m->tallies.stack_first_touches.Add(os::StackPool::kBatch);
    if (!batch->guarded) WarnOfCanaries(s);
  }
  m->p->stacks.Load(batch);
  return m->p->stacks.Pop();
}

void GiveGs(Scheduler* s, G* batch) {
  std::lock_guard guard(s->g_lock);
  batch->next_batch = s->free_g_batches;
  s->free_g_batches = batch;
}

// An `after`: a goroutine that has ended has left its stack.
void FreeDead(void* dead) {
  Scheduler* s = Sched();
  G* g = static_cast<G*>(dead);
  P* p = CurrentM()->p;
  g->flow.Destroy();
  FreeStackOf(s, p, g);
  FreeG(s, p, g);
}

// Ends the current goroutine. Returns only when another one, new, has taken over this very stack.
void Finish(G* g) {
  M* m = CurrentM();
  os::ReleaseTo(m->scheduler);  // GoroutineCount
  const os::Unseen unseen;
  EnterRuntime(m);
  if (m->preempt.load(std::memory_order_relaxed) != Preempt::kNone) [[unlikely]] {
    SettleAndKeepP(m);
    m = CurrentM();
  }
  Scheduler* s = Sched();
  CheckCanary(s, g);
  m->tallies.exits.Publish();
  g->state.store(GState::kDead, std::memory_order_relaxed);
  if (g->is_main && !s->main_goexit.load(std::memory_order_relaxed)) RequestStop(s);
  if (g->locked_m != nullptr) {
    // As in Go: a goroutine that ends locked takes its thread along, since nobody knows what state
    // the thread is in.
    g->locked_m = nullptr;
    g->lock_depth = 0;
    m->locked_g = nullptr;
    m->ends = true;
    m->after = FreeDead;
    m->after_arg = g;
    Switch(m, g, &m->g0, /*dying=*/true);
    __builtin_unreachable();
  }
  G* next = PickLocal(s, m);
  if (next != nullptr &&
      (next->locked_m != nullptr || UNPARK_SANITIZER || s->options.eager_stacks ||
       (next->stack == nullptr && next->stack_log2 != g->stack_log2))) {
    m->next_g = std::exchange(next, nullptr);
  }
  if (next != nullptr && next->stack == nullptr) {
    // The warm stack goes straight to the next goroutine, which starts without a switch.
    next->stack = std::exchange(g->stack, nullptr);
    next->state.store(GState::kRunning, std::memory_order_relaxed);
    ++m->p->dispatches;
    m->curg = next;
    *m->errno_address = 0;
    FreeG(s, m->p, g);
    return;
  }
  m->after = FreeDead;
  m->after_arg = g;
  if (next != nullptr) {
    next->state.store(GState::kRunning, std::memory_order_relaxed);
    ++m->p->dispatches;
    Switch(m, g, next, /*dying=*/true);
  } else {
    Switch(m, g, &m->g0, /*dying=*/true);
  }
  __builtin_unreachable();
}

// A frame of its own, so that a goroutine's exceptions are searched for handlers only above the
// base.
[[gnu::noinline]] void RunClosure(G* g) {
  g->started = true;
  try {
    g->closure(g, G::Op::kRun);
  } catch (const GoexitSignal&) {
    if (g->is_main) Sched()->main_goexit.store(true, std::memory_order_relaxed);
  }
}

}  // namespace

bool BindStack(Scheduler* s, M* m, G* g) {
  os::StackPool* pool = PoolOf(s, g);
  os::FreeStack* stack = g->stack_log2 == 0 ? TakeStack(s, m) : pool->TakeOne();
  if (stack == nullptr) return false;
#if UNPARK_TSAN_UNORDERED
  pool->Renew(stack);
#endif
  g->stack = stack;
  g->context.sp = pool->Top(stack);
  g->context.bp = nullptr;
  g->eh = {};
  g->saved_errno = 0;
  g->context.ip = reinterpret_cast<void*>(&unpark_goroutine_entry);
  const os::Unseen unseen;  // else it would begin after what this flow has done
  g->flow.Create(pool->Bottom(stack), pool->bytes());
  return true;
}

void FreeStackOf(Scheduler* s, P* p, G* g) {
  if (g->stack == nullptr) return;
#if defined(__SANITIZE_ADDRESS__)
  // The frames of a goroutine that was left without unwinding have poisoned the stack.
  __asan_unpoison_memory_region(PoolOf(s, g)->Bottom(g->stack), PoolOf(s, g)->bytes());
#endif
  if (g->stack_log2 != 0) [[unlikely]] {
    PoolOf(s, g)->GiveOne(std::exchange(g->stack, nullptr));
    return;
  }
  if (os::FreeStack* spill = p->stacks.Push(std::exchange(g->stack, nullptr)))
    s->stack_pool->GiveBatch(spill);
}

void FreeG(Scheduler* s, P* p, G* g) {
  explore::Indivisible no_points;
  g->id = 0;
  g->stack_log2 = 0;
  g->started = false;
  G* spill = g;
  if (p == nullptr) {
    g->next = nullptr;
  } else {
    spill = p->free_gs.Push(g);
  }
  if (spill != nullptr) GiveGs(s, spill);
}

namespace {

// For a goroutine without a P.
[[gnu::noinline]] G* NewGWithoutP(M* m) {
  if (m->orphan.load(std::memory_order_relaxed)) EndOrphan(m);
  if (m->spare_gs == nullptr) m->spare_gs = TakeGs(m->scheduler);
  return std::exchange(m->spare_gs, m->spare_gs->next);
}

void SetIdentity(G* g, std::uint64_t id, std::source_location where) {
  g->id = id;
  g->spawned_at = where;
}

}  // namespace

G* NewG() {
  explore::Indivisible no_points;
  const os::Unseen unseen;
  M* m = CurrentM();
  if (m == nullptr || m->p == nullptr) [[unlikely]] {
    Fatal("go called outside of a goroutine: start one with unpark::Main");
  }
  const bool outer = EnterRuntime(m);
  G* g;
  if (HasP(m, outer)) [[likely]] {
    g = m->p->free_gs.Pop();
    if (g == nullptr) [[unlikely]] {
      m->p->free_gs.Load(TakeGs(Sched()));
      g = m->p->free_gs.Pop();
    }
  } else {
    g = NewGWithoutP(m);
  }
  LeaveRuntime(m, outer);
  return g;
}

void DiscardG(G* g) {
  const os::Unseen unseen;
  M* m = CurrentM();
  const bool outer = EnterRuntime(m);
  FreeG(m->scheduler, HasP(m, outer) ? m->p : nullptr, g);
  LeaveRuntime(m, outer);
}

void SetStackBytes(G* g, std::size_t bytes) {
  const os::Unseen unseen;
  if (!os::StackPool::IsSize(bytes)) {
    DiscardG(g);
    throw std::invalid_argument("unpark::GoOptions: stack_bytes is " + std::to_string(bytes) +
                                ", not a power of two from 16384 to 1073741824");
  }
  if (bytes == CurrentM()->scheduler->options.stack_bytes) return;
  os::StackPoolFor(bytes);  // made here, so that to find it later never fails
  g->stack_log2 = static_cast<std::uint8_t>(std::countr_zero(bytes));
}

void Start(G* g, std::source_location where) {
  explore::Operation("go");
  g->flow.Publish();
  const os::Unseen unseen;
  explore::Indivisible no_points;
  M* m = CurrentM();
  const bool outer = EnterRuntime(m);
  Scheduler* s = m->scheduler;
  if (!HasP(m, outer)) [[unlikely]] {
    if (m->orphan.load(std::memory_order_relaxed)) EndOrphan(m);
    SetIdentity(g, s->next_goroutine_id.fetch_add(1, std::memory_order_relaxed), where);
    g->state.store(GState::kRunnable, std::memory_order_relaxed);
    ++m->tallies.spawns;
    SubmitToAll(s, g);
    LeaveRuntime(m, outer);
    return;
  }
  P* p = m->p;
  if (p->next_goroutine_id == p->end_goroutine_id) {
    p->next_goroutine_id = s->next_goroutine_id.fetch_add(kIdBatch, std::memory_order_relaxed);
    p->end_goroutine_id = p->next_goroutine_id + kIdBatch;
  }
  SetIdentity(g, p->next_goroutine_id++, where);
  if (s->options.eager_stacks && !BindStack(s, m, g)) FatalNoStack(s, g);
  g->state.store(GState::kRunnable, std::memory_order_relaxed);
  ++m->tallies.spawns;
  if (explore::Explorer* e = explore::Current()) {
    e->Start(g);
  } else {
    PutRunnable(s, m, g);
  }
  LeaveRuntime(m, outer);
}

void LockThread() {
  const os::Unseen unseen;
  M* m = CurrentM();
  G* g = m->curg;
  ++g->lock_depth;
  if (explore::Current() != nullptr) return;  // one thread: nothing to lock
  g->locked_m = m;
  m->locked_g = g;
}

void UnlockThread() {
  const os::Unseen unseen;
  M* m = CurrentM();
  G* g = m->curg;
  if (g->lock_depth == 0 || --g->lock_depth > 0) return;
  g->locked_m = nullptr;
  m->locked_g = nullptr;
}

}  // namespace unpark::sched

extern "C" void unpark_goroutine_main() {
  using namespace unpark::sched;
  for (;;) {
    G* g = CurrentM()->curg;
    Arrive(g);
    g->flow.Arrived();
    LeaveRuntime(CurrentM());
    RunClosure(g);
    Finish(g);
  }
}
