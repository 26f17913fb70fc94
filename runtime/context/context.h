// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Context: carries a deadline, a cancellation and values down a tree of goroutines, as Go's
// context.Context does.
//
//   Context ctx = Background();
//   auto [request, cancel] = WithTimeout(ctx, std::chrono::seconds(2));
//   go([request = request] { Work(request); });
//   switch (Select(Recv(request.Done()), Recv(answer, &value))) {
//     case 0: return request.Err();              // kCanceled or kDeadlineExceeded
//   }
//   cancel();                                    // always call it: it stops the timer
//
// A Context is a handle: copy it by value into goroutines; all copies may be used at once. The
// default Context is nil; deriving from it panics with Go's text. Cancelling reaches every
// descendant before the cancel function returns, takes constant stack however deep the tree is, and
// may be repeated.
//
// Differences from Go: a Context is a final class, not an interface, so there are no contexts of
// the user's own; values are found by typed keys; a context that nobody can cancel or observe any
// more is freed at once, without cancel().
#ifndef UNPARK_RUNTIME_CONTEXT_CONTEXT_H_
#define UNPARK_RUNTIME_CONTEXT_CONTEXT_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "runtime/chan/chan.h"
#include "runtime/errors/errors.h"
#include "runtime/go.h"
#include "runtime/os/explore.h"
#include "runtime/sync/mutex.h"
#include "runtime/time/time.h"

namespace unpark {

// "context canceled".
extern constinit const Error kCanceled;
// "context deadline exceeded"; its Timeout() is true.
extern constinit const Error kDeadlineExceeded;

// A key for values of type T. Its identity is its address, so that two packages never collide: make
// it a constant with static storage. `name` is what String() shows.
//   inline const ContextKey<std::string> kUser{"user"};
template <typename T>
class ContextKey {
 public:
  constexpr explicit ContextKey(std::string_view name) : name_(name) {}
  ContextKey(const ContextKey&) = delete;
  ContextKey& operator=(const ContextKey&) = delete;
  constexpr std::string_view name() const { return name_; }

 private:
  const std::string_view name_;
};

namespace internal {

class CancelNode;

// ContextNode: one link of the chain from a context to its root. Immutable but for the count.
class ContextNode {
 public:
  enum class Kind : std::uint8_t { kBackground, kTodo, kValue, kWithoutCancel, kCancel, kDeadline };

  // A root with static storage.
  constexpr explicit ContextNode(Kind kind)
      : parent(nullptr), ancestor(nullptr), kind(kind), counted(false) {}
  ContextNode(Kind kind, ContextNode* parent, CancelNode* ancestor, std::uint32_t refs)
      : parent(parent), ancestor(ancestor), kind(kind), counted(true), refs(refs) {
    Ref(parent);
  }
  ContextNode(const ContextNode&) = delete;
  ContextNode& operator=(const ContextNode&) = delete;
  virtual ~ContextNode() = default;

  bool cancelable() const { return kind >= Kind::kCancel; }
  // The nearest node whose cancellation cancels what is derived from this one; null: none.
  inline CancelNode* canceler();
  // ".WithValue(user, ann)": this link's part of Context::String().
  virtual std::string Describe() const;

  static void Ref(ContextNode* node) {
    if (node != nullptr && node->counted) node->refs.fetch_add(1, std::memory_order_relaxed);
  }
  static void Unref(ContextNode* node) {
    if (node != nullptr && node->counted) Drop(node);
  }

  ContextNode* const parent;   // counted, except by an orphan (see CancelNode)
  CancelNode* const ancestor;  // nearest cancelable node above this one; null: none
  const Kind kind;
  const bool counted;
  // Pairs with itself: the last decrement acquires what the other owners wrote before theirs.
  std::atomic<std::uint32_t> refs{1};

 protected:
  static void Drop(ContextNode* node);
};

// CancelNode: a node that can be cancelled, and the list of those that are cancelled with it.
//
// One mutex, the root's, guards the lists and the cancellation of a whole tree: a cancel walks the
// tree under it without taking a lock per node, and needs no order between locks.
//
// Invariants:
// (1) A live node with an ancestor is linked in its ancestor's list; the list does not own it.
// (2) Exception: a live node nobody refers to any more, which still has a Done channel, a function
//     to start or orphans of its own, is an *orphan*: owned by its ancestor's list and holding no
//     reference to its parent. Hence there are no cycles.
// (3) The state goes kLive -> kCanceling -> kCanceled. kCanceled is stored last: whoever reads it
//     may free the node.
class CancelNode : public ContextNode {
 public:
  enum class State : std::uint8_t { kLive, kCanceling, kCanceled };

