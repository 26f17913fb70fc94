// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Note: a one-shot wake-up of one thread by another, on a futex.
#ifndef UNPARK_RUNTIME_OS_FUTEX_H_
#define UNPARK_RUNTIME_OS_FUTEX_H_

#include <atomic>
#include <cstdint>

namespace unpark::os {

// Blocks while *word == expected, at most until `deadline_ns` of the monotonic clock (0: for ever).
void FutexWait(std::atomic<std::uint32_t>* word, std::uint32_t expected, std::int64_t deadline_ns);
void FutexWakeOne(std::atomic<std::uint32_t>* word);

// One thread waits, any thread wakes; a wake-up before the wait is kept.
//
//   os::Note note;
//   A: note.Wait();            B: note.Wake();
//
// Invariant: the word is kSleeping only while the owner is in, or about to enter, the kernel.
// Wake() exchanges it with kSignaled, so exactly one of "the owner sees kSignaled before it sleeps"
// and "the waker sees kSleeping" holds.
class Note {
 public:
  // Waits for a Wake() and takes it; true unless the deadline (monotonic ns, 0: none) came first.
  // Polls the word `spins` times before it goes to the kernel.
  bool Wait(std::int64_t deadline_ns = 0, int spins = 0);

  // Returns whether a thread had to be woken in the kernel.
  bool Wake();

  // Whether a wake-up is there to be taken.
  bool Signaled() const { return word_.load(std::memory_order_acquire) == kSignaled; }

 private:
  static constexpr std::uint32_t kClear = 0, kSignaled = 1, kSleeping = 2;
  std::atomic<std::uint32_t> word_{kClear};
};

}  // namespace unpark::os

#endif  // UNPARK_RUNTIME_OS_FUTEX_H_
