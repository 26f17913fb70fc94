// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// A program with goroutines in known places, for gdb_test.py to stop in Stop.
#include "runtime/chan/chan.h"
#include "runtime/go.h"
#include "runtime/sync/mutex.h"

namespace {

// A value used after the call keeps the caller's frame: no tail call.
[[gnu::noipa]] int WaitForValue(const unpark::Chan<int>& c) { return c.Recv().value_or(0) + 1; }
[[gnu::noipa]] int Outer(const unpark::Chan<int>& c) { return WaitForValue(c) + 1; }
[[gnu::noipa]] void Stop() { asm volatile(""); }

}  // namespace

int main() {
  return unpark::Main({.procs = 1}, [] {
    unpark::Chan<int> never(0);
    unpark::Mutex held;
    held.Lock();
    unpark::go([never] { return Outer(never); });
    unpark::go([&held] { held.Lock(); });
    unpark::Gosched();
    Stop();
    never.Close();
    held.Unlock();
    while (unpark::NumGoroutine() > 1) unpark::Gosched();
  });
}
