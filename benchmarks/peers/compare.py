# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Compare: the arithmetic of the comparison, from results to ratios and their tables.

A ratio is a peer's value over Unpark's in the same repetition, so what slows the machine for a
while cancels; above 1 Unpark is ahead. Its interval is the sign test's: order statistics, no shape
of the noise assumed.
"""

from __future__ import annotations

import dataclasses
import math
import statistics
from collections.abc import Iterable, Mapping, Sequence

OURS = "unpark"
# What is no time: shown, but not part of a mean of speeds.
_NO_SPEED = frozenset(("bytes_each",))
# Measures the machine and not a runtime: the check that two workers are two.
_REFERENCE_ROWS = frozenset(("atomic_add_8",))
_UNITS = {"skynet_1e6": ("ms", 1e6), "tight_loop": ("ms", 1e6)}


@dataclasses.dataclass(frozen=True)
class Result:
    """One run of one program."""

    series: str
    system: str
    workers: int
    repetition: int
    operations: int
    ns_per_op: float
    cpu_ns_per_op: float
    answer: str
    figures: Mapping[str, float]


@dataclasses.dataclass(frozen=True)
class Line:
    """One line of the table: a series with its workers and one figure of it."""

    series: str
    workers: int
    figure: str  # "ns_per_op", "p50_ns", "bytes_each"

    @property
    def name(self) -> str:
        """As the table shows it."""
        return self.series if self.figure == "ns_per_op" else f"{self.series} {self.short_figure}"

    @property
    def short_figure(self) -> str:
        """Without its unit."""
        return self.figure.removesuffix("_ns").removesuffix("_each")

    @property
    def unit(self) -> tuple[str, float]:
        """The unit and how many of what is measured it has."""
        if self.figure == "bytes_each":
            return ("B", 1.0)
        if self.series in _UNITS:
            return _UNITS[self.series]
        return ("us", 1e3) if self.figure in ("p50_ns", "p99_ns") else ("ns", 1.0)

    @property
    def is_speed(self) -> bool:
        """Whether it is part of the geometric means."""
        return self.figure not in _NO_SPEED and self.series not in _REFERENCE_ROWS


@dataclasses.dataclass(frozen=True)
class Ratio:
    """A median with the interval that covers the true one with `coverage`."""

    median: float
    low: float
    high: float
    coverage: float


def figures_of(result: Result) -> dict[str, float]:
    """What a result says beside its CPU time: its own figures, or else its time."""
    return dict(result.figures) if result.figures else {"ns_per_op": result.ns_per_op}


def interval(values: Sequence[float], wanted: float = 0.95) -> Ratio:
    """The median and its narrowest symmetric interval of order statistics that covers `wanted`.

    With fewer than six values none does: then it is the whole range, with what that covers.
    """
    ordered = sorted(values)
    n = len(ordered)
    cut = 0
    outside = 2 * 0.5**n
    while cut + 1 < (n + 1) // 2:
        next_outside = outside + 2 * math.comb(n, cut + 1) * 0.5**n
        if next_outside > 1 - wanted:
            break
        cut, outside = cut + 1, next_outside
    return Ratio(statistics.median(ordered), ordered[cut], ordered[n - 1 - cut], 1 - outside)


def geometric_mean(values: Iterable[float]) -> float:
    """Of positive values; nan without any."""
    logs = [math.log(value) for value in values]
    return math.exp(statistics.fmean(logs)) if logs else math.nan


class Table:
    """All results of a run, by line and system."""

    def __init__(self, results: Iterable[Result]) -> None:
        # line -> system -> repetition -> value
        self._values: dict[Line, dict[str, dict[int, float]]] = {}
        self._cpu: dict[Line, dict[str, list[float]]] = {}
        for result in results:
            for figure, value in figures_of(result).items():
                line = Line(result.series, result.workers, figure)
                by_system = self._values.setdefault(line, {})
                by_system.setdefault(result.system, {})[result.repetition] = value
                cpu = self._cpu.setdefault(line, {}).setdefault(result.system, [])
                cpu.append(result.cpu_ns_per_op)

    @property
    def lines(self) -> list[Line]:
        """In the order of the results."""
        return list(self._values)

    @property
    def systems(self) -> list[str]:
        """Unpark first, then by name."""
        names = {system for by_system in self._values.values() for system in by_system}
        return sorted(names, key=lambda name: (name != OURS, name))

    def median(self, line: Line, system: str) -> float | None:
        """Of the repetitions; none where the system has no such line."""
        values = self._values[line].get(system)
        return statistics.median(values.values()) if values else None

    def cpu(self, line: Line, system: str) -> float | None:
        """CPU time per operation, in ns."""
        values = self._cpu[line].get(system)
        return statistics.median(values) if values else None

    def ratio(self, line: Line, system: str) -> Ratio | None:
        """The system's value over Unpark's, paired by repetition."""
        ours = self._values[line].get(OURS, {})
        theirs = self._values[line].get(system, {})
        pairs = [theirs[r] / ours[r] for r in ours if r in theirs and ours[r] > 0]
        return interval(pairs) if pairs else None

    def best_peer(self, line: Line) -> str | None:
        """The other system with the smallest median."""
        medians = {
            system: value
            for system in self.systems
            if system != OURS and (value := self.median(line, system)) is not None
        }
        return min(medians, key=lambda system: medians[system]) if medians else None

    def mean_ratio(self, system: str | None) -> tuple[float, int]:
        """Geometric mean of the median ratios, and of how many; None: each line's best peer."""
        ratios = []
        for line in self.lines:
            peer = self.best_peer(line) if system is None else system
            ratio = self.ratio(line, peer) if peer else None
            if line.is_speed and ratio is not None and ratio.median > 0:
                ratios.append(ratio.median)
        return geometric_mean(ratios), len(ratios)


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _ratio(ratio: Ratio | None) -> str:
    if ratio is None:
        return "-"
    return f"{ratio.median:.2f} [{ratio.low:.2f}, {ratio.high:.2f}]"


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def ratio_table(table: Table) -> list[str]:
    """Unpark beside Go and beside the best peer of each line."""
    rows = [["row", "w", "unit", OURS, "cpu", "go", "cpu", "go / unpark", "best peer", "", "ratio"]]
    for line in table.lines:
        unit, scale = line.unit
        best = table.best_peer(line)

        def shown(value: float | None, scale: float = scale) -> str:
            return _number(None if value is None else value / scale)

        rows.append(
            [
                line.name,
                str(line.workers),
                unit,
                shown(table.median(line, OURS)),
                shown(table.cpu(line, OURS)) if line.figure == "ns_per_op" else "",
                shown(table.median(line, "go")),
                shown(table.cpu(line, "go")) if line.figure == "ns_per_op" else "",
                _ratio(table.ratio(line, "go")),
                best or "-",
                shown(table.median(line, best)) if best else "-",
                _ratio(table.ratio(line, best)) if best else "-",
            ]
        )
    return _aligned(rows)


