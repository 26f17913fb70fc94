// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of exercise 12: Go's own rule since 1.25, the quota rounded up and at least two.

#ifndef UNPARK_PATTERNS_EX12_QUOTA_OVERSUBSCRIBED_ROUNDED_UP_H_
#define UNPARK_PATTERNS_EX12_QUOTA_OVERSUBSCRIBED_ROUNDED_UP_H_

#include <cmath>

#include "patterns/ex12_quota_oversubscribed/task.h"

namespace unpark::patterns::quota_oversubscribed {

inline int ProcsOfGo(const ServiceWorkload& w) {
  return std::max(2, static_cast<int>(std::ceil(w.quota)));
}

}  // namespace unpark::patterns::quota_oversubscribed

#endif  // UNPARK_PATTERNS_EX12_QUOTA_OVERSUBSCRIBED_ROUNDED_UP_H_
