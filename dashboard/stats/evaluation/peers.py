# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Detectors of others, where they are installed; each as a function from values to indices."""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Find = Callable[[NDArray[np.float64]], list[int]]


def _otava(min_magnitude: float) -> Find:
    from otava.analysis import compute_change_points

    def find(values: NDArray[np.float64]) -> list[int]:
        if len(values) < 2:
            return []
        found, _ = compute_change_points(list(values), min_magnitude=min_magnitude)
        return [int(c.index) for c in found]

    return find


def _mongodb() -> Find:
    from signal_processing_algorithms.energy_statistics.energy_statistics import e_divisive

    def find(values: NDArray[np.float64]) -> list[int]:
        np.random.seed(0)  # the package permutes with the global generator
        return [int(i) for i in e_divisive(list(values))] if len(values) > 3 else []

    return find


def _ruptures() -> Find:
    import ruptures

    def find(values: NDArray[np.float64]) -> list[int]:
        n = len(values)
        if n < 4:
            return []
        sigma = float(np.median(np.abs(np.diff(values)))) / 0.6745 / math.sqrt(2)
        penalty = 3 * math.log(n) * max(sigma, 1e-12) ** 2
        fit = ruptures.Pelt(model="l2", min_size=2, jump=1).fit(np.asarray(values))
        return [int(i) for i in fit.predict(pen=penalty)[:-1]]

    return find


def _asv() -> Find:
    from asv.step_detect import detect_steps

    def find(values: NDArray[np.float64]) -> list[int]:
        return [int(step[0]) for step in detect_steps(list(values))][1:]

    return find


# By importable module: the package to install, and the detectors it gives.
_MAKERS: dict[str, tuple[str, dict[str, Callable[[], Find]]]] = {
    "otava": (
        "apache-otava",
        {"Otava": lambda: _otava(0.0), "Otava, 5 %": lambda: _otava(0.05)},
    ),
    "signal_processing_algorithms": (
        "signal-processing-algorithms",
        {"MongoDB e-divisive": _mongodb},
    ),
    "ruptures": ("ruptures", {"ruptures PELT l2, 3 ln n": _ruptures}),
    "asv": ("asv", {"asv": _asv}),
}


def installed() -> dict[str, Find]:
    """The peers that can be imported, by the name the tables use."""
    return {
        name: make()
        for module, (_, detectors) in _MAKERS.items()
        if importlib.util.find_spec(module) is not None
        for name, make in detectors.items()
    }


def missing() -> list[str]:
    """The packages whose detectors cannot be scored here."""
    return [
        package
        for module, (package, _) in _MAKERS.items()
        if importlib.util.find_spec(module) is None
    ]
