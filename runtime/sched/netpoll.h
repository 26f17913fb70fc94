// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Netpoll: goroutines that wait until a file descriptor is readable or writable, with deadlines.
//
//   PollDesc* pd = PollOpen(fd, &error);
//   for (;;) {                                       // the only reader of fd
//     if (PollReset(pd, PollMode::kRead) != PollResult::kOk) ...
//     while ((n = read(fd, ...)) < 0 && errno == EAGAIN)
//       if (PollWait(pd, PollMode::kRead) != PollResult::kOk) ...
//   }
//   PollEvict(pd);                                   // wakes who waits: closing
//   PollClose(pd);                                   // once nobody uses it
//
// A descriptor is in the poller from PollOpen to PollClose, edge-triggered. Each direction has one
// word, which is one of
//   nil      nobody waits, and no edge has come since it was last looked at
//   ready    an edge has come; a waiter takes it and makes the word nil
//   wait     a goroutine is about to park, and is still on its stack
//   a G      that goroutine, parked: it may be made ready by whoever takes it out of the word
// Invariants:
//   1. At most one goroutine at a time waits for one direction (its caller holds a lock of that
//   direction); it alone makes the word `wait` or its G.
//   2. A G is taken out of its word by CAS, so once: by an edge (which leaves `ready`), by a
//   deadline or by PollEvict (which leave `nil`). Who takes it readies it.
//   3. wait -> G happens off the goroutine's stack. If that CAS fails, somebody has come in
//   between, and has seen no G: so who parked readies itself.
//   4. An end (deadline, eviction) is published in `ends` before the word is looked at; a waiter
//   makes the word `wait` before it looks at `ends`. One of them sees the other: no waiter sleeps
//   beyond its end.
//   5. A PollDesc is never freed, only used again; each use has another `use` number, which is in
//   the kernel's tag and is compared under `lock` before an edge is put into a word. So an edge
//   that was fetched before a close is not seen by the next user.
//   6. g_io_waiters counts the Gs in words and those about to become runnable: it is raised before
//   a G is put into its word and lowered after the G is on a run queue. So nobody takes a program
//   for deadlocked while a goroutine may still come back from the poller.
#ifndef UNPARK_RUNTIME_SCHED_NETPOLL_H_
#define UNPARK_RUNTIME_SCHED_NETPOLL_H_

#include <cstdint>

namespace unpark::sched {

struct PollDesc;

enum class PollMode : std::uint8_t { kRead, kWrite };
enum class PollResult : std::uint8_t { kOk, kClosing, kTimeout };

// Registers fd; nullptr with the errno in *error (EPERM: this kind of file cannot be polled). Opens
// the poller the first time: a program that never gets here has none. Callable from any thread.
PollDesc* PollOpen(int fd, int* error);
// Takes fd out of the poller. REQUIRES: evicted, fd still open, nobody uses pd.
void PollClose(PollDesc* pd, int fd);

// Forgets an edge that came earlier: call it before an operation's first try.
PollResult PollReset(PollDesc* pd, PollMode mode);
// Parks until an edge comes, perhaps a false one. REQUIRES: called from a goroutine, the only one
// of its mode.
PollResult PollWait(PollDesc* pd, PollMode mode);

// Sets the deadlines of both or one direction, in monotonic ns; 0: none. One that has passed wakes
// the waiter.
void PollSetDeadline(PollDesc* pd, std::int64_t deadline_ns, bool read, bool write);

// From now on PollReset and PollWait say kClosing; wakes who waits.
void PollEvict(PollDesc* pd);

}  // namespace unpark::sched

#endif  // UNPARK_RUNTIME_SCHED_NETPOLL_H_
