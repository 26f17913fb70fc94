// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of exercise 12: as many Ps as the host has CPUs, whatever the quota says.

#ifndef UNPARK_PATTERNS_EX12_QUOTA_OVERSUBSCRIBED_BEFORE_H_
#define UNPARK_PATTERNS_EX12_QUOTA_OVERSUBSCRIBED_BEFORE_H_

#include "patterns/ex12_quota_oversubscribed/task.h"

namespace unpark::patterns::quota_oversubscribed {

// The host of the claim. Its CPUs need not exist here: what counts is that more Ps than the quota
// pays for may run at once.
inline int ProcsOfHost(const ServiceWorkload&) { return 64; }

}  // namespace unpark::patterns::quota_oversubscribed

#endif  // UNPARK_PATTERNS_EX12_QUOTA_OVERSUBSCRIBED_BEFORE_H_
