# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Charts: matplotlib figures as SVG text that takes its colours from the page, light or dark.

Text stays text (a screen reader and the browser's search find it). Inks are drawn in marker
colours, which become CSS variables when the SVG is put into the page; data uses Okabe and Ito's
palette, safe for colour-blind readers, and a marker shape beside each colour. No figure is wider
than a telephone can show without scrolling, save the overview, which is drawn twice.
"""

from __future__ import annotations

import dataclasses
import html
import io
import math
import re
from collections.abc import Sequence

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

from dashboard.pairs import PairResult
from dashboard.text import count, duration, event_name

# Okabe and Ito 2008, without black and yellow, which vanish on one of the two backgrounds.
BLUE, VERMILION, GREEN, ORANGE, SKY, PURPLE = (
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#e69f00",
    "#56b4e9",
    "#cc79a7",
)
SERIES = (VERMILION, BLUE, GREEN, PURPLE, ORANGE, SKY)
MARKERS = ("o", "s", "^", "D", "v", "P")

# Colours that no chart uses for data: replaced by the page's own.
_INK, _FAINT, _GRID, _PAPER = "#010203", "#040506", "#070809", "#0a0b0c"
_VARIABLES = {
    _INK: "var(--ink)",
    _FAINT: "var(--faint)",
    _GRID: "var(--line)",
    _PAPER: "var(--paper)",
}
_STYLE = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9,
    "axes.edgecolor": _FAINT,
    "axes.labelcolor": _FAINT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.titlesize": 10,
    "axes.titlecolor": _INK,
    "axes.titlelocation": "left",
    "text.color": _INK,
    "xtick.color": _FAINT,
    "ytick.color": _FAINT,
    "xtick.labelcolor": _FAINT,
    "ytick.labelcolor": _INK,
    "ytick.major.size": 0,
    "grid.color": _GRID,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "legend.frameon": False,
}


@dataclasses.dataclass(frozen=True)
class Line:
    """One benchmark over the runs: values, and where its level changed."""

    name: str
    values: Sequence[float]
    changes: Sequence[int]


def overview(results: Sequence[PairResult], narrow: bool) -> str:
    """Every pair's measured ratio with its interval beside the claim, on a log axis."""
    shown = [r for r in results if r.headline is not None or r.pair.claim]
    with plt.rc_context(_STYLE):
        figure, axes = plt.subplots(
            figsize=(3.8 if narrow else 10.6, 0.9 + 0.36 * max(1, len(shown)))
        )
        for y, result in enumerate(reversed(shown)):
            _overview_row(axes, y, result)
        names = [_pair_label(r, narrow) for r in reversed(shown)]
        axes.set_yticks(range(len(shown)), names)
        axes.set_ylim(-0.7, len(shown) - 0.3)
        axes.set_xscale("log")
        _ratio_ticks(axes)
        axes.axvline(1, color=_FAINT, linewidth=1)
        axes.grid(axis="x", linewidth=0.6)
        axes.set_axisbelow(True)
        axes.set_xlabel("times faster than before (log scale)")
        _overview_legend(figure, narrow)
        alt = "; ".join(_overview_words(r) for r in shown)
        return _svg(figure, "overview-narrow" if narrow else "overview", f"Pair ratios: {alt}")


def _pair_label(result: PairResult, narrow: bool) -> str:
    name = result.pair.name.replace("_", " ")
    return name if not narrow or len(name) < 19 else name[:17] + "\N{HORIZONTAL ELLIPSIS}"


def _overview_words(result: PairResult) -> str:
    measured = f"{result.headline.ratio:.3g}" if result.headline else "not measured"
    claim = f", claim {result.pair.claim:g}" if result.pair.claim else ""
    return f"{result.pair.name} {measured}{claim}"


def _overview_row(axes: Axes, y: int, result: PairResult) -> None:
    claim, measured = result.pair.claim, result.headline
    if claim and measured:
        axes.plot([claim, measured.ratio], [y, y], color=_GRID, linewidth=2.5, zorder=1)
    if measured:
        low, high = _bounded(measured.low, measured.ratio), _bounded(measured.high, measured.ratio)
        color = BLUE if high > 1 else VERMILION
        sure = not low <= 1 <= high and math.isfinite(measured.high)
        axes.plot([low, high], [y, y], color=color, linewidth=2, zorder=2)
        axes.plot(
            measured.ratio, y, "o", color=color, markersize=6.5, zorder=3,
            markerfacecolor=color if sure else _PAPER,
        )  # fmt: skip
    if claim:
        axes.plot(
            claim, y, "D", markerfacecolor=_PAPER, markeredgecolor=_INK, markersize=6, zorder=2
        )


def _bounded(value: float, fallback: float) -> float:
    return value if math.isfinite(value) and value > 0 else fallback


def _overview_legend(figure: Figure, narrow: bool) -> None:
    handles = [
        plt.Line2D([], [], color=BLUE, marker="o", linewidth=2, label="measured, 95 % interval"),
        plt.Line2D([], [], color=VERMILION, marker="o", linewidth=2, label="slower here"),
        plt.Line2D(
            [], [], color=BLUE, marker="o", markerfacecolor=_PAPER, linewidth=0, label="not sure"
        ),
        plt.Line2D(
            [], [], color=_INK, marker="D", markerfacecolor=_PAPER, linewidth=0, label="claim"
        ),
    ]
    figure.legend(
        handles=handles, loc="outside lower center", ncols=2 if narrow else 4, fontsize=8.5
    )


def _ratio_ticks(axes: Axes) -> None:
    axes.xaxis.set_major_locator(LogLocator(base=10, subs=(1.0, 2.0, 5.0), numticks=20))
    low, high = axes.get_xlim()
    if high / low > 150:
        axes.xaxis.set_major_locator(LogLocator(base=10, subs=(1.0, 3.0), numticks=20))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}x"))


