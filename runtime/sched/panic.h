// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Panics and fatal errors, with Go's texts and exit status 2.
#ifndef UNPARK_RUNTIME_SCHED_PANIC_H_
#define UNPARK_RUNTIME_SCHED_PANIC_H_

#include <stdexcept>
#include <string>

namespace unpark {

// What Panic throws. Catching it is Go's recover; uncaught, it ends the program with Go's report
// and status 2.
class PanicError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Throws PanicError(text): a programming error that the caller may recover from, such as "send on
// closed channel".
[[noreturn]] void Panic(const std::string& text);

// Reports "fatal error: <text>" with the current goroutine's stack and ends the program with
// status 2. Not catchable: the state is beyond repair, as with "sync: unlock of unlocked mutex".
[[noreturn]] void Fatal(const std::string& text);

namespace sched {

// What the report of a panic says of the exception that is being handled.
std::string CurrentExceptionText();

// Thrown by Goexit, caught only at a goroutine's base. Deliberately no std::exception: user code
// must not swallow it by accident. `catch (...)` without rethrow does swallow it; see the hazards
// in runtime/README.md.
struct GoexitSignal {};

// Installs the terminate handler that writes Go's panic report; returns the one before.
std::terminate_handler InstallPanicReport();

}  // namespace sched
}  // namespace unpark

#endif  // UNPARK_RUNTIME_SCHED_PANIC_H_
