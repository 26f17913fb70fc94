# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""What the machine did: takes out of a table of times what slowed all benchmarks of a run together.

A shared machine makes whole runs 10 to 30 % slower. Two corrections are made on the log scale:

1. Within a side, each run is shifted by the factor that its benchmarks share. This can hide no
   change between the sides; it only makes the spread smaller.
2. Between the sides, the shared shift of all benchmarks is taken out only as far as the canaries
   confirm it. Canaries run no code of ours. If most benchmarks moved together and the canaries
   did not, it was the code.

Rejected: dividing by a canary (adds its own noise to each benchmark); taking out the shared shift
always (a change that slows most benchmarks alike would vanish).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dashboard.names import CANARY_PREFIX
from dashboard.run import Run

Array = NDArray[np.float64]

# With fewer benchmarks a benchmark's own change would be taken for the machine's.
_MIN_ROWS = 8
# The shared shift may leave the range of the canaries' by this much (log) and still be the machine.
_TOLERANCE = 0.03
# How far (log scale) from the canaries' shift a cluster of benchmarks loses to one near it.
_ANCHOR = 0.1


@dataclasses.dataclass(frozen=True)
class Table:
    """Natural logs of run medians: a row a run, a column a benchmark; NaN: not measured."""

    names: tuple[str, ...]
    logs: Array

    def column(self, name: str) -> Array:
        """The values of one benchmark by run."""
        return self.logs[:, self.names.index(name)]


@dataclasses.dataclass(frozen=True)
class Machine:
    """What the machine did between two sides. Shifts are natural logs: 0.1 is about 10 % slower."""

    shift: float  # taken out of every benchmark
    shared: float  # by which the benchmarks moved together
    canaries: dict[str, float]
    reason: str


def tabulate(runs: Sequence[Run]) -> Table:
    """All benchmarks of the runs, canaries included; a value is the median over rounds."""
    names = sorted(set().union(*(run.benches for run in runs)))
    logs = np.full((len(runs), len(names)), np.nan)
    for i, run in enumerate(runs):
        for j, name in enumerate(names):
            if name in run.benches:
                logs[i, j] = np.log(np.median(run.benches[name].ns))
    return Table(tuple(names), logs)


def shorth(values: Array) -> float:
    """Mean of the shortest interval that holds half of the values: where most of them agree.

    Up to half of the values may be elsewhere, all on one side, and it stays: the median would move
    with them.
    Source: Andrews et al., Robust Estimates of Location, 1972.
    """
    ordered = np.sort(values[np.isfinite(values)])
    if ordered.size == 0:
        return 0.0
    half = ordered.size // 2 + 1
    starts = ordered[: ordered.size - half + 1]
    at = int(np.argmin(ordered[half - 1 :] - starts))
    return float(np.mean(ordered[at : at + half]))


def densest(values: Array, width: float, anchor: float | None) -> float:
    """Where values with an error of about `width` lie densest; of several places, the anchor's.

    A change of the code makes several clusters of benchmarks: one that it left alone, others that
    it did not. The machine's shift is the one that the canaries (the anchor) took part in. `values`
    must not be empty.
    """
    places = np.linspace(values.min(), values.max(), 400)
    score = np.log(np.exp(-0.5 * ((places[:, None] - values) / width) ** 2).sum(axis=1))
    if anchor is not None:
        score -= 0.5 * ((places - anchor) / _ANCHOR) ** 2
    top = places[int(np.argmax(score))]
    members = values[np.abs(values - top) <= 2 * width]
    return float(np.median(members)) if members.size else float(top)


def run_factors(table: Table) -> Array:
    """The log factor of each run against the usual one; 0 with too few benchmarks."""
    if table.logs.shape[0] < 2 or table.logs.shape[1] < _MIN_ROWS:
        return np.zeros(table.logs.shape[0])
    deviations = table.logs - column_medians(table.logs)
    return np.array([shorth(row) for row in deviations])


def normalise(table: Table, n_baseline: int) -> tuple[Table, Machine]:
    """Takes the machine out of a table whose first `n_baseline` rows are the baseline."""
    baseline = _steady(table, slice(None, n_baseline))
    candidate = _steady(table, slice(n_baseline, None))
    shifts = column_medians(candidate) - column_medians(baseline)
    machine = _judge_shift(table.names, shifts, _typical_error(baseline, candidate))
    logs = np.vstack([baseline, candidate - machine.shift])
    return Table(table.names, logs), machine


def _steady(table: Table, rows: slice) -> Array:
    """The rows of one side without their run-to-run common factor."""
    part = Table(table.names, table.logs[rows])
    factors = run_factors(part)
    return part.logs - (factors - np.median(factors))[:, None]


def column_medians(logs: Array) -> Array:
    """Median of each column without its NaNs; NaN for a column of nothing else."""
    medians = np.full(logs.shape[1], np.nan)
    known = np.isfinite(logs).any(axis=0)
    medians[known] = np.nanmedian(logs[:, known], axis=0)
    return medians


def _typical_error(baseline: Array, candidate: Array) -> float:
    """The usual benchmark's standard error of the difference of the sides' medians (log scale)."""
    squares = 0.0
    for part in (baseline, candidate):
        spread = 1.4826 * np.nanmedian(np.abs(part - column_medians(part)))
        squares += 1.6 * float(spread) ** 2 / part.shape[0]
    return max(_TOLERANCE / 2, squares**0.5)


def _judge_shift(names: Sequence[str], shifts: Array, error: float) -> Machine:
    is_canary = np.array([name.startswith(CANARY_PREFIX) for name in names])
    canaries = {
        name.removeprefix(CANARY_PREFIX): float(shift)
        for name, shift, canary in zip(names, shifts, is_canary, strict=True)
        if canary and np.isfinite(shift)
    }
    rows = shifts[~is_canary & np.isfinite(shifts)]
    middle = float(np.median(list(canaries.values()))) if canaries else 0.0
    if rows.size < _MIN_ROWS:
        reason = "canaries" if canaries else "no correction: too few benchmarks, no canaries"
        return Machine(middle, middle, canaries, reason)
    shared = densest(rows, error, middle if canaries else None)
    if not canaries:
        return Machine(shared, shared, canaries, "shift shared by the benchmarks; no canaries")
    low, high = min(*canaries.values(), 0.0), max(*canaries.values(), 0.0)
    if low - _TOLERANCE <= shared <= high + _TOLERANCE:
        reason = "shift shared by the benchmarks, confirmed by the canaries"
        return Machine(shared, shared, canaries, reason)
    reason = "benchmarks moved together, the canaries did not: held against the code"
    return Machine(middle, shared, canaries, reason)
