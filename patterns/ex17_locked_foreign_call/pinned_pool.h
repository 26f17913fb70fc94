// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of exercise 17 for the library that keeps its key in the thread: a few goroutines locked
// for good make all its calls.

#ifndef UNPARK_PATTERNS_EX17_LOCKED_FOREIGN_CALL_PINNED_POOL_H_
#define UNPARK_PATTERNS_EX17_LOCKED_FOREIGN_CALL_PINNED_POOL_H_

#include "patterns/ex17_locked_foreign_call/keyed.h"

namespace unpark::patterns::locked_foreign_call {

// As many threads as Ps, however many callers there are: with a lock for each call every caller
// that waits while it holds one keeps a thread.
class PinnedPool {
 public:
  explicit PinnedPool(Delivery* delivery) {
    for (int worker = GOMAXPROCS(0); worker-- > 0;) {
      running_.Go([this, delivery] {
        const ThreadLock lock;
        for (const Job& job : jobs_) {
          EncipherKeyed(job.call, delivery);
          job.done.Send(Unit{});
        }
      });
    }
  }
  ~PinnedPool() {
    jobs_.Close();
    running_.Wait();
  }

  // Returns when the call is made; `done` has room for one.
  void Encipher(std::int64_t call, const Chan<Unit>& done) {
    jobs_.Send(Job{call, done});
    done.Recv();
  }

 private:
  struct Job {
    std::int64_t call;
    Chan<Unit> done;
  };

  Chan<Job> jobs_{64};
  WaitGroup running_;
};

inline Digests EncipherKeyedByPool(const CipherWorkload& w) {
  Delivery delivery(w);
  {
    PinnedPool pool(&delivery);
    WaitGroup wg;
    wg.Add(w.callers);
    for (int caller = 0; caller < w.callers; ++caller) {
      go([&, caller] {
        const Chan<Unit> done(1);
        for (int i = 0; i < w.calls; ++i) pool.Encipher(std::int64_t{caller} * w.calls + i, done);
        wg.Done();
      });
    }
    wg.Wait();
  }
  return delivery.Close();
}

}  // namespace unpark::patterns::locked_foreign_call

#endif  // UNPARK_PATTERNS_EX17_LOCKED_FOREIGN_CALL_PINNED_POOL_H_
