// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Which thread is explored.
#include "runtime/os/explore.h"

#if defined(UNPARK_EXPLORE)

namespace unpark::explore {

__thread Explorer* t_current = nullptr;
bool g_requested = false;

}  // namespace unpark::explore

#endif
