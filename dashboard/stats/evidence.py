# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Code or machine: what pair ratio, raw sides, canaries and events say together."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dashboard.stats import _core
from dashboard.stats.scale import prepare

Cause = Literal["code", "machine", "both", "none", "unknown"]

# The share of the canaries' shift by which a benchmark may follow the machine more or less than
# the canaries do: memory-bound and contended code do not scale alike.
_SCALING = 0.5


@dataclass(frozen=True)
class EventChange:
    """What happened to events per operation."""

    kind: Literal["exact", "noisy"]
    changed: bool
    before: float
    """Median events per operation of the baseline."""
    after: float
    p: float
    """0 for exact counters that differ: there is no chance in them."""


def event_change(
    baseline: ArrayLike, candidate: ArrayLike, *, alpha: float = 0.01, min_effect: float = 0.01
) -> EventChange:
    """Judges a counter of events per operation.

    A counter that was the same in every run of each side is exact, and any difference is real. Else
    Mann and Whitney's test decides, and the difference must be `min_effect` of the larger side.

    Args:
      baseline, candidate: 1-D arrays of values >= 0, one for each run; NaN is skipped.

    Raises:
      ValueError: an empty or NaN-only side, a negative value.
    """
    first = _finite(baseline, "baseline")
    second = _finite(candidate, "candidate")
    before, after = float(np.median(first)), float(np.median(second))
    if np.ptp(first) == 0 and np.ptp(second) == 0:
        changed = before != after
        return EventChange("exact", changed, before, after, 0.0 if changed else 1.0)
    p = _core.mann_whitney(first, second).p
    large = abs(after - before) >= min_effect * max(before, after)
    return EventChange("noisy", p <= alpha and large and before != after, before, after, p)


@dataclass(frozen=True)
class Evidence:
    """Why a benchmark changed, with the ratios (candidate / baseline) that say so."""

    cause: Cause
    time: float
    """Of the raw time."""
    machine: float
    """Of the canaries' common level."""
    adjusted: float
    """Of the time after the canaries' level is divided out."""
    pair: float
    """Of the before / after ratio within a run, where the other side was given; else nan."""
    events: bool
    """Some event counter changed at the same place."""
    p: float
    """Smallest p-value of what the cause rests on."""
    reason: str


@dataclass(frozen=True)
class Side:
    """The runs of one side of a comparison, one entry for each run."""

    time: ArrayLike
    """1-D array of r positive times of the benchmark judged."""
    canaries: ArrayLike
    """2-D array of r x c positive times of the c canaries of the same runs; c may be 0."""
    other: ArrayLike | None = None
    """1-D array of r times of the pair's other variant in the same runs."""
    cpu_model: str = ""


