// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// After of exercise 12: as many Ps as the quota pays for, rounded down, at least one.

#ifndef UNPARK_PATTERNS_EX12_QUOTA_OVERSUBSCRIBED_AFTER_H_
#define UNPARK_PATTERNS_EX12_QUOTA_OVERSUBSCRIBED_AFTER_H_

#include "patterns/ex12_quota_oversubscribed/task.h"

namespace unpark::patterns::quota_oversubscribed {

inline int ProcsOfQuota(const ServiceWorkload& w) { return std::max(1, static_cast<int>(w.quota)); }

}  // namespace unpark::patterns::quota_oversubscribed

#endif  // UNPARK_PATTERNS_EX12_QUOTA_OVERSUBSCRIBED_AFTER_H_
