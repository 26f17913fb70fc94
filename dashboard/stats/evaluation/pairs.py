# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Simulated checks of the two-sample, many-tests and power promises."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from dashboard import stats

NOISES = ("lognormal", "bimodal", "heavy-tailed")


def draw(noise: str, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Positive values of about 2 % scatter: normal, two modes or t(2) on the log scale."""
    logs = rng.normal(0, 0.02, count)
    if noise == "bimodal":
        logs += (rng.random(count) < 0.3) * 0.08
    if noise == "heavy-tailed":
        logs = 0.02 * rng.standard_t(2, count)
    return np.exp(logs)


def coverage(noise: str, count: int, trials: int, seed: int, *, paired: bool) -> float:
    """Share of 95 % intervals of `ratio_interval` that hold the true ratio 1.1.

    Paired: both sides of a round share a disturbance five times as large as their noise.
    """
    rng = np.random.default_rng(seed)
    held = 0
    rounds = np.arange(count) if paired else None
    for _ in range(trials):
        shared = np.exp(rng.normal(0, 0.1, count)) if paired else 1.0
        before, after = 1.1 * shared * draw(noise, count, rng), shared * draw(noise, count, rng)
        found = stats.ratio_interval(before, after, rounds_before=rounds, rounds_after=rounds)
        held += found.low <= 1.1 <= found.high
    return held / trials


def two_sample_rates(
    noise: str, count: int, ratio: float, trials: int, seed: int
) -> dict[str, float]:
    """Share of "different" verdicts at true `ratio`: ours, and the plain U test at 0.05."""
    rng = np.random.default_rng(seed)
    ours = plain = 0
    for _ in range(trials):
        baseline, candidate = draw(noise, count, rng), ratio * draw(noise, count, rng)
        found = stats.compare(baseline, candidate)
        ours += found.verdict in ("regressed", "improved")
        plain += found.p < 0.05
    return {"ours": ours / trials, "U test p < 0.05": plain / trials}


def false_discoveries(
    benchmarks: int,
    changed: int,
    shared: float,
    nights: int,
    seed: int,
    per_month: float = 1.0,
) -> dict[str, float]:
    """Alerts that were false over many nights, against the promise of `NightlyBudget`.

    Every night compares ten runs with ten of before for each benchmark; `changed` of them are
    truly 5 % slower; `shared` is the share of the noise's variance that all have in common.
    """
    rng = np.random.default_rng(seed)
    budget = stats.NightlyBudget(per_month=per_month)
    false = bh_false = hits = bh_hits = 0
    shares = []
    for _ in range(nights):
        common = rng.normal(0, 1, (2, 10)) * math.sqrt(shared)
        p = []
        for k in range(benchmarks):
            own = rng.normal(0, 1, (2, 10)) * math.sqrt(1 - shared)
            first, second = np.exp(0.02 * (common + own))
            p.append(stats.compare(first, second * (1.05 if k < changed else 1.0)).p)
        rejected = budget.night(p).rejected
        wrong = int(rejected[changed:].sum())
        false += wrong
        shares.append(wrong / max(1, int(rejected.sum())))
        hits += int(rejected[:changed].sum())
        by_share = stats.benjamini_hochberg(p, budget.per_night).rejected
        bh_false += int(by_share[changed:].sum())
        bh_hits += int(by_share[:changed].sum())
    return {
        "false alerts a month": 30 * false / nights,
        "false share of a night": float(np.mean(shares)),
        "found": hits / (changed * nights) if changed else math.nan,
        "BH: false alerts a month": 30 * bh_false / nights,
        "BH: found": bh_hits / (changed * nights) if changed else math.nan,
    }
