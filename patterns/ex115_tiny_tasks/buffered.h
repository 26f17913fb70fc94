// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of scenario 115: as many Ps as the before, and room for 128 tasks in the channel.

#ifndef UNPARK_PATTERNS_EX115_TINY_TASKS_BUFFERED_H_
#define UNPARK_PATTERNS_EX115_TINY_TASKS_BUFFERED_H_

#include "patterns/ex115_tiny_tasks/before.h"

namespace unpark::patterns::tiny_tasks {

inline std::uint64_t SumByBufferedTasks(const FibWorkload& w) { return SumByTasksOver(w, 128); }

}  // namespace unpark::patterns::tiny_tasks

#endif  // UNPARK_PATTERNS_EX115_TINY_TASKS_BUFFERED_H_
