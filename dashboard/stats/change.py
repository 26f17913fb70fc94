# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Change points in a history of measurements, offline and online."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from dashboard.stats import _core

Scale = Literal["log", "linear"]


@dataclass(frozen=True)
class ChangePoint:
    """A step of the level between index - 1 and index."""

    index: int
    """Position of the first value of the new level, from 0."""
    ratio: float
    """New level / old level on the log scale, new - old on the linear scale."""
    low: float
    high: float
    p: float
    confirmed: bool
    """False: suspected; the next values, or a rerun, will confirm or drop it."""


def _prepare(values: ArrayLike, scale: Scale) -> np.ndarray:
    array = np.ascontiguousarray(values, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"values has {array.ndim} dimensions; it must have 1")
    if array.size == 0:
        raise ValueError("values is empty")
    finite = np.isfinite(array)
    if not finite.any():
        raise ValueError("values holds no finite value")
    if scale == "linear":
        return array
    if scale != "log":
        raise ValueError(f"scale is {scale!r}; it must be 'log' or 'linear'")
    wrong = finite & (array <= 0)
    if wrong.any():
        raise ValueError(
            f"values[{int(np.argmax(wrong))}] is {array[wrong][0]:g}; scale 'log' needs positive"
            " values, use scale='linear'"
        )
    return np.log(array)


def _present(points: list[_core.ChangePoint], scale: Scale) -> list[ChangePoint]:
    show = math.exp if scale == "log" else float
    return [
        ChangePoint(p.index, show(p.shift), show(p.low), show(p.high), p.p, p.confirmed)
        for p in points
    ]


def change_points(values: ArrayLike, *, scale: Scale = "log") -> list[ChangePoint]:
    """Finds where the level of a history changed.

    Args:
      values: 1-D array, oldest first, one value for each commit or night; NaN marks a missing one.
      scale: "log" for positive quantities such as times, whose changes are ratios; "linear" for
        quantities that may be zero or negative.

    Returns:
      The change points, oldest first.

    Raises:
      ValueError: empty, NaN-only or not one-dimensional values, a value that is not positive on
        the log scale, an unknown scale.
    """
    return _present(_core.change_points(_prepare(values, scale)), scale)


class Detector:
    """Change points online: `append` as values come, the answer is that of `change_points`."""

    def __init__(self, values: ArrayLike = (), *, scale: Scale = "log") -> None:
        self._scale: Scale = scale
        self._values: list[float] = list(np.asarray(values, dtype=float))

    def append(self, value: float) -> list[ChangePoint]:
        """Adds one value (NaN: missing) and returns all change points as they stand now."""
        if self._scale == "log" and value <= 0:
            raise ValueError(f"value is {value:g}; scale 'log' needs positive values")
        self._values.append(float(value))
        return self.change_points

    @property
    def change_points(self) -> list[ChangePoint]:
        if not np.isfinite(self._values).any():
            return []
        return change_points(self._values, scale=self._scale)

    def __len__(self) -> int:
        return len(self._values)