def times(names: Sequence[str], ns: Sequence[tuple[float, float, float]], ident: str) -> str:
    """Time per operation of each variant: (low quartile, median, high quartile) on a log axis."""
    with plt.rc_context(_STYLE):
        figure, axes = plt.subplots(figsize=(4.2, 0.75 + 0.3 * len(names)))
        for y, (low, middle, high) in enumerate(reversed(ns)):
            color, marker = _look(len(ns) - 1 - y)
            axes.plot([low, high], [y, y], color=color, linewidth=2)
            axes.plot(middle, y, marker, color=color, markersize=6.5)
            axes.annotate(
                duration(middle),
                (max(high, middle), y),
                xytext=(7, 0),
                textcoords="offset points",
                va="center",
                fontsize=8.5,
            )
        axes.set_yticks(range(len(names)), list(reversed(names)))
        axes.set_ylim(-0.6, len(names) - 0.4)
        axes.set_xscale("log")
        _roomy(axes, [value for row in ns for value in row])
        _time_axis(axes.xaxis)
        axes.grid(axis="x", linewidth=0.6)
        axes.set_axisbelow(True)
        axes.set_title("Time per operation (log scale)")
        words = ", ".join(f"{n} {duration(t[1])}" for n, t in zip(names, ns, strict=True))
        return _svg(figure, ident, f"Time per operation: {words}")


def _look(index: int) -> tuple[str, str]:
    return SERIES[index % len(SERIES)], MARKERS[index % len(MARKERS)]


def _roomy(axes: Axes, values: Sequence[float]) -> None:
    """Space on the right for the numbers, and at least half a decade in all."""
    low, high = min(values), max(values)
    span = max(high / low, 3.0)
    axes.set_xlim(low / span**0.08, low * span ** (1.42))


def _time_axis(axis: matplotlib.axis.Axis) -> None:
    axis.set_major_formatter(FuncFormatter(lambda value, _: _short_time(value)))
    axis.set_minor_formatter(NullFormatter())
    axis.set_minor_locator(NullLocator())
    low, high = axis.get_view_interval()
    subs = (1.0,) if high / low > 60 else (1.0, 2.0, 5.0)
    axis.set_major_locator(LogLocator(base=10, subs=subs, numticks=12))


def _short_time(ns: float) -> str:
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if ns >= size:
            return f"{ns / size:g} {unit}"
    return f"{ns:g} ns"


def events(
    variants: Sequence[str], counters: Sequence[str], values: Sequence[Sequence[float]], ident: str
) -> str:
    """Events per operation, one group a counter and one bar a variant; values[variant][counter]."""
    with plt.rc_context(_STYLE):
        rows = len(counters) * (len(variants) + 0.8)
        figure, axes = plt.subplots(figsize=(4.2, 0.75 + 0.19 * rows))
        top = max(max(row, default=0) for row in values) or 1.0
        for v, row in enumerate(values):
            color, _ = _look(v)
            for c, value in enumerate(row):
                y = c * (len(variants) + 0.8) + v
                axes.barh(y, value, height=0.8, color=color)
                axes.annotate(
                    count(value),
                    (value, y),
                    xytext=(4, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=7.5,
                )
        middles = [
            c * (len(variants) + 0.8) + (len(variants) - 1) / 2 for c in range(len(counters))
        ]
        axes.set_yticks(middles, [event_name(c) for c in counters])
        axes.invert_yaxis()
        axes.set_xscale("symlog", linthresh=1e-2 if top < 20 else 1e-1)
        axes.set_xlim(0, top * (top / 1e-2) ** 0.16)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.grid(axis="x", linewidth=0.6)
        axes.set_axisbelow(True)
        axes.set_title("Events per operation (log scale)")
        words = "; ".join(
            f"{variant}: "
            + ", ".join(f"{event_name(c)} {count(x)}" for c, x in zip(counters, row, strict=True))
            for variant, row in zip(variants, values, strict=True)
        )
        return _svg(figure, ident, f"Events per operation: {words}")


def series(
    lines: Sequence[Line], labels: Sequence[str], boundary: int, ident: str, title: str
) -> str:
    """Time over runs, each relative to its own median; `boundary` is the first judged run.

    Ticks name the configuration where it changes. Change points are vertical marks on the line.
    """
    with plt.rc_context(_STYLE | {"ytick.labelcolor": _FAINT}):
        figure, axes = plt.subplots(figsize=(4.2, 2.3))
        if 0 < boundary < len(labels):
            axes.axvspan(boundary - 0.5, len(labels) - 0.5, color=_GRID, alpha=0.45, linewidth=0)
        for i, line in enumerate(lines):
            _draw_line(axes, i, line)
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.3g}x"))
        _ratio_axis(axes)
        axes.grid(axis="y", linewidth=0.6)
        axes.set_axisbelow(True)
        axes.set_xlim(-0.7, len(labels) - 0.3)
        _configuration_ticks(axes, labels)
        axes.set_title(title)
        if len(lines) > 1 or lines[0].name:
            columns = 2 if len(lines) > 1 else 1
            figure.legend(loc="outside lower left", fontsize=8, ncols=columns, handlelength=1.4)
        changes = sum(len(line.changes) for line in lines)
        return _svg(figure, ident, f"{title}, {len(labels)} runs, {changes} change points")


