// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Or, OrDone, Tee, Bridge, FanIn: the usual ways to put channels together.
//
// Each starts goroutines that end when their input is closed, or when `done` is: then they leave
// values behind and close their output. A nil `done` never is.
//
//   Stream merged = FanIn(done, {ThroughStage(w, a, 0), ThroughStage(w, b, 0)});

#ifndef UNPARK_PATTERNS_EX107_VALUE_PER_MESSAGE_COMBINATORS_H_
#define UNPARK_PATTERNS_EX107_VALUE_PER_MESSAGE_COMBINATORS_H_

#include <cstddef>
#include <deque>
#include <utility>
#include <vector>

#include "runtime/chan/chan.h"
#include "runtime/chan/select.h"
#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::value_per_message {

using Done = RecvChan<Unit>;

// Closed as soon as one of `channels` is: one goroutine and one select, whatever their number.
inline Done Or(std::vector<Done> channels) {
  const Chan<Unit> any(0);
  go([any, channels = std::move(channels)] {
    using Case = decltype(Recv(channels.front()));
    std::deque<Case> cases;
    std::vector<SelectCase*> pointers;
    for (const Done& channel : channels) pointers.push_back(&cases.emplace_back(Recv(channel)));
    SelectAll(pointers);
    any.Close();
  });
  return any;
}

// Receives until `in` is closed, or done; false: it is over.
template <typename T>
bool RecvOrDone(const Done& done, const RecvChan<T>& in, T* value) {
  bool open = false;
  return Select(Recv(done), Recv(in, value, &open)) == 1 && open;
}

// False: done.
template <typename T>
bool SendOrDone(const Done& done, const SendChan<T>& out, T value) {
  return Select(Recv(done), Send(out, std::move(value))) == 1;
}

// The values of `in`, for a loop that need not know of `done`.
template <typename T>
RecvChan<T> OrDone(const Done& done, const RecvChan<T>& in) {
  const Chan<T> out(0);
  go([done, in, out] {
    for (T value; RecvOrDone(done, in, &value);) {
      if (!SendOrDone<T>(done, out, std::move(value))) break;
    }
    out.Close();
  });
  return out;
}

// Every value of `in` twice. The two must be read side by side: each waits for the other.
template <typename T>
std::pair<RecvChan<T>, RecvChan<T>> Tee(const Done& done, const RecvChan<T>& in) {
  const Chan<T> first(0), second(0);
  go([done, in, first, second] {
    for (T value; RecvOrDone(done, in, &value);) {
      Chan<T> to_first = first, to_second = second;
      while (to_first || to_second) {
        // A nil channel is never ready: who has the value is left out of the second turn.
        const std::size_t sent = Select(Recv(done), Send(to_first, value), Send(to_second, value));
        if (sent == 0) break;
        (sent == 1 ? to_first : to_second) = Chan<T>();
      }
      if (to_first || to_second) break;
    }
    first.Close();
    second.Close();
  });
  return {first, second};
}

// The values of a sequence of channels, one channel after the other.
template <typename T>
RecvChan<T> Bridge(const Done& done, const RecvChan<RecvChan<T>>& channels) {
  const Chan<T> out(0);
  go([done, channels, out] {
    bool going_on = true;
    for (RecvChan<T> in; going_on && RecvOrDone(done, channels, &in);) {
      for (T value; going_on && RecvOrDone(done, in, &value);) {
        going_on = SendOrDone<T>(done, out, std::move(value));
      }
    }
    out.Close();
  });
  return out;
}

// The values of all `inputs`, in no order.
template <typename T>
RecvChan<T> FanIn(const Done& done, const std::vector<RecvChan<T>>& inputs) {
  const Chan<T> out(0);
  auto open = std::make_shared<WaitGroup>();
  for (const RecvChan<T>& in : inputs) {
    open->Go([done, in, out] {
      for (T value; RecvOrDone(done, in, &value);) {
        if (!SendOrDone<T>(done, out, std::move(value))) break;
      }
    });
  }
  go([out, open] {
    open->Wait();
    out.Close();
  });
  return out;
}

}  // namespace unpark::patterns::value_per_message

#endif  // UNPARK_PATTERNS_EX107_VALUE_PER_MESSAGE_COMBINATORS_H_
