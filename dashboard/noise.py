# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Noise: how far the runs of each benchmark scatter, and how long a run's luck lasts."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence

import numpy as np

from dashboard.machine import Array, Table, column_medians

_UNKNOWN = 0.05  # log scale; where no side has three runs
PRIOR = 4.0  # how many runs the other benchmarks' noise counts for in a benchmark's own
_FEWEST = 5  # runs from which a correlation can be told
_ORDERS = 60  # random orders of the runs that a correlation is held against


@dataclasses.dataclass(frozen=True)
class Noise:
    """Run-to-run noise on the log scale."""

    deviation: Mapping[str, float]  # of a run's median, by benchmark
    persistence: float  # correlation of one run's noise with the next one's, over all benchmarks

    @property
    def inflation(self) -> float:
        """By how much runs that resemble their neighbours widen a standard error."""
        return math.sqrt((1 + self.persistence) / (1 - self.persistence))

    def error(self, name: str, n_baseline: int, n_candidate: int) -> float:
        """Standard error of a difference of sides."""
        runs = math.sqrt(1 / max(n_baseline, 1) + 1 / max(n_candidate, 1))
        return self.deviation[name] * self.inflation * runs


def learn_noise(clean: Table, n_baseline: int, starts: Mapping[str, int]) -> Noise:
    """The noise of each benchmark about its side's median, drawn towards that of all.

    `starts`: the first run of each benchmark's present level.
    """
    logs = clean.logs.copy()
    for column, name in enumerate(clean.names):
        logs[: starts[name], column] = np.nan
    parts = [logs[:n_baseline], logs[n_baseline:]]
    residuals = [part - column_medians(part) for part in parts if part.shape[0] >= 3]
    if not residuals:
        return Noise(dict.fromkeys(clean.names, _UNKNOWN), 0.0)
    counts = sum(np.isfinite(part).sum(axis=0) for part in residuals)
    spread = column_medians(np.abs(np.vstack(residuals)))
    # The deviation from a median of few values is too small; the last factor makes it right on
    # average.
    own = 1.4826 * spread * counts / np.maximum(counts - 0.8 * len(residuals), 1)
    usual = float(np.nanmedian(own))
    own = np.where(counts >= 3, own, usual)
    pooled = np.sqrt((counts * own**2 + PRIOR * usual**2) / (counts + PRIOR))
    # A small spread of few runs is luck more often than quiet, so it may only add to the usual one.
    deviation = dict(zip(clean.names, np.fmax(own, pooled).tolist(), strict=True))
    return Noise(deviation, _persistence(residuals, pooled))


def _persistence(residuals: Sequence[Array], deviation: Array) -> float:
    """Lag-1 correlation over all benchmarks beyond what a random order of the runs gives; 0 to 0.8.

    Residuals about a side's own median have some correlation in any order, and benchmarks of one
    run have some of their luck in common. Random orders, the same for all benchmarks, have both.
    """
    units = [np.clip(part / np.maximum(deviation, 1e-9), -3, 3) for part in residuals]
    if max(len(unit) for unit in units) < _FEWEST:
        return 0.0
    observed = _neighbours_alike(units)
    rng = np.random.default_rng(1954)
    orders = [_neighbours_alike([rng.permutation(unit) for unit in units]) for _ in range(_ORDERS)]
    length = max(len(unit) for unit in units)
    # Kendall 1954: seen about its own level, a correlation is smaller by the factor 1 - 3 / n.
    excess = (observed - np.mean(orders) - np.std(orders)) / (1 - 3 / length)
    return float(min(max(excess, 0.0), 0.8))


def _neighbours_alike(units: Sequence[Array]) -> float:
    products = sum(float(np.nansum(unit[1:] * unit[:-1])) / (len(unit) - 1) for unit in units)
    squares = sum(float(np.nansum(unit**2)) / len(unit) for unit in units)
    return products / squares if squares > 0 else 0.0
