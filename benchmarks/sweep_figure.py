# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Draws sweeps: sweep_figure JSON FILE, with the JSON of `study --sweep --json`."""

import json
import sys
from collections.abc import Sequence
from typing import Any

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt

# A reader's fonts, and the same file for the same figures.
matplotlib.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "sweeps"}

_TICKS = (0.5, 1, 2, 5, 10, 20, 50, 100, 200)
_METADATA = {"svg": {"Date": None}, "png": {}}


def draw(sweep: dict[str, Any], path: str) -> None:
    """One sweep: ratio by the parameter, with intervals; below 1 the after does not pay."""
    figure, axes = plt.subplots(figsize=(6, 3.6), layout="constrained")
    _draw_on(axes, sweep)
    axes.set_title(
        f"{sweep['pair']}: {sweep['crossover']}\n"
        f"the text: premature below {sweep['premature_below']}",
        fontsize=9,
    )
    _save(figure, path)


def draw_all(sweeps: Sequence[dict[str, Any]], path: str) -> None:
    """All sweeps, each small."""
    columns = 3
    rows = -(-len(sweeps) // columns)
    figure, grid = plt.subplots(
        rows, columns, figsize=(11, 2.5 * rows), layout="constrained", squeeze=False
    )
    for axes in grid.flat[len(sweeps) :]:
        axes.set_axis_off()
    for axes, sweep in zip(grid.flat, sweeps, strict=False):
        _draw_on(axes, sweep)
        axes.set_title(f"{sweep['exercise']}: {sweep['pair']}", fontsize=9)
    _save(figure, path)


def _save(figure: plt.Figure, path: str) -> None:
    figure.savefig(path, metadata=_METADATA["svg" if path.endswith(".svg") else "png"])
    plt.close(figure)


def _draw_on(axes: plt.Axes, sweep: dict[str, Any]) -> None:
    points = sweep["points"]
    values = [point["value"] for point in points]
    ratios = [point["ratio"] for point in points]
    below = [point["ratio"] - point["low"] for point in points]
    above = [point["high"] - point["ratio"] for point in points]
    axes.axhline(1, color="0.6", linewidth=1)
    axes.errorbar(values, ratios, yerr=[below, above], marker="o", capsize=3, color="#0072b2")
    if values[-1] > 20 * max(1, values[0]):
        axes.set_xscale("symlog", linthresh=max(1, min(v for v in values if v > 0)))
    axes.set_yscale("log")
    axes.set_xticks(values, [f"{value:,}" for value in values], fontsize=8)
    axes.minorticks_off()
    shown = [tick for tick in _TICKS if 0.8 * min(ratios) <= tick <= 1.25 * max(ratios)]
    if all(not 0.7 <= max(ratios) / tick <= 1.4 for tick in shown):
        shown.append(round(max(ratios), 1))
    axes.set_yticks(shown, [f"{tick:g}" for tick in shown])
    axes.set_xlabel(sweep["parameter"])
    axes.set_ylabel("before / after" + (", p99" if sweep["metric"] == "p99_ns" else ""))


if __name__ == "__main__":
    draw(json.loads(sys.argv[1]), sys.argv[2])
