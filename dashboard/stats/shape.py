# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""What kind of events a history holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from numpy.typing import ArrayLike

from dashboard.stats import _core
from dashboard.stats.scale import Scale, prepare, show

Kind = Literal["step", "recovered", "drift", "outlier", "variance", "new_mode"]


@dataclass(frozen=True)
class Shape:
    """One event of a history, over the positions [begin, end)."""

    kind: Kind
    begin: int
    end: int
    """Where a recovered step or a drift ended, the next step, or the length of the history."""
    size: float
    """Ratio on the log scale, difference on the linear one: of levels for a step, over its whole
    length for a drift, from the level for an outlier, between the modes for a new mode. For
    "variance" always the ratio of deviations."""
    p: float
    """Probability of so much by chance anywhere in the history."""


def shapes(values: ArrayLike, *, scale: Scale = "log") -> list[Shape]:
    """Explains a history: steps, steps that recovered, drifts, outliers, scatter, new modes.

    Each is looked for in what the larger ones leave unexplained, so that one cause gives one event.

    Args:
      values: 1-D array of n numbers, oldest first; NaN marks a missing one.
      scale: as in `change_points`.

    Returns:
      The events by their beginning; none for fewer than eight finite values.

    Raises:
      ValueError: as `change_points`.

    Source: Mann 1945, Theil 1950 and Sen 1968 for drifts, Otsu 1979 for modes.
    """
    return [
        Shape(
            kind=shape.kind.name,
            begin=shape.begin,
            end=shape.end,
            size=show(shape.size, "log" if shape.kind.name == "variance" else scale),
            p=shape.p,
        )
        for shape in _core.shapes(prepare(values, scale))
    ]
