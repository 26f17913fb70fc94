// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Waits that never end, each beside one that does: a barrier of one's own, and two locks in two
// orders.

#ifndef UNPARK_PATTERNS_EX112_SELF_BARRIER_WAITS_H_
#define UNPARK_PATTERNS_EX112_SELF_BARRIER_WAITS_H_

#include "runtime/chan/chan.h"
#include "runtime/go.h"
#include "runtime/sync/mutex.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::self_barrier {

// What a goroutine does about the barrier that all others wait for as well.
enum class Arrive {
  kBeforeWait,  // Done, then Wait: the last to arrive lets all go on
  kAtExit,      // Wait, and Done when the function is left: nobody ever arrives
};

// Starts `parties` goroutines that wait for each other on one WaitGroup; returns when all went on.
template <Arrive kArrive>
void MeetAtBarrier(int parties) {
  WaitGroup barrier, ended;
  barrier.Add(parties);
  for (int party = 0; party < parties; ++party) {
    ended.Go([&] {
      if (kArrive == Arrive::kBeforeWait) barrier.Done();
      barrier.Wait();
      if (kArrive == Arrive::kAtExit) barrier.Done();
    });
  }
  ended.Wait();
}

// The same meeting without a barrier: the one who started them opens a gate, by closing a channel.
inline void MeetAtGate(int parties) {
  const Chan<Unit> gate(0);
  WaitGroup ready, ended;
  ready.Add(parties);
  for (int party = 0; party < parties; ++party) {
    ended.Go([&] {
      ready.Done();
      gate.Recv();
    });
  }
  ready.Wait();
  gate.Close();
  ended.Wait();
}

enum class Order { kSame, kOpposite };

// Two goroutines need both of two locks; the second begins when the first has one of them.
template <Order kOrder>
void LockBoth() {
  Mutex one, two;
  const Chan<Unit> has_one(1);
  WaitGroup ended;
  ended.Go([&] {
    one.Lock();
    has_one.Send(Unit{});
    Gosched();  // the other takes what it can
    two.Lock();
    two.Unlock();
    one.Unlock();
  });
  ended.Go([&] {
    has_one.Recv();
    Mutex& first = kOrder == Order::kSame ? one : two;
    Mutex& second = kOrder == Order::kSame ? two : one;
    first.Lock();
    second.Lock();
    second.Unlock();
    first.Unlock();
  });
  ended.Wait();
}

}  // namespace unpark::patterns::self_barrier

#endif  // UNPARK_PATTERNS_EX112_SELF_BARRIER_WAITS_H_
