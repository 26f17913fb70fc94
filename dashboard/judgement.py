# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Judgement: the words of a verdict, the rules behind it, and what is said of one benchmark."""

from __future__ import annotations

import dataclasses
import math

from dashboard import stats
from dashboard.culprit import Place
from dashboard.witness import EventChange, PairShift

REGRESSED, IMPROVED, UNCHANGED, UNKNOWN = "regressed", "improved", "unchanged", "unknown"


@dataclasses.dataclass(frozen=True)
class Rules:
    """What counts as a change."""

    min_effect: float = 0.10  # relative: 0.10 is 10 %
    q: float = 0.05  # share of false alerts among the alerts of one check
    per_month: float = 2.0  # false alerts a month that a check every night may expect
    confidence: float = 0.95

    @property
    def budget(self) -> stats.NightlyBudget:
        """How the false alerts of a month are spent over its nights."""
        return stats.NightlyBudget(self.per_month)


@dataclasses.dataclass(frozen=True)
class Verdict:
    """The judgement of one benchmark; ratios are candidate / baseline without the machine."""

    name: str
    verdict: str
    reason: str
    cause: str = ""  # "code", "machine", "code and machine"; "" when nothing moved
    ratio: float = math.nan
    low: float = math.nan
    high: float = math.nan
    p: float = 1.0  # adjusted for the number of benchmarks
    chance: float = 1.0  # of such a finding without a change, runs that resemble each other counted
    raw_ratio: float = math.nan  # before the machine was taken out
    baseline_ns: float = math.nan
    candidate_ns: float = math.nan
    detectable: float = math.inf  # smallest relative change that would have been seen
    n_baseline: int = 0
    n_candidate: int = 0
    suspect: bool = False
    since: str = ""  # label of the build that a change point of the history lies at
    shape: str = ""  # "step", "drift", "outlier", "variance", "new mode", "recovered"
    shape_size: float = math.nan  # ratio: of levels, of deviations for "variance"
    place: Place | None = None  # of a change: after which build, and by which
    events: tuple[EventChange, ...] = ()
    pair: PairShift | None = None

    @property
    def changed(self) -> bool:
        """Whether it regressed or improved."""
        return self.verdict in (REGRESSED, IMPROVED)

    @property
    def witnesses(self) -> tuple[str, ...]:
        """What says the same as the time does."""
        found = []
        if self.pair is not None and self.pair.moved and (self.pair.ratio > 1) == (self.ratio > 1):
            found.append("ratio within the rounds")
        if self.events:
            found.append("events per operation")
        return tuple(found)
