# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Which commit a change belongs to, and which changes belong together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dashboard.stats import _core
from dashboard.stats.change import change_points
from dashboard.stats.scale import Scale, prepare


@dataclass(frozen=True)
class Attribution:
    """Where a change may lie."""

    index: int
    """The most probable first value of the new level."""
    begin: int
    """With at least `mass` probability the first value of the new level is in [begin, end)."""
    end: int
    first: int
    """Position that `probabilities[0]` speaks of."""
    probabilities: NDArray[np.float64]


def attribute(
    values: ArrayLike, index: int, *, scale: Scale = "log", mass: float = 0.9
) -> Attribution:
    """Probability for each position to be the first of the new level, for the change at `index`.

    Args:
      values: 1-D array of n numbers, oldest first; NaN marks a missing one: a change just before a
        missing value shares its probability with the positions of the gap.
      index: a change of `change_points(values)`, or any position with values on both sides.
      mass: probability that the range holds.

    Raises:
      ValueError: bad values, an index without finite values on both sides, mass outside (0, 1).

    Source: Bayes' rule with equal priors and a bounded squared loss, tempered for correlation.
    """
    if not 0 < mass < 1:
        raise ValueError(f"mass is {mass}; it must lie between 0 and 1")
    prepared = prepare(values, scale)
    places = np.flatnonzero(np.isfinite(prepared))
    at = int(np.searchsorted(places, index))
    if not 0 < at < places.size:
        raise ValueError(f"index is {index}; there are no values on both sides of it")
    others = np.searchsorted(places, [c.index for c in change_points(values, scale=scale)])
    begin = max((int(c) for c in others if c < at), default=0)
    end = min((int(c) for c in others if c > at), default=int(places.size))
    first, mass_at, low, high = _core.change_posterior(prepared[places], begin, at, end, mass)
    # A value after a gap stands for every position since the value before it.
    start = int(places[first - 1]) + 1
    spread = np.zeros(int(places[first + mass_at.size - 1]) + 1 - start)
    for k, probability in enumerate(mass_at):
        gap = slice(int(places[first + k - 1]) + 1 - start, int(places[first + k]) + 1 - start)
        spread[gap] = probability / (gap.stop - gap.start)
    return Attribution(
        index=int(places[first + int(np.argmax(mass_at))]),
        begin=int(places[low - 1]) + 1,
        end=int(places[high - 1]) + 1,
        first=start,
        probabilities=spread,
    )


def commit_probabilities(attribution: Attribution, commits: Sequence[Sequence[str]]) -> dict:
    """Probability for each commit, where a position may stand for several.

    Args:
      attribution: of one change.
      commits: for each position of the series, the commits since the position before it.

    Returns:
      Commit -> probability, most probable first; commits of one position share equally.

    Raises:
      ValueError: fewer entries than positions.
    """
    last = attribution.first + len(attribution.probabilities)
    if len(commits) < last:
        raise ValueError(f"commits has {len(commits)} entries; the change reaches {last}")
    shares: Counter[str] = Counter()
    for k, probability in enumerate(attribution.probabilities):
        here = commits[attribution.first + k]
        for commit in here:
            shares[commit] += float(probability) / len(here)
    return dict(shares.most_common())


@dataclass(frozen=True)
class Change:
    """A change of one benchmark, as `group_changes` needs it."""

    benchmark: str
    begin: int
    """The change lies in [begin, end), positions common to all benchmarks (runs or commits)."""
    end: int
    exercise: str = ""
    counters: frozenset[str] = frozenset()
    """Event counters that changed at the same place."""
    slower: bool = True


@dataclass(frozen=True)
class Event:
    """Changes of several benchmarks that one commit explains."""

    changes: tuple[Change, ...]
    begin: int
    """All changes of the event have [begin, end) in common."""
    end: int
    suggestions: tuple[str, ...] = field(default=())
    """What most of the changes share, e.g. "event counter parks_sema (5 of 6)"."""


def group_changes(changes: Sequence[Change]) -> list[Event]:
    """Groups changes whose ranges share a position into as few events as possible.

    Every change is in exactly one event; the greedy sweep by range end is optimal for intervals.

    Raises:
      ValueError: an empty range.
    """
    for change in changes:
        if change.begin >= change.end:
            span = f"[{change.begin}, {change.end})"
            raise ValueError(f"{change.benchmark}: the range {span} is empty")
    events: list[list[Change]] = []
    reach = None
    for change in sorted(changes, key=lambda c: (c.end, c.begin, c.benchmark)):
        if reach is None or change.begin >= reach:
            events.append([])
            reach = change.end
        events[-1].append(change)
    return [
        Event(
            changes=tuple(group),
            begin=max(c.begin for c in group),
            end=min(c.end for c in group),
            suggestions=_suggest(group),
        )
        for group in events
    ]


def _suggest(group: Sequence[Change]) -> tuple[str, ...]:
    """What more than half of at least two changes share."""
    if len(group) < 2:
        return ()
    shared: Counter[str] = Counter()
    for change in group:
        if change.exercise:
            shared[f"exercise {change.exercise}"] += 1
        for counter in change.counters:
            shared[f"event counter {counter}"] += 1
    return tuple(
        f"{what} ({count} of {len(group)})"
        for what, count in sorted(shared.items(), key=lambda item: (-item[1], item[0]))
        if 2 * count > len(group)
    )
