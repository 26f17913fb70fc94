// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Select: waits for one of several channel operations.
#ifndef UNPARK_RUNTIME_CHAN_SELECT_H_
#define UNPARK_RUNTIME_CHAN_SELECT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>

#include "runtime/chan/chan.h"

namespace unpark {

// One case of a Select. Made by Recv and Send, used once, lives until Select returns.
struct SelectCase {
  // What a case does with its channel; all but finish with the channel's lock held.
  struct Ops {
    internal::Attempt (*attempt)(SelectCase*, sched::G** wake);
    void (*enqueue)(SelectCase*);
    void (*dequeue)(SelectCase*);
    void (*finish)(SelectCase*, bool ok);  // without locks; may panic
    bool sends;
  };

  // As ChanBase::RecvBlocked and SendBlocked; a nil channel is always blocked.
  bool Blocked() const { return ops->sends ? SendBlocked() : RecvBlocked(); }
  bool SendBlocked() const { return chan == nullptr || chan->SendBlocked(); }
  bool RecvBlocked() const { return chan == nullptr || chan->RecvBlocked(); }
  std::uint32_t Changes() const { return chan == nullptr ? 0 : chan->Changes(); }

  const Ops* ops = nullptr;
  internal::ChanBase* chan = nullptr;  // nullptr: nil, never ready
  internal::Waiter waiter;
};

// The position that Select returns when no case is ready.
struct DefaultCase {
  static bool Blocked() { return true; }
  static std::uint32_t Changes() { return 0; }
};
inline constexpr DefaultCase kDefault{};

namespace internal {

template <typename T>
struct RecvCase : SelectCase {
  std::optional<T> value;
  T* to = nullptr;
  std::optional<T>* to_optional = nullptr;
  bool* ok = nullptr;

  static ChanState<T>* State(const SelectCase* c) { return static_cast<ChanState<T>*>(c->chan); }
  static RecvCase* Self(SelectCase* c) { return static_cast<RecvCase*>(c); }

  bool Blocked() const { return RecvBlocked(); }
  static Attempt DoAttempt(SelectCase* c, sched::G** wake) {
    return State(c)->TryRecv(Self(c)->value, wake);
  }
  static void Enqueue(SelectCase* c) {
    c->waiter.slot = &Self(c)->value;
    c->chan->recvq.PushBack(&c->waiter);
    c->chan->CountChange();
    if (c->chan->timer != nullptr) FileChanTimer(c->chan);
  }
  static void Dequeue(SelectCase* c) {
    c->chan->recvq.Remove(&c->waiter);
    if (c->chan->timer != nullptr && c->chan->recvq.Empty()) UnfileChanTimer(c->chan);
  }
  static void Finish(SelectCase* c, bool ok) {
    RecvCase* self = Self(c);
    if (self->ok != nullptr) *self->ok = ok;
    if (self->to_optional != nullptr) {
      *self->to_optional = std::move(self->value);
    } else if (self->to != nullptr) {
      if (self->value.has_value()) {
        *self->to = std::move(*self->value);
      } else if constexpr (std::is_default_constructible_v<T>) {
        *self->to = T();  // the zero value, as Go assigns from a closed channel
      }
    }
  }
  static constexpr Ops kOps{DoAttempt, Enqueue, Dequeue, Finish, /*sends=*/false};

  explicit RecvCase(ChanState<T>* state) {
    ops = &kOps;
    chan = state;
  }
};

template <typename T>
struct SendCase : SelectCase {
  T value;
  std::exception_ptr error;

  static ChanState<T>* State(const SelectCase* c) { return static_cast<ChanState<T>*>(c->chan); }
  static SendCase* Self(SelectCase* c) { return static_cast<SendCase*>(c); }

