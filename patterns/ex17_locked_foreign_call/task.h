// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of exercise 17: many goroutines encipher blocks with a thread-safe foreign (C) library.

#ifndef UNPARK_PATTERNS_EX17_LOCKED_FOREIGN_CALL_TASK_H_
#define UNPARK_PATTERNS_EX17_LOCKED_FOREIGN_CALL_TASK_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "patterns/work.h"
#include "runtime/chan/chan.h"
#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::locked_foreign_call {

using Block = std::array<std::uint64_t, 32>;  // 256 bytes

struct CipherWorkload {
  int callers = 200;
  int calls = 5;         // of each caller
  bool deliver = false;  // each block is handed to a collector, as soon as it is enciphered

  std::int64_t Operations() const { return std::int64_t{callers} * calls; }
};

inline Block Plaintext(std::uint64_t call) {
  Block block;
  for (std::size_t i = 0; i < block.size(); ++i) block[i] = call * block.size() + i;
  return block;
}

inline std::uint64_t KeyOf(std::uint64_t call) { return call ^ 0x0123456789abcdefu; }

// By call: a digest of the enciphered block.
using Digests = std::vector<std::uint64_t>;

inline std::uint64_t Digest(const Block& block) {
  std::uint64_t digest = 0;
  for (std::uint64_t word : block) digest = digest * 31 + word;
  return digest;
}

// Enciphers without the library.
inline Digests EncipherSequentially(const CipherWorkload& w) {
  Digests digests;
  for (std::int64_t call = 0; call < w.Operations(); ++call) {
    std::uint64_t state = KeyOf(call);
    Block block = Plaintext(call);
    for (std::uint64_t& word : block) {
      state ^= state >> 29;
      state *= 0xbf58476d1ce4e5b9u;
      word ^= ++state;
    }
    digests.push_back(Digest(block));
  }
  return digests;
}

// Where the enciphered blocks go: straight to their place, or over a channel to a collector.
class Delivery {
 public:
  explicit Delivery(const CipherWorkload& w) : over_channel_(w.deliver), digests_(w.Operations()) {
    if (over_channel_) collecting_.Go([this] { Collect(); });
  }
  void Deliver(std::int64_t call, const Block& block) {
    if (over_channel_) {
      blocks_.Send(Enciphered{call, block});
    } else {
      digests_[call] = Digest(block);
    }
  }
  // REQUIRES: every block is delivered.
  Digests Close() {
    blocks_.Close();
    collecting_.Wait();
    return std::move(digests_);
  }

 private:
  struct Enciphered {
    std::int64_t call;
    Block block;
  };

  void Collect() {
    for (const Enciphered& enciphered : blocks_) {
      digests_[enciphered.call] = Digest(enciphered.block);
    }
  }

  const bool over_channel_;
  Digests digests_;
  Chan<Enciphered> blocks_{0};
  WaitGroup collecting_;
};

// Has encipher(call, delivery) do every call, from `callers` goroutines.
template <typename Encipher>
Digests EncipherByCallers(const CipherWorkload& w, const Encipher& encipher) {
  Delivery delivery(w);
  WaitGroup wg;
  wg.Add(w.callers);
  for (int caller = 0; caller < w.callers; ++caller) {
    go([&, caller] {
      for (int i = 0; i < w.calls; ++i) encipher(std::int64_t{caller} * w.calls + i, &delivery);
      wg.Done();
    });
  }
  wg.Wait();
  return delivery.Close();
}

}  // namespace unpark::patterns::locked_foreign_call

#endif  // UNPARK_PATTERNS_EX17_LOCKED_FOREIGN_CALL_TASK_H_
