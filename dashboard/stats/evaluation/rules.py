# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Plain rules that others use, written from their descriptions: baselines for the bench."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def previous_run(values: Sequence[float] | NDArray[np.float64], limit: float = 0.10) -> list[int]:
    """Reports every value that differs from the one before by more than `limit`."""
    array = np.asarray(values, dtype=float)
    change = np.abs(array[1:] - array[:-1]) > limit * np.abs(array[:-1])
    return [int(i) + 1 for i in np.flatnonzero(change)]


def _weighted(window: Sequence[float]) -> tuple[float, float]:
    """Mean with weights that fall linearly with distance, and the variance about it."""
    n = len(window)
    weights = [(n - k) / n for k in range(n)]
    mean = sum(w * x for w, x in zip(weights, window, strict=True)) / sum(weights)
    variance = sum(w * (x - mean) ** 2 for w, x in zip(weights, window, strict=True)) / sum(weights)
    return mean, variance * n / (n - 1) if n > 1 else 0.0


def perfherder(
    values: Sequence[float] | NDArray[np.float64],
    *,
    back_min: int = 12,
    back_max: int = 24,
    ahead: int = 12,
    threshold: float = 7.0,
    min_change: float = 0.02,
) -> list[int]:
    """Perfherder's rule: t above 7 and a local maximum, then a change of 2 % or more.

    Windows: 12 to 24 values back but not beyond the last suspected change, 12 ahead.
    """
    series = [float(v) for v in values]
    n = len(series)
    scores = [0.0] * n
    changes = [0.0] * n
    last = 0
    for i in range(1, n):
        begin = max(last, i - back_max)
        if i - begin < back_min:
            begin = max(0, i - back_min)
        back = series[begin:i][::-1]
        fore = series[i : i + ahead]
        if len(back) < back_min or len(fore) < ahead:
            continue
        mean_back, var_back = _weighted(back)
        mean_fore, var_fore = _weighted(fore)
        error = math.sqrt(var_back / len(back) + var_fore / len(fore))
        gap = abs(mean_fore - mean_back)
        scores[i] = gap / error if error > 0 else (math.inf if gap > 0 else 0.0)
        changes[i] = gap / abs(mean_back) if mean_back else math.inf
        if scores[i] > threshold:
            last = i
    return [
        i
        for i in range(1, n)
        if scores[i] > threshold
        and scores[i] >= scores[i - 1]
        and (i + 1 == n or scores[i] >= scores[i + 1])
        and changes[i] >= min_change
    ]
