// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Cancellation trees: linking, the walk that cancels, and the life of nodes.
//
// Rejected: a map of children in each node and a mutex per node, as Go has it (two allocations and
// a lock per child, and recursion as deep as the tree); strong references from parent to child (a
// cycle, which Go leaves to its collector); weak references alone (a goroutine that keeps only the
// Done channel of a dropped context would never be woken, hence the orphans).
#include "runtime/context/context.h"

#include <array>
#include <cstdio>
#include <mutex>
#include <vector>

namespace unpark {
namespace {

constinit const Error::Rep kCanceledRep("context canceled", /*timeout=*/false);
constinit const Error::Rep kDeadlineRep("context deadline exceeded", /*timeout=*/true);

// What Done gives for a context that was cancelled before anybody asked for its channel.
RecvChan<Unit> ClosedChan() {
  static const Chan<Unit>* const closed = [] {
    auto* chan = new Chan<Unit>(0);  // never freed: contexts may be used until the process ends
    chan->Close();
    return chan;
  }();
  return *closed;
}

std::string FormatDuration(Duration d) {
  std::array<char, 48> text;
  std::snprintf(text.data(), text.size(), "%.9gs", std::chrono::duration<double>(d).count());
  return text.data();
}

}  // namespace

constinit const Error kCanceled(&kCanceledRep);
constinit const Error kDeadlineExceeded(&kDeadlineRep);

namespace internal {
namespace {

constinit ContextNode background(ContextNode::Kind::kBackground);
constinit ContextNode todo(ContextNode::Kind::kTodo);

// DeadlineNode: a CancelNode with a timer. The timer's function holds a reference, so that a node
// with a pending timer is never an orphan.
class DeadlineNode final : public CancelNode {
 public:
  DeadlineNode(ContextNode* parent, Time deadline, std::uint32_t refs)
      : CancelNode(Kind::kDeadline, parent, refs), deadline(deadline) {}

  // REQUIRES: called once, after Attach; the caller holds a reference.
  void Arm(Duration delay, const Error& cause) {
    Ref(this);
    Timer timer = unpark::AfterFunc(
        delay, [self = NodeRef(this), cause] { self.cancel()->Cancel(kDeadlineExceeded, cause); });
    {
      std::lock_guard<Mutex> lock(tree());
      if (live()) {
        timer_ = std::move(timer);
        return;
      }
    }
    timer.Stop();  // cancelled meanwhile, by a canceller that found no timer
  }

  const Time deadline;

 private:
  // Only the canceller comes here, after the state has left kLive for good: Arm writes no more.
  void StopTimer() override {
    if (!timer_) return;
    timer_->Stop();
    timer_.reset();  // the timer's function refers to this node: breaks the cycle
  }
  std::string Describe() const override {
    return ".WithDeadline([" + FormatDuration(deadline - Now()) + "])";
  }