def _draw_line(axes: Axes, i: int, line: Line) -> None:
    color, marker = _look(i)
    size = 4 if len(line.values) < 60 else 2
    axes.plot(
        line.values, marker, color=color, markersize=size, linestyle="-", linewidth=0.9,
        label=line.name,
    )  # fmt: skip
    for at in line.changes:
        axes.plot(
            at, line.values[at], marker="o", markersize=11, markerfacecolor="none",
            markeredgecolor=color, markeredgewidth=1.6,
        )  # fmt: skip


def _ratio_axis(axes: Axes) -> None:
    """Ticks that name at least two levels also where the series hardly moves."""
    low, high = axes.get_ylim()
    low, high = min(low, 0.9), max(high, 1.12)
    axes.set_ylim(low, high)
    steps = (0.01, 0.1, 0.2, 0.5, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 3, 5, 10, 20, 50, 100)
    apart = math.log(high / low) / 7
    ticks = [1.0]
    for step in (*[s for s in steps if s > 1], *[s for s in steps[::-1] if s < 1]):
        if low <= step <= high and min(abs(math.log(step / t)) for t in ticks) >= apart:
            ticks.append(step)
    axes.set_yticks(ticks)
    axes.yaxis.set_minor_locator(NullLocator())


def _configuration_ticks(axes: Axes, labels: Sequence[str]) -> None:
    starts = [i for i, name in enumerate(labels) if i == 0 or labels[i - 1] != name]
    # A label takes a quarter of the axis; the newest configuration matters most. At the right end
    # its label extends to the left, and needs the space of two.
    chosen: list[int] = []
    for start in starts[::-1]:
        at_end = bool(chosen) and chosen[-1] > 0.75 * len(labels)
        if not chosen or chosen[-1] - start >= (0.52 if at_end else 0.27) * len(labels):
            chosen.append(start)
    starts = chosen[::-1]
    axes.set_xticks(starts, [_tick_label(labels[i]) for i in starts], ha="left", fontsize=8)
    if starts and starts[-1] > 0.75 * len(labels):
        axes.get_xticklabels()[-1].set_ha("right")


def _tick_label(text: str) -> str:
    """One line for the commit, one for the policy."""
    commit, _, policy = text.partition(" policy=")
    return commit[:10] + ("+" if "+dirty" in commit else "") + (f"\n{policy}" if policy else "")


def _svg(figure: Figure, ident: str, description: str) -> str:
    """The figure as inline SVG: colours from the page, ids of its own, and a description."""
    figure.set_layout_engine("constrained")
    stream = io.StringIO()
    with plt.rc_context({"svg.hashsalt": ident}):
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(figure)
    text = stream.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.S)
    for marker, variable in _VARIABLES.items():
        text = text.replace(marker, variable)
    text = re.sub(r'\bid="([^"]+)"', rf'id="{ident}-\1"', text)
    text = re.sub(r'(xlink:href="#|url\(#)', rf"\1{ident}-", text)
    text = text.replace("'DejaVu Sans', sans-serif", "var(--sans)").replace(
        "'DejaVu Sans'", "var(--sans)"
    )
    text = re.sub(r'<style type="text/css">.*?</style>', "", text, flags=re.S)
    width = float(re.search(r'viewBox="0 0 ([0-9.]+)', text)[1])
    opening = (
        rf'<svg \1 style="max-width:{width * 96 / 72:.0f}px;stroke-linejoin:round" role="img"'
        rf' aria-label="{html.escape(description)}" xmlns:xlink="http://www.w3.org/1999/xlink">'
    )
    return re.sub(r'<svg [^>]*?(viewBox="[^"]+")[^>]*>', opening, text, count=1)
