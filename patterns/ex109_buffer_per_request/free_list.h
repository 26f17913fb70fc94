// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of scenario 109: a buffered channel as the list of free tables.

#ifndef UNPARK_PATTERNS_EX109_BUFFER_PER_REQUEST_FREE_LIST_H_
#define UNPARK_PATTERNS_EX109_BUFFER_PER_REQUEST_FREE_LIST_H_

#include <memory>

#include "patterns/ex109_buffer_per_request/task.h"
#include "runtime/chan/chan.h"
#include "runtime/chan/select.h"

namespace unpark::patterns::buffer_per_request {

class ListedTables {
 public:
  explicit ListedTables(const ScratchWorkload& w) : w_(w), free_(w.handlers) {}

  Distinct Run() {
    return HandleAll(w_, [this](int request) {
      std::unique_ptr<Scratch> scratch;
      if (Select(Recv(free_, &scratch), kDefault) == 1) scratch = std::make_unique<Scratch>();
      const std::uint64_t distinct = CountDistinct(w_, request, scratch.get());
      Reset(w_, request, scratch.get());
      Select(Send(free_, std::move(scratch)), kDefault);  // no room: it is freed
      return distinct;
    });
  }

 private:
  const ScratchWorkload& w_;
  Chan<std::unique_ptr<Scratch>> free_;
};

}  // namespace unpark::patterns::buffer_per_request

#endif  // UNPARK_PATTERNS_EX109_BUFFER_PER_REQUEST_FREE_LIST_H_
