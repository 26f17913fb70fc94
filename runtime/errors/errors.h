// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Error: nil, or an immutable message with an identity, as Go's error values are.
//
//   Error Open(const std::string& path) {
//     if (path.empty()) return Error("open: empty path");
//     return {};                                   // nil: no error
//   }
//   if (Error err = Open(path)) return Error::Wrap("load", err);
//
// Errors are values: they are returned, stored and compared, never thrown. Two errors are equal
// when one is a copy of the other; two errors made from the same text are different, as with Go's
// errors.New. A copy costs one increment, and nothing for an error with static storage such as
// kCanceled. Copies may be used by any threads.
#ifndef UNPARK_RUNTIME_ERRORS_ERRORS_H_
#define UNPARK_RUNTIME_ERRORS_ERRORS_H_

#include <atomic>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace unpark {

class Error {
 public:
  // What an Error points at. Only an error with static storage names it, see kCanceled.
  struct Rep {
    constexpr Rep(std::string_view static_text, bool timeout)
        : text(static_text), is_timeout(timeout) {}
    Rep(std::string owned_text, const Rep* inner)
        : owned(std::move(owned_text)), text(owned), wrapped(inner), counted(true) {}

    const std::string owned{};
    const std::string_view text;
    const Rep* const wrapped = nullptr;  // counted
    const bool counted = false;
    const bool is_timeout = false;
    mutable std::atomic<std::uint32_t> refs{1};
  };

  constexpr Error() = default;  // nil
  constexpr explicit Error(const Rep* static_rep) : rep_(static_rep) {}
  explicit Error(std::string_view text) : rep_(new Rep(std::string(text), nullptr)) {}

  // "text: inner's text"; Is() finds `inner` in it. A nil inner gives nil, so a result can be
  // wrapped unseen.
  static Error Wrap(std::string_view text, const Error& inner);

  Error(const Error& other) : rep_(other.rep_) { Ref(rep_); }
  Error(Error&& other) noexcept : rep_(std::exchange(other.rep_, nullptr)) {}
  Error& operator=(Error other) noexcept {
    std::swap(rep_, other.rep_);
    return *this;
  }
  ~Error() { Unref(rep_); }

  explicit operator bool() const { return rep_ != nullptr; }  // true: there is an error
  std::string_view text() const { return rep_ == nullptr ? "<nil>" : rep_->text; }

  // Whether this error is `target` or wraps it at any depth.
  bool Is(const Error& target) const;

  // Whether it, or an error it wraps, says that time ran out.
  bool Timeout() const;

  friend bool operator==(const Error& a, const Error& b) { return a.rep_ == b.rep_; }
  friend std::ostream& operator<<(std::ostream& out, const Error& error) {
    return out << error.text();
  }

 private:
  static void Ref(const Rep* rep) {
    if (rep != nullptr && rep->counted) rep->refs.fetch_add(1, std::memory_order_relaxed);
  }
  static void Unref(const Rep* rep) {
    if (rep != nullptr && rep->counted) Drop(rep);
  }
  static void Drop(const Rep* rep);

  const Rep* rep_ = nullptr;
};

}  // namespace unpark

#endif  // UNPARK_RUNTIME_ERRORS_ERRORS_H_
