# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Change points in a history of measurements, offline and online."""

from __future__ import annotations

import math
from dataclasses import dataclass

from numpy.typing import ArrayLike

from dashboard.stats import _core
from dashboard.stats.scale import Scale, prepare, show


@dataclass(frozen=True)
class ChangePoint:
    """A step of the level between index - 1 and index."""

    index: int
    """Position of the first value of the new level, from 0."""
    ratio: float
    """New level / old level on the log scale, new - old on the linear scale."""
    low: float
    """95 % interval of `ratio`."""
    high: float
    p: float
    """Two-sided p-value of no step at this place, correlation and wander of the noise included."""
    confirmed: bool
    """False: suspected from the last values; the next ones, or a rerun, will tell."""


def _present(point: _core.ChangePoint, scale: Scale) -> ChangePoint:
    return ChangePoint(
        index=point.index,
        ratio=show(point.shift, scale),
        low=show(point.low, scale),
        high=show(point.high, scale),
        p=point.p,
        confirmed=point.confirmed,
    )


def change_points(
    values: ArrayLike, *, scale: Scale = "log", suspects: bool = False
) -> list[ChangePoint]:
    """Finds where the level of a history changed.

    Args:
      values: 1-D array of n numbers, oldest first, one for each commit or night; NaN marks a
        missing one. Fewer than eight finite values: no change is reported.
      scale: "log" for positive quantities such as times, whose changes are ratios; "linear" for
        quantities that may be zero or negative.
      suspects: also report what the last one to eight values hint at (confirmed is False): reason
        for a rerun, not for an alert.

    Returns:
      The changes, oldest first. Confirmed ones need at least three values of the new level.

    Raises:
      ValueError: empty, NaN-only or not one-dimensional values, a value that is not positive on
        the log scale, an unknown scale.

    Source: optimal partitioning under a bounded loss, Fearnhead and Rigaill, JASA 114 (2019) 169;
      the tests of the candidates are described in this folder's README.md.
    """
    detector = _core.Detector()
    detector.extend(prepare(values, scale))
    points = [_present(p, scale) for p in detector.change_points()]
    suspect = detector.suspect() if suspects else None
    if suspect is not None:
        points.append(_present(suspect, scale))
    return points


class Detector:
    """Change points online: `append` values as they come; the answer is that of `change_points`.

    One appended value costs microseconds where a fresh run costs milliseconds. Threads may share a
    detector; who appends first is theirs to say.
    """

    def __init__(self, values: ArrayLike = (), *, scale: Scale = "log") -> None:
        """Starts from the values given, possibly none. Raises ValueError as `change_points`."""
        if scale not in ("log", "linear"):
            raise ValueError(f"scale is {scale!r}; it must be 'log' or 'linear'")
        self._scale: Scale = scale
        self._core = _core.Detector()
        for value in values:  # type: ignore[union-attr]
            self._push(value)

    def _push(self, value: float) -> None:
        number = float(value)
        if self._scale == "log" and not math.isnan(number):
            if number <= 0:
                raise ValueError(f"value is {number:g}; scale 'log' needs positive values")
            number = math.log(number)
        self._core.append(number)

    def append(self, value: float) -> list[ChangePoint]:
        """Adds one value (NaN: missing) and returns all confirmed changes as they stand now.

        Raises:
          ValueError: a value that is not positive on the log scale; nothing is added.
        """
        self._push(value)
        return self.change_points

    @property
    def change_points(self) -> list[ChangePoint]:
        """All confirmed changes, oldest first."""
        return [_present(p, self._scale) for p in self._core.change_points()]

    @property
    def suspect(self) -> ChangePoint | None:
        """What the last values hint at and is not confirmed yet."""
        point = self._core.suspect()
        return None if point is None else _present(point, self._scale)

    def __len__(self) -> int:
        return len(self._core)
