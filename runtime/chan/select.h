// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Select: waits for one of several channel operations.
#ifndef UNPARK_RUNTIME_CHAN_SELECT_H_
#define UNPARK_RUNTIME_CHAN_SELECT_H_

#include <array>
#include <cstddef>
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
  bool Blocked() const {
    return chan == nullptr || (ops->sends ? chan->SendBlocked() : chan->RecvBlocked());
  }

  const Ops* ops = nullptr;
  internal::ChanBase* chan = nullptr;  // nullptr: nil, never ready
  internal::Waiter waiter;
};

// The position that Select returns when no case is ready.
struct DefaultCase {};
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
template <std::size_t N>
bool NoneReady(const std::array<SelectCase*, N>& cases) {
  std::array<std::uint32_t, N> changes;
  for (std::size_t i = 0; i < N; ++i) {
    if (N > 1 && cases[i]->chan != nullptr) changes[i] = cases[i]->chan->Changes();
    if (!cases[i]->Blocked()) return false;
  }
  if constexpr (N > 1) {
    for (std::size_t i = 0; i < N; ++i) {
      if (!cases[i]->Blocked()) return false;
      if (cases[i]->chan != nullptr && changes[i] != cases[i]->chan->Changes()) return false;
    }
  }
  return true;
}

// Does one case and returns its index in `cases`; -1 if none is ready and `block` is false. The
// spans are scratch space of cases.size() each.
std::ptrdiff_t SelectGo(std::span<SelectCase* const> cases, bool block,
                        std::span<std::uint16_t> poll_order, std::span<SelectCase*> lock_order);

// The Select of a fixed list: `index_of` maps a position among the channel cases to one among the
// arguments.
template <std::size_t N>
std::size_t SelectFixed(const std::array<SelectCase*, N>& cases,
                        const std::array<std::size_t, N>& index_of,
                        std::optional<std::size_t> default_index) {
  explore::Operation("select");
  if constexpr (N == 0) {
    if (default_index) return *default_index;
    sched::RequireGoroutine("an empty Select was");
    BlockForever(sched::WaitReason::kSelectNoCases);
  } else {
    // With a default that is due, no lock is taken.
    if (default_index && NoneReady(cases)) return *default_index;
    std::array<std::uint16_t, N> poll_order;
    std::array<SelectCase*, N> lock_order;
    const std::ptrdiff_t done = SelectGo(cases, !default_index.has_value(), poll_order, lock_order);
    return done < 0 ? *default_index : index_of[static_cast<std::size_t>(done)];
  }
}

template <typename C>
inline constexpr bool kIsDefault = std::is_same_v<std::remove_cvref_t<C>, DefaultCase>;

}  // namespace internal

namespace internal {
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
  std::array<SelectCase*, kCount> channel_cases;
  std::array<std::size_t, kCount> index_of;
  std::optional<std::size_t> default_index;
  [[maybe_unused]] std::size_t position = 0, n = 0;
  [[maybe_unused]] auto add = [&](auto& c) {
    if constexpr (internal::kIsDefault<decltype(c)>) {
      default_index = position++;
    } else {
      index_of[n] = position++;
      channel_cases[n++] = &c;
    }
  };
  (add(cases), ...);
  return internal::SelectFixed(channel_cases, index_of, default_index);
}

// The same with a number of cases known only at run time; nullptr entries and nil channels are
// never ready. With block == false returns -1 when none is ready. At most 65,535 cases.
std::ptrdiff_t SelectAll(std::span<SelectCase* const> cases, bool block = true);

}  // namespace unpark

#endif  // UNPARK_RUNTIME_CHAN_SELECT_H_
