# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Pairs: each claim beside what was measured, with the events that collapsed.

A pair's ratio is measured inside runs: before and after of the same round are divided, so that what
slowed the machine cancels. With five runs or more the runs are the sample, with fewer the rounds.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from dashboard import stats
from dashboard.names import Name, is_event, natural
from dashboard.run import Bench, Pair, Run
from dashboard.sides import GO

_ENOUGH_RUNS = 5
_COLLAPSE = 5.0  # an event has collapsed when after shows this many times fewer
_WORTH_A_LINE = 0.005  # events per operation below this are not worth showing


@dataclasses.dataclass(frozen=True)
class Collapse:
    """Events per operation on both sides; `expected`: the pair's signature names it."""

    counter: str
    before: float
    after: float
    expected: bool
    holds: bool  # the signature's bounds; for others: collapsed


@dataclasses.dataclass(frozen=True)
class Measure:
    """One variant against before, for one workload; both are named as benchmarks."""

    name: str
    before: str
    metric: str  # "time", or "p99" where the claim is about it
    ratio: float  # before / variant: above 1 the variant is faster
    low: float
    high: float
    before_ns: float
    variant_ns: float

    @property
    def variant(self) -> str:
        """The variant's name within the pair."""
        return Name.of(self.name).variant

    @property
    def task(self) -> str:
        """The workload, without procs."""
        return Name.of(self.name).task


@dataclasses.dataclass(frozen=True)
class PairResult:
    """What a pair claims and what was measured; `headline` compares after with before."""

    pair: Pair
    headline: Measure | None
    measures: tuple[Measure, ...]
    collapses: tuple[Collapse, ...]
    # "reached", "smaller", "not reproduced", "no gain here", "no figure claimed", "not measured",
    # or "too few rounds"
    status: str
    note: str
    go: Measure | None = None  # the same pair in real Go, where that was measured


def measure_pairs(runs: Sequence[Run], go: Sequence[Run] = ()) -> list[PairResult]:
    """All pairs of the newest run, measured over all runs, in the order of the exercises.

    `go`: runs of the same pairs in real Go, which may be none.
    """
    pairs = sorted(runs[-1].pairs.values(), key=lambda pair: (pair.exercise, pair.name))
    results = [_measure_pair(pair, runs) for pair in pairs]
    if not go:
        return results
    return [
        dataclasses.replace(result, go=_measure_pair(result.pair, go).headline)
        for result in results
    ]


def go_runs(runs: Sequence[Run]) -> list[Run]:
    """The runs of real Go with its newest version, oldest first."""
    found = sorted((run for run in runs if run.policy == GO), key=lambda run: run.order)
    return [run for run in found if run.compiler == found[-1].compiler]


def _measure_pair(pair: Pair, runs: Sequence[Run]) -> PairResult:
    by_p99 = "p99" in pair.claim_text
    names = [name for name in runs[-1].benches if name.split("/")[0] == pair.name]
    names.sort(key=lambda name: (natural(Name.of(name).task), natural(name)))
    unfit = ("before", *pair.wrong_on_purpose)
    measures = []
    for variant in (variant for variant in pair.variants if variant not in unfit):
        for name in names:
            if Name.of(name).variant == variant:
                measures += _measure(pair, runs, name, by_p99)
    headline = next((m for m in measures if m.variant == "after"), None)
    collapses = _collapses(pair, runs, headline) if headline else ()
    note = _note(pair, headline, runs)
    return PairResult(pair, headline, tuple(measures), collapses, _status(pair, headline), note)


def _measure(pair: Pair, runs: Sequence[Run], name: str, by_p99: bool) -> list[Measure]:
    """A variant against its before; the p99 first where the claim is about it."""
    before = Name.of(name).counterpart("before", runs[-1].benches.keys())
    if before is None or "before" in pair.wrong_on_purpose:
        return []
    found = []
    for metric in ("p99", "time") if by_p99 else ("time",):
        sides = [_values(runs, side, metric) for side in (before, name)]
        if all(values for values, _ in sides):
            found.append(_interval(before, name, metric, *sides[0], *sides[1]))
    return found


