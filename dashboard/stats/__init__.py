# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Statistics of benchmark histories: a typed face over the C++ core; no I/O.

Every function takes and gives numpy arrays, is deterministic, raises ValueError for input it
cannot judge, and may be called from several threads.
"""

from dashboard.stats.attribution import (
    Attribution,
    Change,
    Event,
    attribute,
    commit_probabilities,
    group_changes,
)
from dashboard.stats.change import ChangePoint, Detector, change_points
from dashboard.stats.evidence import (
    EventChange,
    Evidence,
    Side,
    classify,
    event_change,
)
from dashboard.stats.multiple import (
    Discoveries,
    NightlyBudget,
    benjamini_hochberg,
    benjamini_yekutieli,
)
from dashboard.stats.power import (
    Cost,
    Noise,
    cost_to_see,
    detectable_change,
    effect_floor,
    split_noise,
)
from dashboard.stats.runs import RunShift, shift_by_runs, student_tail
from dashboard.stats.shape import Shape, shapes
from dashboard.stats.two_sample import Comparison, RatioInterval, compare, ratio_interval

__all__ = [
    "Attribution",
    "Change",
    "ChangePoint",
    "Comparison",
    "Cost",
    "Detector",
    "Discoveries",
    "Event",
    "EventChange",
    "Evidence",
    "NightlyBudget",
    "Noise",
    "RatioInterval",
    "RunShift",
    "Shape",
    "Side",
    "attribute",
    "benjamini_hochberg",
    "benjamini_yekutieli",
    "change_points",
    "classify",
    "commit_probabilities",
    "compare",
    "cost_to_see",
    "detectable_change",
    "effect_floor",
    "event_change",
    "group_changes",
    "ratio_interval",
    "shapes",
    "shift_by_runs",
    "split_noise",
    "student_tail",
]