def value_table(table: Table) -> list[str]:
    """The medians of all systems."""
    rows = [["row", "w", "unit", *table.systems]]
    for line in table.lines:
        unit, scale = line.unit
        medians = [table.median(line, system) for system in table.systems]
        rows.append(
            [
                line.name,
                str(line.workers),
                unit,
                *(_number(None if median is None else median / scale) for median in medians),
            ]
        )
    return _aligned(rows)


def summary(table: Table) -> list[str]:
    """Geometric means, and where Unpark is behind."""
    lines = []
    for system, label in (("go", "Go"), (None, "the best peer of each row")):
        mean, count = table.mean_ratio(system)
        if count:
            lines.append(f"geometric mean of {label} / unpark over {count} rows: {mean:.2f}")
    for system, label in (("go", "Go"), (None, "the best peer")):
        behind = []
        for line in table.lines:
            peer = table.best_peer(line) if system is None else system
            ratio = table.ratio(line, peer) if peer else None
            if line.is_speed and ratio is not None and ratio.median < 1:
                behind.append(f"{line.name} {line.workers}w")
        if behind:
            lines.append(f"behind {label} on {len(behind)}: {', '.join(behind)}")
    coverage = min(
        (r.coverage for line in table.lines if (r := table.ratio(line, "go"))), default=1.0
    )
    if coverage < 0.95:
        lines.append(f"the intervals cover {coverage:.0%}: for 95 % take six repetitions or more")
    return lines


def benchmark_rows(results: Sequence[Result]) -> list[dict[str, object]]:
    """Google Benchmark's rows, one a result: primitives/SYSTEM/SERIES/procs:WORKERS."""
    rows: list[dict[str, object]] = []
    names: dict[str, int] = {}
    repetitions = 1 + max((result.repetition for result in results), default=0)
    for result in results:
        name = f"primitives/{result.system}/{result.series}/procs:{result.workers}"
        rows.append(
            {
                "name": name,
                "run_name": name,
                "run_type": "iteration",
                "family_index": names.setdefault(name, len(names)),
                "per_family_instance_index": 0,
                "repetitions": repetitions,
                "repetition_index": result.repetition,
                "threads": 1,
                "iterations": 1,
                "real_time": result.ns_per_op,
                "cpu_time": result.cpu_ns_per_op,
                "time_unit": "ns",
                "round": result.repetition,
                "ops": result.operations,
                "procs": result.workers,
                "ns_per_op": result.ns_per_op,
                "cpu_ns_per_op": result.cpu_ns_per_op,
                **_figure_names(result.figures),
            }
        )
    return rows


def _figure_names(figures: Mapping[str, float]) -> dict[str, float]:
    """The suite's names: p50_ns and p99_ns as they are, what is a row's own with fig. before it."""
    known = ("p50_ns", "p99_ns")
    return {name if name in known else f"fig.{name}": value for name, value in figures.items()}