  CancelNode(Kind kind, ContextNode* parent, std::uint32_t refs);
  ~CancelNode() override;

  // Links the node below its ancestor, or cancels it if that is cancelled already. Called once,
  // before it is shared.
  void Attach();
  // Cancels the node and all below it; false: it was cancelled already. A nil cause means `err`.
  bool Cancel(const Error& err, const Error& cause);
  // Takes the node off its ancestor without closing Done or starting the function; false: it was
  // cancelled already.
  bool Detach();

  RecvChan<Unit> Done();
  Error Err();
  Error Cause();
  std::string Describe() const override;

 protected:
  // What an AfterFunc does when its context is done. Called under the tree's mutex: it must only
  // start a goroutine.
  virtual void Start() {}
  virtual bool has_function() const { return false; }
  // Stops the timer of a deadline. Called once, by the canceller, without the tree's mutex.
  virtual void StopTimer() {}

  Mutex& tree() { return root_->mu_; }
  bool live() const { return state_.load(std::memory_order_acquire) == State::kLive; }

 private:
  friend class ContextNode;

  bool WaitCanceled();
  void MarkLocked(const Error& err, const Error& cause, CancelNode** timers);
  void LinkLocked();
  void UnlinkLocked();
  bool KeepAsOrphan();
  static void FreeList(CancelNode* list);

  CancelNode* const root_;
  // err_, cause_: written before kCanceling is released, never after; readers acquire the state
  // first.
  explore::Atomic<State> state_{State::kLive};
  explore::Atomic<bool> has_done_{
      false};            // released after done_ was made; done_ never changes again
  bool linked_ = false;  // the rest: guarded by tree()
  bool orphan_ = false;
  Mutex mu_;  // used in the root only
  Chan<Unit> done_;
  Error err_, cause_;
  CancelNode* children_ = nullptr;
  CancelNode* next_ = nullptr;
  CancelNode* prev_ = nullptr;
};

inline CancelNode* ContextNode::canceler() {
  return cancelable() ? static_cast<CancelNode*>(this) : ancestor;
}

// NodeRef: a counted pointer to a node.
class NodeRef {
 public:
  NodeRef() = default;
  // Takes over one reference that the caller holds.
  explicit NodeRef(ContextNode* adopted) : node_(adopted) {}
  NodeRef(const NodeRef& other) : node_(other.node_) { ContextNode::Ref(node_); }
  NodeRef(NodeRef&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
  NodeRef& operator=(NodeRef other) noexcept {
    std::swap(node_, other.node_);
    return *this;
  }
  ~NodeRef() { ContextNode::Unref(node_); }

  ContextNode* get() const { return node_; }
  ContextNode* operator->() const { return node_; }
  CancelNode* cancel() const { return static_cast<CancelNode*>(node_); }

 private:
  ContextNode* node_ = nullptr;
};

}  // namespace internal

class Context {
 public:
  Context() = default;  // nil
  explicit Context(internal::NodeRef node) : node_(std::move(node)) {}

  explicit operator bool() const { return node_.get() != nullptr; }  // not nil
  friend bool operator==(const Context& a, const Context& b) {
    return a.node_.get() == b.node_.get();
  }

  // When this context will be cancelled at the latest; nullopt: no deadline.
  std::optional<Time> Deadline() const;
  // Closed when this context is cancelled; nil for one that never is. Always the same channel.
  RecvChan<Unit> Done() const;
  // nil until Done is closed, then kCanceled or kDeadlineExceeded, for ever the same.
  Error Err() const;
  // The value under `key`, from this context or the nearest one above; null: none. Valid as long as
  // a context that carries it is.
  template <typename T>
  const T* Value(const ContextKey<T>& key) const {
    return static_cast<const T*>(Find(&key));
  }
  // How it was derived: "context.Background.WithCancel".
  std::string String() const;

  const internal::NodeRef& node() const { return node_; }

 private:
  internal::ContextNode& Node() const;  // panics for a nil context
  const void* Find(const void* key) const;

