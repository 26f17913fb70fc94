// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Chan: Go's channels.
#ifndef UNPARK_RUNTIME_CHAN_CHAN_H_
#define UNPARK_RUNTIME_CHAN_CHAN_H_

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <memory>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

#include "runtime/chan/chan_base.h"
#include "runtime/os/clock.h"

namespace unpark {

// The element of a channel that only signals: Go's struct{}.
struct Unit {
  bool operator==(const Unit&) const = default;
};

// A point of the monotonic clock.
using Time = std::chrono::steady_clock::time_point;

namespace internal {

// A channel of T: a ring of `capacity` elements between two wait queues. A sender that finds a
// parked receiver moves its value straight into the receiver's slot; a receiver that finds a parked
// sender takes its value, through the ring if there is one, so that values leave in the order they
// came.
//
// An element whose move throws leaves the channel as it was for everybody else: the exception
// reaches the goroutine whose value it is.
template <typename T>
class ChanState : public ChanBase {
 public:
  explicit ChanState(std::size_t capacity)
      : ChanBase(capacity),
        ring_(capacity == 0 ? nullptr : std::allocator<T>().allocate(capacity)) {}

  ~ChanState() override {
    for (std::size_t n = Len(); n > 0; --n, head_ = Next(head_)) std::destroy_at(ring_ + head_);
    if (ring_ != nullptr) std::allocator<T>().deallocate(ring_, capacity_);
  }

  // REQUIRES: lock held. On kDone *wake is the goroutine to ready after the unlock, if any.
  Attempt TrySend(T& value, sched::G** wake) {
    if (closed.load(std::memory_order_relaxed)) [[unlikely]]
      return Attempt::kClosed;
    if (!recvq.Empty()) {
      if (Waiter* w = recvq.Pop()) {
        Deliver(w, std::move(value));
        *wake = w->g;
        return Attempt::kDone;
      }
    }
    const std::size_t n = Len();
    if (n == capacity_) return Attempt::kBlocked;
    std::construct_at(ring_ + tail_, std::move(value));
    tail_ = Next(tail_);
    SetCount(n + 1);
    return Attempt::kDone;
  }

  // REQUIRES: lock held, *out empty. kClosed leaves it empty.
  Attempt TryRecv(std::optional<T>& out, sched::G** wake) {
    if constexpr (std::is_same_v<T, Time>) {
      if (timer != nullptr) {
        const std::int64_t due = TakeDueTimer(this, os::NowNs());
        if (due == 0) return Attempt::kBlocked;
        out.emplace(std::chrono::nanoseconds(due));
        if (!recvq.Empty()) FileChanTimer(this);  // a ticker with more receivers
        return Attempt::kDone;
      }
    }
    const std::size_t n = Len();
    if (n > 0) {
      out.emplace(std::move(ring_[head_]));
      std::destroy_at(ring_ + head_);
      head_ = Next(head_);
      // A waiting sender's value takes the free place at once: the count never falls in between.
      std::size_t left = n - 1;
      if (!sendq.Empty()) {
        if (Waiter* w = sendq.Pop()) {
          Collect(w, [&](T&& value) {
            std::construct_at(ring_ + tail_, std::move(value));
            tail_ = Next(tail_);
            left = n;
          });
          *wake = w->g;
        }
      }
      if (left != n) SetCount(left);
      return Attempt::kDone;
    }
    if (!sendq.Empty()) {
      if (Waiter* w = sendq.Pop()) {
        *wake = w->g;
        out.emplace(std::move(*static_cast<T*>(w->slot)));
        w->ok = true;
        return Attempt::kDone;
      }
    }
    return closed.load(std::memory_order_relaxed) ? Attempt::kClosed : Attempt::kBlocked;
  }

  void Send(T& value) {
    explore::Operation("chan send");
    lock.Lock();
    sched::G* wake = nullptr;
    Attempt attempt;
    if constexpr (std::is_nothrow_move_constructible_v<T>) {
      attempt = TrySend(value, &wake);
    } else {
      try {
        attempt = TrySend(value, &wake);
      } catch (...) {
        lock.Unlock();
        if (wake != nullptr) sched::Ready(wake);
        throw;
      }
    }
    sched::M* m = sched::CurrentM();
    if (attempt == Attempt::kDone) [[likely]] {
      lock.Unlock();
      if (wake == nullptr) {
        if (m != nullptr) ++m->tallies.chan_fast;
      } else {
        if (m != nullptr) ++m->tallies.chan_direct;
        sched::Ready(wake);
      }
      sched::PreemptHere(m);
      return;
    }
    if (attempt == Attempt::kClosed) {
      lock.Unlock();
      Panic("send on closed channel");
    }
    if (m == nullptr || m->curg == nullptr) [[unlikely]] {
      lock.Unlock();
      sched::RequireGoroutine("a channel send that blocks was");
    }
    ++m->tallies.chan_blocked;
    std::exception_ptr error;
    Waiter self;
    self.g = m->curg;
    self.slot = &value;
    self.error = &error;
    sendq.PushBack(&self);
    CountChange();
    sched::Park(sched::WaitReason::kChanSend, UnlockAfterPark, &lock);
    if (self.ok) [[likely]] {
      if constexpr (!std::is_nothrow_move_constructible_v<T>) {
        if (error != nullptr) std::rethrow_exception(std::move(error));
      }
      return;
    }
    Panic("send on closed channel");
  }

