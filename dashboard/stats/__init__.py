# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Statistics of benchmark histories: a typed face over the C++ core; no I/O.

Every function takes and gives numpy arrays, is deterministic, raises ValueError for input it
cannot judge, and may be called from several threads.
"""

from dashboard.stats.change import ChangePoint, Detector, change_points
from dashboard.stats.multiple import Discoveries, benjamini_hochberg
from dashboard.stats.two_sample import Comparison, RatioInterval, compare, ratio_interval

__all__ = [
    "ChangePoint",
    "Comparison",
    "Detector",
    "Discoveries",
    "RatioInterval",
    "benjamini_hochberg",
    "change_points",
    "compare",
    "ratio_interval",
]
