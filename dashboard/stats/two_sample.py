# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Two samples of positive measurements: their ratio, its interval, and a verdict."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from dashboard.stats import _core

Verdict = Literal["regressed", "improved", "unchanged", "unknown"]


@dataclass(frozen=True)
class RatioInterval:
    """A ratio of two samples. Unbounded (0, inf) where there are too few values for the level."""

    ratio: float
    low: float
    high: float
    n_before: int
    n_after: int
    attained: float
    """Exact level of the interval: the attainable one nearest to the confidence asked for."""


@dataclass(frozen=True)
class Comparison:
    """What happened between a baseline and a candidate, with the evidence."""

    verdict: Verdict
    ratio: float
    """candidate / baseline; above 1 is slower where smaller is better."""
    low: float
    high: float
    p: float
    """Two-sided p-value of "no change"; feed it to `benjamini_hochberg`."""
    detectable: float
    """Smallest relative change seen with probability 0.8: 0.03 is 3 %; inf with too few data."""
    reason: str
    """One phrase for a person, e.g. "too few data: 2 and 3 values"."""


def ratio_interval(
    before: ArrayLike,
    after: ArrayLike,
    *,
    rounds_before: ArrayLike | None = None,
    rounds_after: ArrayLike | None = None,
    confidence: float = 0.95,
    seed: int = 0,
) -> RatioInterval:
    """Ratio before / after of two samples of positive values, with an exact interval.

    Args:
      before, after: 1-D arrays of positive values in one unit, any lengths >= 1; NaN is skipped.
      rounds_before, rounds_after: 1-D integer arrays, one round for each value. Where at least
        five rounds are on both sides, the medians of a round are paired, so that whatever disturbed
        a whole round cancels.
      confidence: level of the interval.
      seed: accepted for a stable signature; the interval is exact and needs no random numbers.

    Returns:
      The Hodges-Lehmann estimate of the ratio. Its interval inverts Mann and Whitney's test
      (Wilcoxon's signed ranks for pairs), so it holds its level for lognormal, bimodal and
      heavy-tailed noise alike as long as the two sides differ by a factor.

    Raises:
      ValueError: an empty or NaN-only sample, a value that is not positive, lengths that differ,
        rounds for one side only, a confidence outside (0, 1).

    Source: Hodges and Lehmann, Ann. Math. Stat. 34 (1963) 598.
    """
    del seed
    shift = _core.shift_by_rounds(before, after, rounds_before, rounds_after, confidence)
    return RatioInterval(
        ratio=math.exp(shift.shift),
        low=math.exp(shift.low),
        high=math.exp(shift.high),
        n_before=int(np.isfinite(np.asarray(before, dtype=float)).sum()),
        n_after=int(np.isfinite(np.asarray(after, dtype=float)).sum()),
        attained=shift.attained,
    )


def compare(
    baseline: ArrayLike,
    candidate: ArrayLike,
    *,
    rounds_baseline: ArrayLike | None = None,
    rounds_candidate: ArrayLike | None = None,
    confidence: float = 0.95,
    min_effect: float = 0.01,
    lower_is_better: bool = True,
) -> Comparison:
    """Judges whether `candidate` is slower or faster than `baseline`.

    A change is reported where the test rejects at 1 - confidence and the ratio differs from 1 by
    at least `min_effect`. With too few values to reject at all the verdict is "unknown". With many
    benchmarks at once, decide by `benjamini_hochberg` over the `p` instead.

    Args:
      baseline, candidate: 1-D arrays of positive values in one unit. Values must be independent:
        where one process gives several, pass the median of each process.
      rounds_baseline, rounds_candidate: as in `ratio_interval`, where both ran interleaved.
      confidence: level of the interval and of the test.
      min_effect: smallest relative change worth reporting, e.g. from `effect_floor`.
      lower_is_better: whether a ratio above 1 is a regression.

    Raises:
      ValueError: as `ratio_interval`; a negative min_effect.

    Source: Mann and Whitney, Ann. Math. Stat. 18 (1947) 50; Hodges and Lehmann 1963.
    """
    if not min_effect >= 0:
        raise ValueError(f"min_effect is {min_effect}; it must not be negative")
    shift = _core.shift_by_rounds(
        candidate, baseline, rounds_candidate, rounds_baseline, confidence
    )
    alpha = 1 - confidence
    visible = _core.detectable_shift(shift, alpha, 0.8)
    detectable = max(min_effect, math.expm1(visible) if visible < 700 else math.inf)
    ratio = math.exp(shift.shift)
    verdict: Verdict
    if shift.smallest_p > alpha * 1.5:
        verdict = "unknown"
        reason = f"too few data: {len(np.atleast_1d(baseline))} and {len(np.atleast_1d(candidate))}"
        reason += " values"
    elif (shift.low > 0 or shift.high < 0) and abs(shift.shift) >= math.log1p(min_effect):
        slower = shift.shift > 0
        verdict = "regressed" if slower == lower_is_better else "improved"
        reason = f"x{ratio:.3f}, p = {shift.p:.2g}"
    else:
        verdict = "unchanged"
        reason = f"a change of {detectable:.1%} would have been seen"
    return Comparison(
        verdict=verdict,
        ratio=ratio,
        low=math.exp(shift.low),
        high=math.exp(shift.high),
        p=shift.p,
        detectable=detectable,
        reason=reason,
    )
