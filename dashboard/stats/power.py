# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""What a benchmark can see: detectable change, its price, and the floor of its own noise."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from dashboard.stats import _core
from dashboard.stats.scale import prepare


@dataclass(frozen=True)
class Noise:
    """Relative scatter of a benchmark: between runs, and of repetitions within a run."""

    between: float
    """Deviation of log levels from run to run; 0.01 is about 1 %. Only more runs lessen it."""
    within: float
    """Deviation of log values within a run; more repetitions lessen it too."""
    repetitions: float
    """Typical number of values in a run."""


@dataclass(frozen=True)
class Cost:
    """A way to see a change of a given size."""

    runs: float
    """Runs (nights) on each side; inf where no number will do."""
    repetitions: int
    values: float
    """runs x repetitions: what it costs on each side."""


def _core_noise(noise: Noise) -> _core.NoiseParts:
    return _core.NoiseParts(noise.between, noise.within, noise.repetitions)


def split_noise(values: ArrayLike, runs: ArrayLike) -> Noise:
    """Splits the scatter of an A/A history into its two parts, robustly.

    Args:
      values: 1-D array of n positive values without NaN.
      runs: 1-D integer array of n: which run each value is from, at least two runs.

    Raises:
      ValueError: bad values, mismatched lengths, fewer than two runs.
    """
    logs = prepare(values, "log")
    if np.isnan(logs).any():
        raise ValueError("values holds NaN; drop those values and their runs")
    parts = _core.split_noise(logs, np.asarray(runs, dtype=np.int64))
    return Noise(parts.between, parts.within, parts.repetitions)


def detectable_change(
    noise: Noise, *, runs: int, repetitions: int, alpha: float = 0.01, power: float = 0.8
) -> float:
    """Smallest relative change (0.03 is 3 %) that `runs` against `runs` see with `power`.

    Infinite where so few runs cannot reach `alpha` with a rank test at all.

    Raises:
      ValueError: runs or repetitions below 1, alpha or power outside (0, 1).

    Source: normal approximation of Mann-Whitney's power, with Student's quantiles for few runs.
    """
    _check(alpha, power, runs=runs, repetitions=repetitions)
    log_ratio = _core.detectable_log_ratio(_core_noise(noise), runs, repetitions, alpha, power)
    return math.expm1(log_ratio) if log_ratio < 700 else math.inf


def cost_to_see(
    noise: Noise,
    change: float = 0.01,
    *,
    repetitions: tuple[int, ...] = (1, 3, 5, 10, 20),
    alpha: float = 0.01,
    power: float = 0.8,
) -> list[Cost]:
    """What it takes to see a relative `change`, one row for each number of repetitions.

    Raises:
      ValueError: a change that is not positive, repetitions below 1, alpha or power outside (0, 1).
    """
    _check(alpha, power, repetitions=min(repetitions, default=1))
    if not change > 0:
        raise ValueError(f"change is {change}; it must be positive")
    rows = []
    for count in repetitions:
        runs = _core.runs_to_see(_core_noise(noise), math.log1p(change), count, alpha, power)
        rows.append(Cost(runs=runs, repetitions=count, values=runs * count))
    return rows


def effect_floor(history: ArrayLike, *, window: int = 5, rate: float = 0.01) -> float:
    """Smallest relative change of a benchmark worth believing, learned from its own history.

    Means of `window` values before and after a place without a change differ by more than this
    with probability `rate` only. Steps in the history do not count as noise, wander does.

    Args:
      history: 1-D array of at least 16 positive values, oldest first; NaN is skipped.

    Raises:
      ValueError: bad or too few values, window < 1, rate outside (0, 1).
    """
    return math.expm1(_core.effect_floor(prepare(history, "log"), window, rate))


def _check(alpha: float, power: float, **counts: int) -> None:
    for name, value in (("alpha", alpha), ("power", power)):
        if not 0 < value < 1:
            raise ValueError(f"{name} is {value}; it must lie between 0 and 1")
    for name, count in counts.items():
        if count < 1:
            raise ValueError(f"{name} is {count}; it must be at least 1")