def _values(runs: Sequence[Run], name: str, metric: str) -> tuple[list[float], list[int]]:
    """Values and what to pair them by: one a run with enough runs, one a round otherwise."""
    values: list[float] = []
    keys: list[int] = []
    for i, run in enumerate(runs):
        bench = run.benches.get(name)
        numbers = () if bench is None else _numbers(bench, metric)
        if bench is None or not numbers or min(numbers) <= 0:
            continue
        if len(runs) >= _ENOUGH_RUNS:
            values.append(float(np.median(numbers)))
            keys.append(i)
        else:
            values += numbers
            keys += [i * 100_000 + at for at in bench.rounds]
    return values, keys


def _numbers(bench: Bench, metric: str) -> tuple[float, ...]:
    return bench.ns if metric == "time" else bench.figures.get("p99_ns", ())


def _interval(
    before_name: str,
    name: str,
    metric: str,
    before: list[float],
    rounds_before: list[int],
    after: list[float],
    rounds_after: list[int],
) -> Measure:
    found = stats.ratio_interval(
        before, after, rounds_before=rounds_before, rounds_after=rounds_after
    )
    return Measure(
        name,
        before_name,
        metric,
        found.ratio,
        found.low,
        found.high,
        float(np.median(before)),
        float(np.median(after)),
    )


def _collapses(pair: Pair, runs: Sequence[Run], headline: Measure) -> tuple[Collapse, ...]:
    before, after = _events(runs, headline.before), _events(runs, headline.name)
    listed = []
    for part in pair.signature:
        if part.workload not in ("", headline.task):
            continue
        key = part.counter if part.counter in before else f"ev.{part.counter}"
        was, now = before.get(key, 0.0), after.get(key, 0.0)
        holds = was >= part.before_at_least and now <= part.after_at_most
        listed.append(Collapse(key, was, now, True, holds))
    named = {collapse.counter for collapse in listed}
    others = [
        Collapse(key, was, after[key], False, True)
        for key, was in before.items()
        if key in after
        and key not in named
        and was >= _WORTH_A_LINE
        and was >= _COLLAPSE * after[key]
    ]
    others.sort(key=lambda collapse: -(collapse.before - collapse.after))
    return tuple(listed + others[: max(0, 3 - len(listed))])


def _faults(pair: Pair, runs: Sequence[Run]) -> str:
    """What went wrong in a before that is wrong on purpose: "lost items 138, early returns 1"."""
    figures: dict[str, list[float]] = {}
    for run in runs:
        for bench in run.benches.values():
            if bench.name.startswith(f"{pair.name}/before/"):
                for key, values in bench.figures.items():
                    if key.startswith("fig."):
                        figures.setdefault(key[4:].replace("_", " "), []).extend(values)
    return ", ".join(f"{name} {np.median(values):.3g}" for name, values in figures.items())


def _events(runs: Sequence[Run], name: str) -> dict[str, float]:
    """Median events per operation over runs and rounds."""
    values: dict[str, list[float]] = {}
    for run in runs:
        bench = run.benches.get(name)
        for key, numbers in bench.figures.items() if bench else ():
            if is_event(key):
                values.setdefault(key, []).extend(numbers)
    return {key: float(np.median(numbers)) for key, numbers in values.items()}


def _status(pair: Pair, headline: Measure | None) -> str:
    if headline is None:
        return "not measured"
    if not math.isfinite(headline.high):
        return "too few rounds"
    if headline.high < 1.05:
        return "not reproduced" if pair.claim > 1 else "no gain here"
    if not pair.claim:
        return "no figure claimed"
    if headline.high >= pair.claim:
        return "reached"
    return "smaller" if headline.low > 1 else "not reproduced"


def _note(pair: Pair, headline: Measure | None, runs: Sequence[Run]) -> str:
    if headline is not None:
        return ""
    if pair.not_measured:
        return f"not measured here: {pair.not_measured}"
    if "before" in pair.wrong_on_purpose:
        faults = _faults(pair, runs)
        shown = f" ({faults})" if faults else ""
        return f"before is wrong on purpose{shown}: its time is no base for a ratio"
    return "before or after is missing in the run"
