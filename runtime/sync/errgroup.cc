// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// The parts of ErrGroup that do not depend on the function's type.
#include "runtime/sync/errgroup.h"

#include <cstddef>
#include <string>

namespace unpark {

void ErrGroup::SetLimit(int n) {
  if (state_->limit && state_->limit.Len() != 0) {
    Panic("errgroup: modify limit while " + std::to_string(state_->limit.Len()) +
          " goroutines in the group are still active");
  }
  state_->limit = n < 0 ? Chan<Unit>() : Chan<Unit>(static_cast<std::size_t>(n));
}

Error ErrGroup::Wait() {
  state_->running.Wait();
  if (state_->cancel) (*state_->cancel)(state_->error);
  return state_->error;
}

void ErrGroup::State::Fail(const Error& err) {
  failed.Do([&] {
    error = err;
    if (cancel) (*cancel)(err);
  });
}

void ErrGroup::State::Done() {
  if (limit) limit.Recv();
  running.Done();
}

}  // namespace unpark
