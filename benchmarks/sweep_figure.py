# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Draws a sweep: sweep_figure JSON FILE, with the JSON of `study --sweep --json`."""

import json
import sys

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt


def draw(sweep: dict, path: str) -> None:
    """Ratio by the parameter, with intervals; where it is below 1 the after does not pay."""
    points = sweep["points"]
    values = [point["value"] for point in points]
    ratios = [point["ratio"] for point in points]
    below = [point["ratio"] - point["low"] for point in points]
    above = [point["high"] - point["ratio"] for point in points]
    figure, axes = plt.subplots(figsize=(6, 3.6), layout="constrained")
    axes.axhline(1, color="0.6", linewidth=1)
    axes.errorbar(values, ratios, yerr=[below, above], marker="o", capsize=3, color="#0072b2")
    if values[-1] > 100:
        axes.set_xscale("symlog", linthresh=max(1, min(v for v in values if v > 0)))
    axes.set_yscale("log")
    axes.set_xticks(values, [f"{value:,}" for value in values])
    axes.minorticks_off()
    ticks = sorted({0.5, 1, 2, 5, 10, 20, 50} | {round(max(ratios), 1)})
    shown = [tick for tick in ticks if 0.8 * min(ratios) <= tick <= 1.25 * max(ratios)]
    axes.set_yticks(shown, [f"{tick:g}" for tick in shown])
    axes.set_xlabel(sweep["parameter"])
    axes.set_ylabel("before / after")
    axes.set_title(
        f"{sweep['pair']}: {sweep['crossover']}\n"
        f"the text: premature below {sweep['premature_below']}",
        fontsize=9,
    )
    figure.savefig(path)
    plt.close(figure)


if __name__ == "__main__":
    draw(json.loads(sys.argv[1]), sys.argv[2])
