# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Scores of change point detectors on the labelled and the synthetic histories."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dashboard import stats
from dashboard.stats.evaluation import metrics, peers, rules, series, synthetic


def ours(values: NDArray[np.float64]) -> list[int]:
    """Our detector, default parameters; logs where all values are positive."""
    positive = np.nanmin(values) > 0
    found = stats.change_points(values, scale="log" if positive else "linear")
    return [change.index for change in found]


def candidates() -> dict[str, peers.Find]:
    """All detectors that can be scored here, ours last."""
    return {
        "zero (never report)": lambda values: [],
        "previous run +-10 %": rules.previous_run,
        "t test, Perfherder's rule": rules.perfherder,
        **peers.installed(),
        "ours": ours,
    }


def labelled(folder: Path) -> dict[str, list[series.Labelled]]:
    """The labelled sets found under the folder, in the layout that README.md tells."""
    readers = {
        "TCPD": ("tcpd-part", series.read_tcpd),
        "SAP21": ("sap-hana-perf-2021-part", series.read_sap_2021),
        "SAP22": ("sap-hana-perf-2022-part", series.read_sap_2022),
    }
    return {
        name: read(folder / sub) for name, (sub, read) in readers.items() if (folder / sub).exists()
    }


BUDGET_S = 150.0
"""Wall seconds that one detector may spend on one set; a detector that needs more is left out."""


def score_labelled(find: peers.Find, data: Sequence[series.Labelled]) -> list[str]:
    """Mean F1 and cover of the marked series; pooled majority F1 and false reports per 1000."""
    begin = time.monotonic()
    f1, cover, pooled, reports, values = [], [], metrics.Count(), 0, 0
    for item in data:
        if time.monotonic() - begin > BUDGET_S:
            return ["too slow"]
        present = np.isfinite(item.values)
        places = np.flatnonzero(present)
        found = [int(places[i]) for i in find(item.values[present])]
        reports += len(found)
        values += len(item.values)
        if item.marks:
            f1.append(metrics.f1(item.marks, found))
            cover.append(metrics.covering(item.marks, found, len(item.values)))
            votes = 1 if len(item.marks) < 3 else 3
            pooled.add(metrics.majority(item.marks, votes), found, len(item.values))
    if not f1:
        return ["-", "-", "-", f"{1000 * reports / values:.2f} reports"]
    return [
        f"{np.mean(f1):.3f}",
        f"{np.mean(cover):.3f}",
        f"{pooled.f1:.3f}",
        f"{pooled.false_per_1000:.2f}",
    ]


def score_synthetic(find: peers.Find, seed: int, copies: int) -> list[str]:
    """Precision, recall, false per 1000, and recall by size of step."""
    total = metrics.Count()
    by_step: dict[float, metrics.Count] = defaultdict(metrics.Count)
    begin = time.monotonic()
    for item in synthetic.offline_set(seed, copies):
        if time.monotonic() - begin > BUDGET_S:
            return ["too slow", "", "", ""]
        found = find(item.values)
        for count in (total, by_step[item.step]):
            count.add(item.truth, found, len(item.values))
    steps = "/".join(f"{by_step[s].recall:.2f}" for s in sorted(by_step) if s > 0)
    return [f"{total.precision:.3f}", f"{total.recall:.3f}", f"{total.false_per_1000:.2f}", steps]


def score_online(find: peers.Find, seed: int, copies: int) -> list[str]:
    """Share found, delay mean/median in values, false per 1000, one value at a time."""
    count = metrics.Count()
    begin = time.monotonic()
    for item in synthetic.online_set(seed, copies):
        if time.monotonic() - begin > BUDGET_S:
            return ["too slow", "", ""]
        score = metrics.OnlineScore(count, item.truth)
        for now in range(8, len(item.values)):
            score.answer(now, find(item.values[: now + 1]))
        score.close()
    delay = f"{np.mean(count.delays):.1f}/{np.median(count.delays):.0f}" if count.delays else "-"
    return [f"{count.recall:.3f}", delay, f"{count.false_per_1000:.2f}"]


def timing(find: peers.Find, length: int, budget_s: float = 20.0) -> float:
    """Processor seconds of one run over a history with two steps, the best of some."""
    rng = np.random.default_rng(length)
    values = np.exp(rng.normal(0, 0.02, length))
    values[length // 3 :] *= 1.1
    values[2 * length // 3 :] *= 0.95
    best, begin = float("inf"), time.monotonic()
    for _ in range(7):
        start = time.process_time()
        find(values)
        best = min(best, time.process_time() - start)
        if time.monotonic() - begin > budget_s:
            break
    return best


def append_timing(length: int, appends: int = 200) -> tuple[float, float]:
    """Median and mean processor seconds of an append with its answer after `length` values."""
    rng = np.random.default_rng(length)
    values = np.exp(rng.normal(0, 0.02, length + appends))
    values[length // 3 :] *= 1.1
    detector = stats.Detector(values[:length])
    detector.append(float(values[length]))
    spent = []
    for value in values[length + 1 :]:
        start = time.process_time_ns()
        detector.append(float(value))
        spent.append((time.process_time_ns() - start) * 1e-9)
    return float(np.median(spent)), float(np.mean(spent))
