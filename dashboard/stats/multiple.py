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


def benjamini_yekutieli(p_values: ArrayLike, q: float = 0.05) -> Discoveries:
    """As `benjamini_hochberg`, for tests that depend on each other in any way, at a price.

    The price is a factor of 1 + 1/2 + ... + 1/n on the p-values: about 5 for 100 tests.

    Source: Benjamini and Yekutieli, Ann. Stat. 29 (2001) 1165.
    """
    if not 0 < q < 1:
        raise ValueError(f"q is {q}; it must lie between 0 and 1")
    adjusted = _core.benjamini_yekutieli(np.asarray(p_values, dtype=np.float64))
    return Discoveries(rejected=adjusted <= q, adjusted=adjusted)


@dataclass(frozen=True)
class NightlyBudget:
    """Spends a promised number of false alerts a month over the nights.

    Each night's p-values go through Benjamini and Hochberg at q = per_month / nights. On a night
    on which nothing changed, q bounds the probability of any alert (one alert is all
    benchmarks that changed together); expectations add up whatever the nights have in common, so
    the promise holds after any number of nights, also when one stops to look. On nights with true
    changes the false ones are at most a share q of what is reported.
    """

    per_month: float = 1.0
    """Expected false alerts a month that are acceptable."""
    nights: int = 30
    """Nights a month."""
    any_dependence: bool = False
    """Use Benjamini and Yekutieli: for tests that may depend negatively."""

    def __post_init__(self) -> None:
        if not 0 < self.per_month < self.nights:
            raise ValueError(
                f"per_month is {self.per_month}; it must be positive and below nights"
                f" ({self.nights})"
            )

    @property
    def q(self) -> float:
        """The level of one night."""
        return self.per_month / self.nights

    def night(self, p_values: ArrayLike) -> Discoveries:
        """What to report tonight. Raises ValueError as `benjamini_hochberg`."""
        decide = benjamini_yekutieli if self.any_dependence else benjamini_hochberg
        return decide(p_values, self.q)

    def promise(self) -> str:
        """For the user: "expected false alerts per month: at most 1"."""
        return f"expected false alerts per month: at most {self.per_month:g}"
