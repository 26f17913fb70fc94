# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Witnesses: what else speaks of a change beside the time.

Events per operation: a counter that is the same in every run is exact and needs no statistics; for
a noisy one the two sides must lie well apart. And the ratio to the pair's other side inside the
same rounds, which nothing that slows a whole run can move.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from dashboard import stats
from dashboard.machine import Array
from dashboard.names import Name, is_event
from dashboard.run import Bench
from dashboard.sides import ENOUGH_RUNS, Side, Sides

# Values of a counter this close (relative, or events per operation) are the same count.
_SAME_RELATIVE, _SAME_EVENTS = 0.005, 0.0005
# A change of an exact counter worth telling, likewise; an amortized cost may differ by less.
_CHANGE_RELATIVE, _CHANGE_EVENTS = 0.01, 0.01
# A level of a counter must have lasted for so many runs to stand for the baseline.
_SETTLED = 3


@dataclasses.dataclass(frozen=True)
class EventChange:
    """Events per operation before and now, for a counter that moved beyond its own noise."""

    counter: str
    baseline: float
    candidate: float
    exact: bool = False  # the same in every run of each side: no chance in it


@dataclasses.dataclass(frozen=True)
class PairShift:
    """A benchmark's time relative to its pair's other side: free of what slows a whole run."""

    other: str
    ratio: float  # (this / other) now over then
    low: float
    high: float

    @property
    def moved(self) -> bool:
        """Whether the interval leaves no doubt that the two sides moved apart."""
        return self.low > 1 or self.high < 1


def event_changes(name: str, sides: Sides) -> tuple[EventChange, ...]:
    """Counters that moved beyond their own noise, exact ones first, then the largest change."""
    older, newer = (_figures_by_run(side, name) for side in (sides.baseline, sides.candidate))
    changes = []
    for counter in sorted(older.keys() & newer.keys()):
        before, now = _last_level(older[counter]), newer[counter]
        if before.size + now.size < 4:
            continue
        was, is_now = float(np.median(before)), float(np.median(now))
        exact = _same(before) and _same(now)
        least = max(_CHANGE_EVENTS, _CHANGE_RELATIVE * max(abs(was), abs(is_now)))
        if abs(is_now - was) > least if exact else _apart(before, now):
            changes.append(EventChange(counter, was, is_now, exact))
    return tuple(sorted(changes, key=_rank))


def _rank(change: EventChange) -> tuple[bool, float, str]:
    size = round(abs(change.candidate - change.baseline), 4)  # equal sizes go by name
    return (not change.exact, -size, change.counter)


def _figures_by_run(side: Side, name: str) -> dict[str, Array]:
    values: dict[str, list[float]] = {}
    for run in side.runs:
        for key, by_round in run.benches[name].figures.items() if name in run.benches else ():
            if is_event(key):
                values.setdefault(key, []).append(float(np.median(by_round)))
    return {key: np.array(list_) for key, list_ in values.items()}


def _same(values: Array) -> bool:
    return bool(np.ptp(values) <= max(_SAME_EVENTS, _SAME_RELATIVE * float(np.abs(values).max())))


def _last_level(values: Array) -> Array:
    """The newest runs that agree exactly; all, where the counter is a noisy one.

    A counter that once changed from 1 to 2 must not hide, for as long as both levels are in the
    baseline, that it is 3 now.
    """
    start = values.size
    while start > 0 and _same(values[start - 1 :]):
        start -= 1
    return values[start:] if values.size - start >= _SETTLED else values


def _apart(before: Array, now: Array) -> bool:
    """Whether the ranges lie further apart than either is wide, and by a tenth of the level."""
    gap = max(now.min() - before.max(), before.min() - now.max())
    width = max(np.ptp(before), np.ptp(now))
    level = max(abs(float(np.median(before))), abs(float(np.median(now))))
    return bool(gap > max(0.01, 0.1 * level, width))


def pair_shift(name: str, sides: Sides, start: int, confidence: float) -> PairShift | None:
    """The ratio to the pair's other side, now over then; None with too few runs.

    `start` is the first run of the benchmark's present level.
    """
    parts = Name.of(name)
    opposite = "after" if parts.variant == "before" else "before"
    other = parts.counterpart(opposite, sides.candidate.runs[-1].benches.keys())
    if other is None:
        return None
    older, newer = (_ratios_to(side, name, other) for side in (sides.baseline, sides.candidate))
    older = older[start:] if older.size > start else older
    if min(older.size, newer.size) < ENOUGH_RUNS:
        return None
    found = stats.compare(np.exp(older), np.exp(newer), confidence=confidence)
    return PairShift(other, found.ratio, found.low, found.high)


def _ratios_to(side: Side, name: str, other: str) -> Array:
    """log(name / other) of each run: the median over rounds in which both were measured."""
    ratios = []
    for run in side.runs:
        mine, theirs = run.benches.get(name), run.benches.get(other)
        if mine is not None and theirs is not None:
            ratios.append(_log_ratio(mine, theirs))
    return np.array(ratios)


def _log_ratio(above: Bench, below: Bench) -> float:
    """Median over the common rounds of log(above / below); over all rounds when none is common."""
    by_round = dict(zip(below.rounds, below.ns, strict=True))
    logs = [
        math.log(ns / by_round[at])
        for at, ns in zip(above.rounds, above.ns, strict=True)
        if at in by_round
    ]
    return float(np.median(logs)) if logs else math.log(np.median(above.ns) / np.median(below.ns))
