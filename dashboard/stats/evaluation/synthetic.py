# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Seeded synthetic histories: five kinds of noise, lengths, spreads and steps of known size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

KINDS = ("lognormal", "outliers", "bimodal", "drift", "ar1")
LENGTHS = (30, 60, 120, 250, 500)
SIGMAS = (0.005, 0.02, 0.05)
STEPS = (0.0, 0.01, 0.02, 0.05, 0.10, 0.20)


@dataclass(frozen=True)
class Synthetic:
    """A history with its truth."""

    values: NDArray[np.float64]
    kind: str
    sigma: float
    step: float
    truth: tuple[int, ...]
    """The first index of the new level, or nothing where step is 0."""


def noise(kind: str, length: int, sigma: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Log-scale noise of a kind and of about the spread `sigma` (before outliers and modes)."""
    white = rng.normal(0, sigma, length)
    if kind == "lognormal":
        return white
    if kind == "outliers":
        hit = rng.random(length) < 0.05
        return white + hit * rng.exponential(8 * sigma, length)
    if kind == "bimodal":
        return white + (rng.random(length) < 0.3) * 4 * sigma
    if kind == "drift":
        position = np.arange(length) / length
        return white + 2 * sigma * position * rng.choice((-1, 1))
    if kind == "ar1":
        rho = 0.5
        series = np.empty(length)
        series[0] = white[0]
        for i in range(1, length):
            series[i] = rho * series[i - 1] + white[i]
        return series
    raise ValueError(f"kind is {kind!r}; known are {', '.join(KINDS)}")


def one(kind: str, length: int, sigma: float, step: float, rng: np.random.Generator) -> Synthetic:
    """One history about the level 100 with at most one step, up or down, in its middle half."""
    logs = np.log(100) + noise(kind, length, sigma, rng)
    truth: tuple[int, ...] = ()
    if step > 0:
        at = int(rng.integers(length // 4, length - length // 4))
        logs[at:] += np.log1p(step) * rng.choice((-1, 1))
        truth = (at,)
    return Synthetic(np.exp(logs), kind, sigma, step, truth)


def offline_set(seed: int, copies: int = 1) -> Iterator[Synthetic]:
    """Every kind x length x spread x step, `copies` times."""
    rng = np.random.default_rng(seed)
    for _ in range(copies):
        for kind in KINDS:
            for length in LENGTHS:
                for sigma in SIGMAS:
                    for step in STEPS:
                        yield one(kind, length, sigma, step, rng)


def online_set(seed: int, copies: int = 1, length: int = 120) -> Iterator[Synthetic]:
    """Histories of a usual fleet's spread with one step of at least two spreads of its noise."""
    rng = np.random.default_rng(seed)
    for _ in range(copies):
        for kind in KINDS:
            for sigma in SIGMAS:
                for step in STEPS:
                    if step >= 2 * sigma:
                        yield one(kind, length, sigma, step, rng)