  std::optional<T> Recv() {
    explore::Operation("chan receive");
    std::optional<T> out;
    lock.Lock();
    sched::G* wake = nullptr;
    Attempt attempt;
    if constexpr (std::is_nothrow_move_constructible_v<T>) {
      attempt = TryRecv(out, &wake);
    } else {
      try {
        attempt = TryRecv(out, &wake);
      } catch (...) {
        FailRecv(wake);
        throw;
      }
    }
    sched::M* m = sched::CurrentM();
    if (attempt != Attempt::kBlocked) [[likely]] {
      lock.Unlock();
      if (wake == nullptr) {
        if (m != nullptr) ++m->tallies.chan_fast;
      } else {
        if (m != nullptr) ++m->tallies.chan_direct;
        sched::Ready(wake);
      }
      sched::PreemptHere(m);
      return out;
    }
    if (m == nullptr || m->curg == nullptr) [[unlikely]] {
      lock.Unlock();
      sched::RequireGoroutine("a channel receive that blocks was");
    }
    ++m->tallies.chan_blocked;
    Waiter self;
    self.g = m->curg;
    self.slot = &out;
    recvq.PushBack(&self);
    CountChange();
    if constexpr (std::is_same_v<T, Time>) {
      if (timer != nullptr) FileChanTimer(this);
    }
    sched::Park(sched::WaitReason::kChanRecv, UnlockAfterPark, &lock);
    return out;
  }

  // Moves `value` into the slot of a receiver that Pop has taken. If the move throws, the receiver
  // waits on as if it had not been taken, but for its place in the queue.
  void Deliver(Waiter* w, T&& value) {
    auto* slot = static_cast<std::optional<T>*>(w->slot);
    if constexpr (std::is_nothrow_move_constructible_v<T>) {
      slot->emplace(std::move(value));
    } else {
      try {
        slot->emplace(std::move(value));
      } catch (...) {
        if (w->select != nullptr) w->select->fired.store(nullptr, std::memory_order_release);
        recvq.PushBack(w);
        CountChange();
        throw;
      }
    }
    w->ok = true;
  }

  // A receive failed as a value was moved out. REQUIRES: lock held; unlocks.
  void FailRecv(sched::G* wake) {
    lock.Unlock();
    if (wake != nullptr) sched::Ready(wake);
  }

 private:
  void SetCount(std::size_t n) {
    count_.store(n, std::memory_order_release);
    CountChange();
  }

  std::size_t Next(std::size_t i) const { return i + 1 == capacity_ ? 0 : i + 1; }

  // Takes the value of a sender that Pop has taken; what its move throws goes to that sender.
  template <class F>
  void Collect(Waiter* w, F take) {
    w->ok = true;
    if constexpr (std::is_nothrow_move_constructible_v<T>) {
      take(std::move(*static_cast<T*>(w->slot)));
    } else {
      try {
        take(std::move(*static_cast<T*>(w->slot)));
      } catch (...) {
        *w->error = std::current_exception();
      }
    }
  }

