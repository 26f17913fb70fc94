// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of scenario 115: the same pool on one P, where a message is a switch and no wake-up.

#ifndef UNPARK_PATTERNS_EX115_TINY_TASKS_AFTER_H_
#define UNPARK_PATTERNS_EX115_TINY_TASKS_AFTER_H_

#include "patterns/ex115_tiny_tasks/before.h"

namespace unpark::patterns::tiny_tasks {

inline std::uint64_t SumByTasksOnOneProc(const FibWorkload& w) { return SumByTasks(w); }

}  // namespace unpark::patterns::tiny_tasks

#endif  // UNPARK_PATTERNS_EX115_TINY_TASKS_AFTER_H_
