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
from collections.abc import Sequence

import numpy as np

from dashboard import stats
from dashboard.machine import Array
from dashboard.names import Name, is_event
from dashboard.run import Bench, Run
from dashboard.sides import ENOUGH_RUNS, Side, Sides

# Values of a counter this close (relative, or events per operation) are the same count.
_SAME_RELATIVE, _SAME_EVENTS = 0.005, 0.0005
# A change of an exact counter worth telling, likewise; an amortized cost may differ by less.
_CHANGE_RELATIVE, _CHANGE_EVENTS = 0.01, 0.01
# A level of a counter must have lasted for so many runs to stand for the baseline.
_SETTLED = 3
_NEIGHBOURS = 6  # runs on each side of a step of a noisy counter that are compared


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
        if _matters(was, is_now) if exact else _apart(before, now):
            changes.append(EventChange(counter, was, is_now, exact))
    return tuple(sorted(changes, key=_rank))


@dataclasses.dataclass(frozen=True)
class EventStep:
    """A change of events per operation somewhere in a history."""

    at: int  # the first run with the new level
    change: EventChange
    p: float  # 0 for an exact counter: there is no chance in it


def event_steps(name: str, runs: Sequence[Run], most_p: float) -> list[EventStep]:
    """Where counters of a benchmark changed in a history, and stayed so for three runs at least.

    An exact counter needs no statistics; a step of a noisy one has a p-value of at most `most_p`.
    """
    steps = []
    for counter, (places, values) in _figures_by_place(runs, name).items():
        exact = _exact_steps(values)
        known = {near for at, *_ in exact for near in range(at - 2, at + 3)}
        noisy = [] if _same(values) else _noisy_steps(values, most_p)
        for at, was, now, p in exact + [step for step in noisy if step[0] not in known]:
            change = EventChange(counter, was, now, exact=p == 0)
            steps.append(EventStep(places[at], change, p))
    return sorted(steps, key=lambda step: (step.at, _rank(step.change)))


# Index of the first value of the new level, the levels before and now, p.
_Step = tuple[int, float, float, float]


def _exact_steps(values: Array) -> list[_Step]:
    """Steps between levels that are each the same in at least _SETTLED values."""
    steps = []
    for at in range(_SETTLED, values.size - _SETTLED + 1):
        before, now = values[at - _SETTLED : at], values[at : at + _SETTLED]
        was, is_now = float(np.median(before)), float(np.median(now))
        if _same(before) and _same(now) and _matters(was, is_now):
            steps.append((at, was, is_now, 0.0))
    return steps


def _noisy_steps(values: Array, most_p: float) -> list[_Step]:
    steps = []
    for change in stats.change_points(values, scale="linear"):
        before = values[max(change.index - _NEIGHBOURS, 0) : change.index]
        now = values[change.index : change.index + _NEIGHBOURS]
        if change.p <= most_p and _apart(before, now):
            was, is_now = float(np.median(before)), float(np.median(now))
            steps.append((change.index, was, is_now, change.p))
    return steps


def _matters(was: float, now: float) -> bool:
    """Whether a change of an exact counter is worth telling."""
    return abs(now - was) > max(_CHANGE_EVENTS, _CHANGE_RELATIVE * max(abs(was), abs(now)))


def _rank(change: EventChange) -> tuple[bool, float, str]:
    size = round(abs(change.candidate - change.baseline), 4)  # equal sizes go by name
    return (not change.exact, -size, change.counter)


def _figures_by_run(side: Side, name: str) -> dict[str, Array]:
    return {key: values for key, (_, values) in _figures_by_place(side.runs, name).items()}


def _figures_by_place(runs: Sequence[Run], name: str) -> dict[str, tuple[list[int], Array]]:
    """By counter: which runs have it, and its median over the rounds of each."""
    found: dict[str, tuple[list[int], list[float]]] = {}
    for place, run in enumerate(runs):
        for key, by_round in run.benches[name].figures.items() if name in run.benches else ():
            if is_event(key):
                places, values = found.setdefault(key, ([], []))
                places.append(place)
                values.append(float(np.median(by_round)))
    return {key: (places, np.array(values)) for key, (places, values) in found.items()}


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
