# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""The scale of a series: logs for positive quantities, whose changes are ratios, else as it is."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Scale = Literal["log", "linear"]


def prepare(values: ArrayLike, scale: Scale) -> NDArray[np.float64]:
    """The values as a checked 1-D float64 array on an additive scale.

    Raises:
      ValueError: empty, NaN-only or not one-dimensional; a value that is not positive on the log
        scale; an unknown scale.
    """
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


def show(shift: float, scale: Scale) -> float:
    """A shift on the additive scale as the caller's: a ratio on the log scale, else itself."""
    return math.exp(min(shift, 700.0)) if scale == "log" else shift
