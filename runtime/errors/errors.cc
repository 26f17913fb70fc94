// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// The counted part of Error: wrapping, search along the chain, release.
#include "runtime/errors/errors.h"

namespace unpark {

Error Error::Wrap(std::string_view text, const Error& inner) {
  if (!inner) return {};
  Ref(inner.rep_);
  std::string joined(text);
  joined.append(": ").append(inner.text());
  return Error(new Rep(std::move(joined), inner.rep_));
}

bool Error::Is(const Error& target) const {
  const Rep* rep = rep_;
  while (rep != nullptr && rep != target.rep_) rep = rep->wrapped;
  return rep == target.rep_;
}

bool Error::Timeout() const {
  const Rep* rep = rep_;
  while (rep != nullptr && !rep->is_timeout) rep = rep->wrapped;
  return rep != nullptr;
}

// acq_rel: the last owner must see what the others did with the text before it is freed.
void Error::Drop(const Rep* rep) {
  while (rep != nullptr && rep->counted && rep->refs.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    const Rep* wrapped = rep->wrapped;
    delete rep;
    rep = wrapped;
  }
}

}  // namespace unpark
