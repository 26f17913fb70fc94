# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Many tests at once: what to believe at a promised share of false alerts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dashboard.stats import _core


@dataclass(frozen=True)
class Discoveries:
    """Which tests to believe."""

    rejected: NDArray[np.bool_]
    """One flag for each p-value, in the order given."""
    adjusted: NDArray[np.float64]
    """Adjusted p-values: rejected where <= q."""


def benjamini_hochberg(p_values: ArrayLike, q: float = 0.05) -> Discoveries:
    """Rejections whose expected share of false ones is at most q.

    Holds for independent and for positively dependent tests (benchmarks of one night, which a
    busy machine moves together).

    Args:
      p_values: 1-D array of n p-values; n = 0 gives empty results.
      q: the permitted share of false rejections, 0 < q < 1.

    Raises:
      ValueError: a p-value outside [0, 1] or NaN; q outside (0, 1).

    Source: Benjamini and Hochberg, J. R. Stat. Soc. B 57 (1995) 289.
    """
    if not 0 < q < 1:
        raise ValueError(f"q is {q}; it must lie between 0 and 1")
    adjusted = _core.benjamini_hochberg(np.asarray(p_values, dtype=np.float64))
    return Discoveries(rejected=adjusted <= q, adjusted=adjusted)