def classify(
    baseline: Side,
    candidate: Side,
    *,
    events: tuple[EventChange, ...] = (),
    alpha: float = 0.01,
    min_effect: float = 0.01,
) -> Evidence:
    """Says whether a benchmark changed by its code, by the machine, or by both.

    The machine changed where the canaries of the runs did. The code changed where the time does
    after the canaries are divided out, by more than such scaling can be wrong (half of the
    canaries' shift), or where the ratio of the pair's two variants within a run did, or where
    events per operation did. On two CPU models times are not compared at all: only events
    can then speak of code.

    Args:
      baseline, candidate: the runs of both sides, oldest first, at least four each.
      events: counters of the same benchmark over the same runs, from `event_change`.
      alpha: level of each test.
      min_effect: smallest relative change that counts.

    Returns:
      cause "unknown" where there are too few runs to reach alpha.

    Raises:
      ValueError: times that are not positive, lengths that differ within a side.
    """
    floor = math.log1p(min_effect)
    moved_events = any(event.changed for event in events)
    first, second = _Logs(baseline, "baseline"), _Logs(candidate, "candidate")
    time = _shift(second.time, first.time)
    machine = _shift(second.canaries, first.canaries)
    adjusted = _shift(second.time - second.canaries, first.time - first.canaries)
    pair = None
    if first.other is not None and second.other is not None:
        pair = _shift(second.time - second.other, first.time - first.other)

    def result(cause: Cause, p: float, reason: str) -> Evidence:
        return Evidence(
            cause=cause,
            time=math.exp(time.shift),
            machine=math.exp(machine.shift),
            adjusted=math.exp(adjusted.shift),
            pair=math.nan if pair is None else math.exp(pair.shift),
            events=moved_events,
            p=p,
            reason=reason,
        )

    if baseline.cpu_model != candidate.cpu_model:
        models = f"CPU models differ ({baseline.cpu_model!r}, {candidate.cpu_model!r})"
        if moved_events:
            return result("both", 0.0, f"{models}; events per operation changed too")
        return result("machine", math.nan, f"{models}; times are not comparable")
    if time.smallest_p > alpha and not moved_events:
        runs = f"{len(first.time)} and {len(second.time)} runs"
        return result("unknown", 1.0, f"too few data: {runs}")

    def moved(shift: _core.Shift, least: float) -> bool:
        return shift.p <= alpha and abs(shift.shift) >= least

    machine_moved = moved(machine, floor)
    doubt = _SCALING * abs(machine.shift) if machine_moved else 0.0
    code_signs = []
    if moved(time, floor) and moved(adjusted, max(floor, doubt)):
        code_signs.append(("time beyond the canaries", adjusted.p))
    if pair is not None and moved(adjusted, floor) and moved(pair, max(floor, 0.5 * doubt)):
        code_signs.append(("the ratio of the pair", pair.p))
    if moved_events:
        code_signs.append(("events per operation", min(e.p for e in events if e.changed)))
    says = ", ".join(name for name, _ in code_signs)
    p_code = min((p for _, p in code_signs), default=1.0)
    if machine_moved and code_signs:
        return result("both", min(p_code, machine.p), f"canaries moved; so did {says}")
    if code_signs:
        return result("code", p_code, f"canaries are steady; {says} changed")
    if machine_moved:
        return result("machine", machine.p, "canaries moved, nothing of the code did")
    return result("none", min(time.p, adjusted.p), "nothing changed beyond noise")


class _Logs:
    """A side as logs; the canaries as one level for each run, their geometric mean."""

    def __init__(self, side: Side, name: str) -> None:
        self.time = prepare(side.time, "log")
        runs = self.time.size
        canaries = np.asarray(side.canaries, dtype=np.float64)
        if canaries.size == 0:
            self.canaries: NDArray[np.float64] = np.zeros(runs)
        else:
            if canaries.ndim != 2 or canaries.shape[0] != runs:
                raise ValueError(
                    f"{name}.canaries has the shape {canaries.shape}; it must be {runs} x canaries"
                )
            if not (canaries > 0).all():
                raise ValueError(f"{name}.canaries holds a value that is not positive")
            self.canaries = np.log(canaries).mean(axis=1)
        self.other = None if side.other is None else prepare(side.other, "log")
        if self.other is not None and self.other.size != runs:
            raise ValueError(f"{name}.other has {self.other.size} runs, {name}.time has {runs}")


def _shift(candidate: NDArray[np.float64], baseline: NDArray[np.float64]) -> _core.Shift:
    both = np.isfinite(candidate).any() and np.isfinite(baseline).any()
    if not both:
        raise ValueError("a side holds no finite value")
    return _core.unpaired_shift(candidate, baseline, 0.95)


def _finite(values: ArrayLike, name: str) -> NDArray[np.float64]:
    array = np.asarray(values, dtype=np.float64).ravel()
    array = array[np.isfinite(array)]
    if array.size == 0:
        raise ValueError(f"{name} holds no finite value")
    if (array < 0).any():
        raise ValueError(f"{name} holds {array.min():g}; events are not negative")
    return array