  std::optional<Timer> timer_;
};

}  // namespace

void PanicNilParent() { Panic("cannot create context from nil parent"); }

std::string ContextNode::Describe() const {
  switch (kind) {
    case Kind::kBackground:
      return "context.Background";
    case Kind::kTodo:
      return "context.TODO";
    default:
      return ".WithoutCancel";
  }
}

std::string ValueNode::Describe() const {
  std::string out = ".WithValue(";
  out.append(name);
  if (!text().empty()) out.append(", ").append(text());
  return out + ")";
}

std::string CancelNode::Describe() const { return ".WithCancel"; }

// Frees a chain of nodes from the leaf up, as far as nobody else holds it, without recursion.
void ContextNode::Drop(ContextNode* node) {
  while (node != nullptr && node->counted &&
         node->refs.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    ContextNode* parent = node->parent;
    const bool orphan = node->cancelable() && static_cast<CancelNode*>(node)->KeepAsOrphan();
    if (!orphan) delete node;
    node = parent;
  }
}

CancelNode::CancelNode(Kind kind, ContextNode* parent, std::uint32_t refs)
    : ContextNode(kind, parent, parent->canceler(), refs),
      root_(ancestor == nullptr ? this : ancestor->root_) {}

// Orphans that are still listed can never be cancelled now.
CancelNode::~CancelNode() { FreeList(children_); }

// Called when the last reference has gone. True: the ancestor's list owns the node from now on, and
// may have freed it.
bool CancelNode::KeepAsOrphan() {
  if (ancestor == nullptr || state_.load(std::memory_order_acquire) == State::kCanceled) {
    return false;
  }
  std::lock_guard<Mutex> lock(tree());
  if (!linked_) return false;  // a cancel was under way and has left the node to us
  if (has_done_.load(std::memory_order_relaxed) || has_function() || children_ != nullptr) {
    orphan_ = true;
    return true;
  }
  UnlinkLocked();
  return false;
}

// Frees listed orphans and theirs, flattening the tree into one list as it goes.
void CancelNode::FreeList(CancelNode* list) {
  while (list != nullptr) {
    CancelNode* node = list;
    list = node->next_;
    while (node->children_ != nullptr) {
      CancelNode* child = node->children_;
      node->children_ = child->next_;
      child->next_ = list;
      list = child;
    }
    delete node;
  }
}

void CancelNode::LinkLocked() {
  next_ = ancestor->children_;
  if (next_ != nullptr) next_->prev_ = this;
  prev_ = nullptr;
  ancestor->children_ = this;
  linked_ = true;
}

void CancelNode::UnlinkLocked() {
  (prev_ == nullptr ? ancestor->children_ : prev_->next_) = next_;
  if (next_ != nullptr) next_->prev_ = prev_;
  next_ = prev_ = nullptr;
  linked_ = false;
}

void CancelNode::Attach() {
  if (ancestor == nullptr) return;
  if (ancestor->state_.load(std::memory_order_acquire) != State::kCanceled) {
    std::lock_guard<Mutex> lock(tree());
    if (ancestor->state_.load(std::memory_order_relaxed) == State::kLive) {
      LinkLocked();
      return;
    }
  }
  // The ancestor is cancelled for good, and nobody else knows this node yet.
  MarkLocked(ancestor->err_, ancestor->cause_, nullptr);
  StopTimer();
  state_.store(State::kCanceled, std::memory_order_release);
}

// Makes the cancellation visible: first the error, then Done. A node with a timer is listed in
// *timers, to be stopped when the tree's mutex is free: stopping drops the timer's function and may
// free nodes.
void CancelNode::MarkLocked(const Error& err, const Error& cause, CancelNode** timers) {
  err_ = err;
  cause_ = cause ? cause : err;
  state_.store(State::kCanceling, std::memory_order_release);
  if (has_done_.load(std::memory_order_relaxed)) done_.Close();
  Start();
  if (timers != nullptr && kind == Kind::kDeadline) {
    Ref(this);  // its count is not zero: a live deadline is held by its timer, and before that by
                // its maker
    next_ = *timers;
    *timers = this;
  }
}

bool CancelNode::Cancel(const Error& err, const Error& cause) {
  if (state_.load(std::memory_order_acquire) == State::kCanceled) return false;
  CancelNode* orphans =
      nullptr;  // both linked by next_, which a node off its ancestor's list does not use
  CancelNode* timers = nullptr;
  {
    std::lock_guard<Mutex> lock(tree());
    if (state_.load(std::memory_order_relaxed) != State::kLive) return false;
    if (linked_) UnlinkLocked();
    // Walks the tree without a stack: down to a child while there is one, up by `ancestor` when
    // there is none.
    CancelNode* node = this;
    node->MarkLocked(err, cause, &timers);
    for (;;) {
      if (CancelNode* child = node->children_; child != nullptr) {
        child->UnlinkLocked();
        node = child;
        node->MarkLocked(err_, cause_, &timers);
        continue;
      }
      CancelNode* up = node == this ? nullptr : node->ancestor;
      if (node->orphan_) {
        node->next_ = orphans;
        orphans = node;
      } else {
        node->state_.store(State::kCanceled, std::memory_order_release);  // not touched after this
      }
      if (up == nullptr) break;
      node = up;
    }
  }
  while (timers != nullptr) {
    CancelNode* node = std::exchange(timers, timers->next_);
    node->StopTimer();
    Unref(node);
  }
  FreeList(orphans);
  return true;
}

bool CancelNode::Detach() {
  if (state_.load(std::memory_order_acquire) == State::kCanceled) return false;
  std::lock_guard<Mutex> lock(tree());
  if (state_.load(std::memory_order_relaxed) != State::kLive) return false;
  if (linked_) UnlinkLocked();
  state_.store(State::kCanceled, std::memory_order_release);
  return true;
}

// True once the node is cancelled and its Done closed: an error must not be seen before Done is
// closed.
bool CancelNode::WaitCanceled() {
  switch (state_.load(std::memory_order_acquire)) {
    case State::kLive:
      return false;
    case State::kCanceling: {
      std::lock_guard<Mutex> lock(tree());
      return true;
    }
    default:
      return true;
  }
}

Error CancelNode::Err() { return WaitCanceled() ? err_ : Error(); }

Error CancelNode::Cause() { return WaitCanceled() ? cause_ : Error(); }

RecvChan<Unit> CancelNode::Done() {
  if (has_done_.load(std::memory_order_acquire)) return done_;
  if (state_.load(std::memory_order_acquire) == State::kCanceled) return ClosedChan();
  std::lock_guard<Mutex> lock(tree());
  if (has_done_.load(std::memory_order_relaxed)) return done_;
  if (state_.load(std::memory_order_relaxed) != State::kLive) return ClosedChan();
  done_ = Chan<Unit>(0);
  has_done_.store(true, std::memory_order_release);
  return done_;
}

}  // namespace internal

using internal::CancelNode;
using internal::ContextNode;
using internal::DeadlineNode;
using internal::NodeRef;

Context Background() { return Context(NodeRef(&internal::background)); }

Context TODO() { return Context(NodeRef(&internal::todo)); }

std::optional<Time> Context::Deadline() const {
  for (const ContextNode* node = &Node(); node != nullptr; node = node->parent) {
    if (node->kind == ContextNode::Kind::kDeadline) {
      return static_cast<const DeadlineNode*>(node)->deadline;
    }
    if (node->kind == ContextNode::Kind::kWithoutCancel) break;
  }
  return std::nullopt;
}

RecvChan<Unit> Context::Done() const {
  CancelNode* node = Node().canceler();
  return node == nullptr ? RecvChan<Unit>() : node->Done();
}

Error Context::Err() const {
  CancelNode* node = Node().canceler();
  return node == nullptr ? Error() : node->Err();
}

ContextNode& Context::Node() const {
  if (!*this) Panic("invalid memory address or nil pointer dereference");
  return *node_.get();
}

const void* Context::Find(const void* key) const {
  for (const ContextNode* node = &Node(); node != nullptr; node = node->parent) {
    if (node->kind != ContextNode::Kind::kValue) continue;
    const auto* value = static_cast<const internal::ValueNode*>(node);
    if (value->key == key) return value->value();
  }
  return nullptr;
}

std::string Context::String() const {
  std::vector<const ContextNode*> chain;
  for (const ContextNode* node = node_.get(); node != nullptr; node = node->parent) {
    chain.push_back(node);
  }
  std::string out;
  for (auto it = chain.rbegin(); it != chain.rend(); ++it) out += (*it)->Describe();
  return out.empty() ? "<nil>" : out;
}

namespace {

// Two references: the context's and the cancel function's.
template <typename Cancel>
std::pair<Context, Cancel> NewCancel(const Context& parent) {
  if (!parent) internal::PanicNilParent();
  auto* node = new CancelNode(ContextNode::Kind::kCancel, parent.node().get(), 2);
  node->Attach();
  return {Context(NodeRef(node)), Cancel(NodeRef(node))};
}

}  // namespace

std::pair<Context, CancelFunc> WithCancel(const Context& parent) {
  return NewCancel<CancelFunc>(parent);
}

std::pair<Context, CancelCauseFunc> WithCancelCause(const Context& parent) {
  return NewCancel<CancelCauseFunc>(parent);
}

namespace {

std::pair<Context, CancelFunc> NewDeadline(const Context& parent, Time now, Time deadline,
                                           const Error& cause) {
  if (!parent) internal::PanicNilParent();
  if (auto earlier = parent.Deadline(); earlier && *earlier < deadline) return WithCancel(parent);
  auto* node = new DeadlineNode(parent.node().get(), deadline, 2);
  std::pair<Context, CancelFunc> made{Context(NodeRef(node)), CancelFunc(NodeRef(node))};
  node->Attach();
  if (deadline <= now) {
    node->Cancel(kDeadlineExceeded, cause);
  } else if (!node->Err()) {
    node->Arm(deadline - now, cause);
  }
  return made;
}

}  // namespace

std::pair<Context, CancelFunc> WithDeadline(const Context& parent, Time deadline) {
  return NewDeadline(parent, Now(), deadline, Error());
}

std::pair<Context, CancelFunc> WithDeadlineCause(const Context& parent, Time deadline,
                                                 const Error& cause) {
  return NewDeadline(parent, Now(), deadline, cause);
}

std::pair<Context, CancelFunc> WithTimeout(const Context& parent, Duration timeout) {
  return WithTimeoutCause(parent, timeout, Error());
}

std::pair<Context, CancelFunc> WithTimeoutCause(const Context& parent, Duration timeout,
                                                const Error& cause) {
  const Time now = Now();
  // Out of range: the end of time.
  const Time deadline = timeout > Time::max() - now ? Time::max() : now + timeout;
  return NewDeadline(parent, now, deadline, cause);
}

Context WithoutCancel(const Context& parent) {
  if (!parent) internal::PanicNilParent();
  return Context(
      NodeRef(new ContextNode(ContextNode::Kind::kWithoutCancel, parent.node().get(), nullptr, 1)));
}

Error Cause(const Context& ctx) {
  if (!ctx) return ctx.Err();  // panics
  CancelNode* node = ctx.node()->canceler();
  return node == nullptr ? Error() : node->Cause();
}

}  // namespace unpark