  T* const ring_;
  std::size_t head_ = 0, tail_ = 0;  // guarded by lock
};

// A counted reference to a channel, or nil.
template <typename T>
class ChanRef {
 public:
  ChanRef() = default;
  explicit ChanRef(ChanState<T>* state) : state_(state) {}
  ChanRef(const ChanRef& other) : state_(other.state_) {
    if (state_ != nullptr) state_->Ref();
  }
  ChanRef(ChanRef&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  ChanRef& operator=(ChanRef other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~ChanRef() {
    if (state_ != nullptr) state_->Unref();
  }

  ChanState<T>* get() const { return state_; }

 private:
  ChanState<T>* state_ = nullptr;
};

// What all three handle types share.
template <typename T>
class ChanHandle {
 public:
  using Element = T;

  // Elements in the buffer, and its size; both 0 for nil and for a timer's channel.
  std::size_t Len() const { return state() == nullptr ? 0 : state()->Len(); }
  std::size_t Cap() const { return state() == nullptr ? 0 : state()->Cap(); }
  // False for nil.
  explicit operator bool() const { return state() != nullptr; }
  friend bool operator==(const ChanHandle& a, const ChanHandle& b) {
    return a.state() == b.state();
  }

  // For Select and the timers.
  ChanState<T>* state() const { return ref_.get(); }

 protected:
  ChanHandle() = default;
  explicit ChanHandle(ChanRef<T> ref) : ref_(std::move(ref)) {}

  void SendTo(T& value) const {
    if (state() == nullptr) {
      sched::RequireGoroutine("a send on a nil channel was");
      BlockForever(sched::WaitReason::kChanSendNil);
    }
    state()->Send(value);
  }
  std::optional<T> RecvFrom() const {
    if (state() == nullptr) {
      sched::RequireGoroutine("a receive from a nil channel was");
      BlockForever(sched::WaitReason::kChanRecvNil);
    }
    return state()->Recv();
  }
  void CloseIt() const {
    if (state() == nullptr) Panic("close of nil channel");
    state()->Close();
  }

  ChanRef<T> ref_;
};

// Range-for over a receivable channel: until it is closed and drained.
template <typename T>
class RecvIterator {
 public:
  using value_type = T;
  using difference_type = std::ptrdiff_t;
  using iterator_concept = std::input_iterator_tag;

  RecvIterator() = default;
  explicit RecvIterator(ChanState<T>* state) : state_(state) { ++*this; }
  T&& operator*() const { return std::move(*value_); }
  RecvIterator& operator++() {
    if (state_ == nullptr) BlockForever(sched::WaitReason::kChanRecvNil);
    value_.reset();
    value_ = state_->Recv();
    return *this;
  }
  void operator++(int) { ++*this; }
  friend bool operator==(const RecvIterator& it, std::default_sentinel_t) {
    return !it.value_.has_value();
  }

 private:
  ChanState<T>* state_ = nullptr;
  mutable std::optional<T> value_;
};

}  // namespace internal

// A channel that may only be received from: Go's <-chan T.
template <typename T>
class RecvChan : public internal::ChanHandle<T> {
 public:
  RecvChan() = default;
  explicit RecvChan(internal::ChanRef<T> ref) : internal::ChanHandle<T>(std::move(ref)) {}
  std::optional<T> Recv() const { return this->RecvFrom(); }
  internal::RecvIterator<T> begin() const { return internal::RecvIterator<T>(this->state()); }
  std::default_sentinel_t end() const { return {}; }
};

// A channel that may only be sent on: Go's chan<- T.
template <typename T>
class SendChan : public internal::ChanHandle<T> {
 public:
  SendChan() = default;
  explicit SendChan(internal::ChanRef<T> ref) : internal::ChanHandle<T>(std::move(ref)) {}
  void Send(T value) const { this->SendTo(value); }
  void Close() const { this->CloseIt(); }
};

// A channel. A shared handle: copies name the same channel, so capture it by value. A default Chan
// is nil: sends and receives on it block for ever, and Select never picks it.
//
//   unpark::Chan<int> jobs(64);
//   unpark::go([jobs] { for (int i = 0; i < 10; ++i) jobs.Send(i); jobs.Close(); });
//   for (int job : jobs) Work(job);
//
// Thread-safe. A send synchronizes before the completion of its receive, and the k-th receive
// before the completion of the (k + capacity)-th send, as in Go's memory model. Outside of
// goroutines only operations that need not block are possible.
template <typename T>
class Chan : public internal::ChanHandle<T> {
 public:
  Chan() = default;
  // make(chan T, capacity); 0: unbuffered, a send waits for its receiver.
  explicit Chan(std::size_t capacity)
      : internal::ChanHandle<T>(internal::ChanRef<T>(new internal::ChanState<T>(capacity))) {}
  explicit Chan(internal::ChanRef<T> ref) : internal::ChanHandle<T>(std::move(ref)) {}

  // Blocks while there is neither room nor a receiver. Panics: "send on closed channel".
  void Send(T value) const { this->SendTo(value); }
  // Blocks while there is no value; nullopt once closed and drained.
  std::optional<T> Recv() const { return this->RecvFrom(); }
  // Wakes every receiver, and every sender to its panic. Panics: "close of closed channel", "close
  // of nil channel".
  void Close() const { this->CloseIt(); }

  internal::RecvIterator<T> begin() const { return internal::RecvIterator<T>(this->state()); }
  std::default_sentinel_t end() const { return {}; }

  operator RecvChan<T>() const { return RecvChan<T>(this->ref_); }
  operator SendChan<T>() const { return SendChan<T>(this->ref_); }
};

}  // namespace unpark

#endif  // UNPARK_RUNTIME_CHAN_CHAN_H_
