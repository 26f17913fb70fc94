# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Two sides of repeated runs: the shift between them, where the run is what repeats."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from dashboard.stats import _core
from dashboard.stats.scale import prepare


@dataclass(frozen=True)
class RunShift:
    """The ratio of two sides that were measured in several runs of several values each."""

    ratio: float
    """candidate / baseline: the median over all pairs of values."""
    low: float
    high: float
    error: float
    """Standard error of log(ratio), runs as units; inf with too few runs."""
    mean_ratio: float
    """Of the geometric means; above `ratio` where a slow mode became more frequent."""
    mean_error: float
    """Standard error of log(mean_ratio)."""
    p: float
    """Two-sided, of "the runs of both sides are exchangeable"."""
    smallest_p: float
    """What perfectly separated sides of so many runs would give."""


def shift_by_runs(
    baseline: ArrayLike,
    candidate: ArrayLike,
    *,
    runs_baseline: ArrayLike,
    runs_candidate: ArrayLike,
    confidence: float = 0.95,
) -> RunShift:
    """Compares two sides whose values come in runs, whatever the values of one run share.

    All values count, and runs are what is exchanged under the hypothesis. So a benchmark whose
    single values fall into modes is judged by where its modes lie, not by which one the median of a
    few values happened to hit.

    Args:
      baseline, candidate: 1-D arrays of positive values in one unit.
      runs_baseline, runs_candidate: 1-D integer arrays: which run each value is from.
      confidence: level of the interval.

    Raises:
      ValueError: empty sides, a value that is not positive or not finite, lengths that differ.

    Source: permutation of clusters with the largest of three scores; for the rank score Datta and
      Satten, J. Am. Stat. Assoc. 100 (2005) 908; Hodges and Lehmann 1963 for the estimate.
    """
    for name, values, runs in (
        ("baseline", baseline, runs_baseline),
        ("candidate", candidate, runs_candidate),
    ):
        if np.size(values) != np.size(runs):
            raise ValueError(f"{name} has {np.size(values)} values but {np.size(runs)} runs")
    found = _core.shift_by_runs(
        prepare(candidate, "log"),
        np.asarray(runs_candidate, dtype=np.int64),
        prepare(baseline, "log"),
        np.asarray(runs_baseline, dtype=np.int64),
        confidence,
    )
    return RunShift(
        ratio=math.exp(found.shift),
        low=math.exp(found.low),
        high=math.exp(found.high),
        error=found.error,
        mean_ratio=math.exp(found.mean),
        mean_error=found.mean_error,
        p=found.p,
        smallest_p=found.smallest_p,
    )


def student_tail(t: float, freedom: float) -> float:
    """Two-sided chance of Student's t, or of a shift in standard errors known from `freedom` runs.

    Raises:
      ValueError: a freedom that is not positive, t that is not a number.
    """
    if not freedom > 0 or math.isnan(t):
        raise ValueError(f"t is {t}, freedom is {freedom}; a number and a positive one are wanted")
    return _core.student_two_sided(abs(t), freedom)
