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

    Each night may expect per_month / nights false alerts: a benchmark is reported where its p-value
    times the number of benchmarks is at most that. Expectations add up whatever the benchmarks
    of a night and the nights have in common and however many have truly changed, so the promise
    holds for any dependence, after any number of nights and also when one stops to look. The share
    of false reports of a night is below the same figure. What Benjamini and Hochberg would find
    beyond that is found, but not promised: five true changes a night let five times as many
    false ones through.

    Source: the per-family error rate of Spjotvoll, Ann. Math. Stat. 43 (1972) 398, spent evenly.
    """

    per_month: float = 1.0
    """Expected false alerts a month that are acceptable."""
    nights: int = 30
    """Nights a month."""

    def __post_init__(self) -> None:
        if not 0 < self.per_month < self.nights:
            raise ValueError(
                f"per_month is {self.per_month}; it must be positive and below nights"
                f" ({self.nights})"
            )

    @property
    def per_night(self) -> float:
        """False alerts that one night may expect."""
        return self.per_month / self.nights

    def night(self, p_values: ArrayLike) -> Discoveries:
        """What to report tonight; `adjusted` is the expected number of false alerts it costs.

        Raises:
          ValueError: as `benjamini_hochberg`.
        """
        p = np.asarray(p_values, dtype=np.float64)
        _core.benjamini_hochberg(p)  # refuses what is no probability
        adjusted = p * p.size
        return Discoveries(rejected=adjusted <= self.per_night, adjusted=adjusted)

    def promise(self) -> str:
        """For the user: "expected false alerts per month: at most 1"."""
        return f"expected false alerts per month: at most {self.per_month:g}"