  bool Blocked() const { return SendBlocked(); }
  static Attempt DoAttempt(SelectCase* c, sched::G** wake) {
    return State(c)->TrySend(Self(c)->value, wake);
  }
  static void Enqueue(SelectCase* c) {
    c->waiter.slot = &Self(c)->value;
    c->waiter.error = &Self(c)->error;
    c->chan->sendq.PushBack(&c->waiter);
    c->chan->CountChange();
  }
  static void Dequeue(SelectCase* c) { c->chan->sendq.Remove(&c->waiter); }
  static void Finish(SelectCase* c, bool ok) {
    if (!ok) Panic("send on closed channel");
    if (Self(c)->error != nullptr) std::rethrow_exception(Self(c)->error);
  }
  static constexpr Ops kOps{DoAttempt, Enqueue, Dequeue, Finish, /*sends=*/true};

  SendCase(ChanState<T>* state, T v) : value(std::move(v)) {
    ops = &kOps;
    chan = state;
  }
};

// Whether there was a moment during the call at which every case was blocked; no locks.
//
// Each case is seen blocked twice, and its channel has not counted a change in between: had it
// become ready after the first look and blocked again before the second, the first of these two
// changes would have been counted. So every case was blocked all the way from the end of the first
// round to the start of the second. (One look alone could call `default` on two channels that an
// element wanders between.)
template <typename... Cases>
bool NoneReady(const Cases&... cases) {
  // One case beside the default needs no second look.
  constexpr bool kTwoLooks = sizeof...(Cases) > 2;
  std::array<std::uint32_t, sizeof...(Cases)> changes;
  std::size_t i = 0;
  const auto first_look = [&](const auto& c) {
    if constexpr (kTwoLooks) changes[i++] = c.Changes();
    return c.Blocked();
  };
  if (!(first_look(cases) && ...)) return false;
  if constexpr (kTwoLooks) {
    i = 0;
    return ((cases.Blocked() && cases.Changes() == changes[i++]) && ...);
  }
  return true;
}

// Tries one case under its channel's lock alone; true: it is done.
template <typename Case>
bool TryAlone(Case& c) {
  if constexpr (std::is_same_v<std::remove_const_t<Case>, DefaultCase>) {
    return false;
  } else {
    sched::G* wake = nullptr;
    Attempt attempt;
    c.chan->lock.Lock();
    try {
      attempt = Case::DoAttempt(&c, &wake);
    } catch (...) {
      c.chan->lock.Unlock();
      if (wake != nullptr) sched::Ready(wake);
      throw;
    }
    c.chan->lock.Unlock();
    if (attempt == Attempt::kBlocked) return false;
    if (wake != nullptr) sched::Ready(wake);
    sched::M* m = sched::CurrentM();
    if (m != nullptr) ++m->tallies.select_immediate;
    Case::Finish(&c, attempt == Attempt::kDone);
    sched::PreemptHere(m);
    return true;
  }
}

// Step 1 of the protocol in select.cc: the position of the case that was done, or -1. Of the cases
// that look ready one is picked at random; if it is not, another.
template <typename... Cases>
std::ptrdiff_t TryReady(Cases&... cases) {
  std::array<std::uint16_t, sizeof...(Cases)> ready;
  std::uint32_t n = 0;
  std::uint16_t position = 0;
  ((ready[n] = position++, n += cases.Blocked() ? 0 : 1), ...);
  while (n > 0) {
    const std::uint32_t pick = n == 1 ? 0 : sched::RandomBelow(n);
    const std::uint16_t at = ready[pick];
    position = 0;
    if (((position++ == at && TryAlone(cases)) || ...)) return at;
    ready[pick] = ready[--n];
  }
  return -1;
}

// Makes `order` a random permutation of 0 .. order.size() - 1.
void Shuffle(std::span<std::uint16_t> order);

// Steps 2 to 6: waits for one of the cases and returns its index in `cases`; -1 if none is ready
// and `block` is false. poll_order is shuffled, lock_order scratch space of cases.size().
std::ptrdiff_t SelectLocked(std::span<SelectCase* const> cases, bool block,
                            std::span<const std::uint16_t> poll_order,
                            std::span<SelectCase*> lock_order);

template <typename C>
inline constexpr bool kIsDefault = std::is_same_v<std::remove_cvref_t<C>, DefaultCase>;

// nullptr, never ready, for a default.
inline SelectCase* CasePointer(SelectCase& c) { return &c; }
inline SelectCase* CasePointer(const DefaultCase&) { return nullptr; }

// Its position, or the number of cases if there is none.
template <typename... Cases>
constexpr std::size_t DefaultIndex() {
  std::size_t i = 0;
  ((kIsDefault<Cases> || (++i, false)) || ...);
  return i;
}

template <typename C>
concept Receivable = requires(const C& c) { c.Recv(); };
template <typename C>
concept Sendable = requires(const C& c, typename C::Element v) { c.Send(std::move(v)); };
}  // namespace internal

// Receives and drops the value, or puts it in *to (the zero value once the channel is closed); *ok
// tells which.
template <internal::Receivable C>
auto Recv(const C& chan) {
  return internal::RecvCase<typename C::Element>(chan.state());
}
template <internal::Receivable C>
auto Recv(const C& chan, std::type_identity_t<typename C::Element>* to, bool* ok = nullptr) {
  internal::RecvCase<typename C::Element> c(chan.state());
  c.to = to;
  c.ok = ok;
  return c;
}
// *to is empty once the channel is closed and drained.
template <internal::Receivable C>
auto Recv(const C& chan, std::optional<std::type_identity_t<typename C::Element>>* to) {
  internal::RecvCase<typename C::Element> c(chan.state());
  c.to_optional = to;
  return c;
}

template <internal::Sendable C>
auto Send(const C& chan, std::type_identity_t<typename C::Element> value) {
  return internal::SendCase<typename C::Element>(chan.state(), std::move(value));
}

// Does one of the cases that are ready, picked at random, and returns its position among the
// arguments; with none ready, kDefault's position if it is there, else blocks. Panics: "send on
// closed channel".
//
//   switch (Select(Recv(jobs, &job), Send(out, 7), kDefault)) { case 0: ...; case 1: ...; case 2:
//   ... }
template <typename... Cases>
std::size_t Select(Cases&&... cases) {
  constexpr std::size_t kCount = (0 + ... + (internal::kIsDefault<Cases> ? 0 : 1));
  static_assert(sizeof...(Cases) - kCount <= 1, "a Select has at most one default");
  explore::Operation("select");
  if constexpr (kCount == 0) {
    if constexpr (sizeof...(Cases) == 1) return 0;
    sched::RequireGoroutine("an empty Select was");
    internal::BlockForever(sched::WaitReason::kSelectNoCases);
  } else {
    constexpr bool kBlocks = kCount == sizeof...(Cases);
    constexpr std::size_t kDefaultIndex = internal::DefaultIndex<Cases...>();
    // With a default that is due, no lock is taken.
    if constexpr (!kBlocks) {
      if (internal::NoneReady(cases...)) return kDefaultIndex;
    }
    if (const std::ptrdiff_t done = internal::TryReady(cases...); done >= 0)
      return static_cast<std::size_t>(done);
    const std::array<SelectCase*, sizeof...(Cases)> pointers{internal::CasePointer(cases)...};
    std::array<std::uint16_t, sizeof...(Cases)> poll_order;
    std::array<SelectCase*, sizeof...(Cases)> lock_order;
    internal::Shuffle(poll_order);
    const std::ptrdiff_t done = internal::SelectLocked(pointers, kBlocks, poll_order, lock_order);
    return done < 0 ? kDefaultIndex : static_cast<std::size_t>(done);
  }
}

// The same with a number of cases known only at run time; nullptr entries and nil channels are
// never ready. With block == false returns -1 when none is ready. At most 65,535 cases.
std::ptrdiff_t SelectAll(std::span<SelectCase* const> cases, bool block = true);

}  // namespace unpark

#endif  // UNPARK_RUNTIME_CHAN_SELECT_H_