  internal::NodeRef node_;
};

// Cancels a context made by WithCancel, WithDeadline or WithTimeout. Only the first call has an
// effect.
class CancelFunc {
 public:
  explicit CancelFunc(internal::NodeRef node) : node_(std::move(node)) {}
  void operator()() const { node_.cancel()->Cancel(kCanceled, Error()); }

 private:
  internal::NodeRef node_;
};

// The same, and says why: Cause() gives the reason. A nil cause means kCanceled.
class CancelCauseFunc {
 public:
  explicit CancelCauseFunc(internal::NodeRef node) : node_(std::move(node)) {}
  void operator()(const Error& cause) const { node_.cancel()->Cancel(kCanceled, cause); }

 private:
  internal::NodeRef node_;
};

// Undoes an AfterFunc: true when it kept the function from being started.
class StopFunc {
 public:
  explicit StopFunc(internal::NodeRef node) : node_(std::move(node)) {}
  bool operator()() const { return node_.cancel()->Detach(); }

 private:
  internal::NodeRef node_;
};

Context Background();  // the root: never cancelled, no values, no deadline
Context TODO();        // the same, to mark a place where the right context is not known yet

std::pair<Context, CancelFunc> WithCancel(const Context& parent);
std::pair<Context, CancelCauseFunc> WithCancelCause(const Context& parent);
// Cancelled with kDeadlineExceeded at `deadline`, or earlier with its parent or by the function. If
// the parent's deadline is earlier it is WithCancel.
std::pair<Context, CancelFunc> WithDeadline(const Context& parent, Time deadline);
std::pair<Context, CancelFunc> WithDeadlineCause(const Context& parent, Time deadline,
                                                 const Error& cause);
std::pair<Context, CancelFunc> WithTimeout(const Context& parent, Duration timeout);
std::pair<Context, CancelFunc> WithTimeoutCause(const Context& parent, Duration timeout,
                                                const Error& cause);
// The parent's values without its cancellation and deadline.
Context WithoutCancel(const Context& parent);
template <typename T, typename V>
Context WithValue(const Context& parent, const ContextKey<T>& key, V&& value);

// Why ctx was cancelled: the cause given by whoever cancelled it first, else its Err(); nil while
// it is not cancelled.
Error Cause(const Context& ctx);

// Starts f in its own goroutine once ctx is done, at once if it is. Stop does not wait for f.
template <typename F>
StopFunc AfterFunc(const Context& ctx, F f);

namespace internal {

[[noreturn]] void PanicNilParent();

class ValueNode : public ContextNode {
 public:
  ValueNode(ContextNode* parent, const void* key, std::string_view name)
      : ContextNode(Kind::kValue, parent, parent->canceler(), 1), key(key), name(name) {}
  virtual const void* value() const = 0;
  std::string Describe() const override;

  const void* const key;
  const std::string_view name;

 protected:
  virtual std::string_view text() const { return {}; }  // a value that is text itself; else empty
};

template <typename T>
class TypedValueNode final : public ValueNode {
 public:
  template <typename V>
  TypedValueNode(ContextNode* parent, const ContextKey<T>& key, V&& value)
      : ValueNode(parent, &key, key.name()), value_(std::forward<V>(value)) {}
  const void* value() const override { return &value_; }

 private:
  std::string_view text() const override {
    if constexpr (std::is_convertible_v<const T&, std::string_view>) return value_;
    return {};
  }
  const T value_;
};

template <typename F>
class AfterFuncNode final : public CancelNode {
 public:
  AfterFuncNode(ContextNode* parent, F f)
      : CancelNode(Kind::kCancel, parent, 1), f_(std::move(f)) {}

 private:
  void Start() override { go(std::move(f_)); }
  bool has_function() const override { return true; }
  F f_;
};

}  // namespace internal

template <typename T, typename V>
Context WithValue(const Context& parent, const ContextKey<T>& key, V&& value) {
  if (!parent) internal::PanicNilParent();
  return Context(internal::NodeRef(
      new internal::TypedValueNode<T>(parent.node().get(), key, std::forward<V>(value))));
}

template <typename F>
StopFunc AfterFunc(const Context& ctx, F f) {
  if (!ctx) internal::PanicNilParent();
  auto* node = new internal::AfterFuncNode<F>(ctx.node().get(), std::move(f));
  internal::NodeRef ref(node);
  node->Attach();
  return StopFunc(std::move(ref));
}

}  // namespace unpark

#endif  // UNPARK_RUNTIME_CONTEXT_CONTEXT_H_
