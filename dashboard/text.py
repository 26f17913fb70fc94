# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Words and numbers as people read them, and the plain-text account of a check."""

from __future__ import annotations

import itertools
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TextIO

import numpy as np

from dashboard.machine import Machine
from dashboard.pairs import PairResult
from dashboard.sides import Mode, Side
from dashboard.verdict import IMPROVED, REGRESSED, UNCHANGED, UNKNOWN, Check, Verdict


def duration(ns: float) -> str:
    """Three digits and a unit: "3.42 ns", "128 us"."""
    if not math.isfinite(ns):
        return "-"
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if ns >= 0.9995 * size:
            return f"{_digits(ns / size)} {unit}"
    return f"{_digits(ns)} ns"


def _digits(value: float) -> str:
    if value == 0:
        return "0"
    places = max(0, 2 - math.floor(math.log10(abs(float(f"{value:.3g}")))))
    return f"{value:.{min(places, 3)}f}"


def count(value: float) -> str:
    """Events per operation: "0", "0.0031", "1", "122"."""
    if abs(value) >= 1e6:
        return f"{value:.3g}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def ratio(value: float) -> str:
    """A ratio with three digits: "x1.24", "x44"; "-" where unknown."""
    return "-" if not math.isfinite(value) else f"x{_ratio_digits(value)}"


def claim(value: float) -> str:
    """A claimed ratio as its source writes it: "x44", "x2.4"."""
    return f"x{value:g}"


def _ratio_digits(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def interval(low: float, high: float) -> str:
    """ "1.20 to 1.29", or that there are too few data for one."""
    if math.isfinite(low) and math.isfinite(high) and low > 0:
        return f"{_ratio_digits(low)} to {_ratio_digits(high)}"
    return "no interval yet"


def change(value: float) -> str:
    """A ratio of times in words: "24 % slower", "2.1 times as slow", "13 % faster", "the same"."""
    if not math.isfinite(value):
        return "-"
    if value >= 2:
        return f"{_ratio_digits(value)} times as slow"
    if value <= 0.5:
        return f"{_ratio_digits(1 / value)} times as fast"
    percent = round(100 * (value - 1))
    if percent == 0:
        return "the same"
    return f"{percent} % slower" if percent > 0 else f"{-percent} % faster"


def percent(value: float) -> str:
    """A relative change: "10 %"; "-" where it cannot be told."""
    return "-" if not math.isfinite(value) else f"{100 * value:.0f} %"


def runs(n: int) -> str:
    """ "1 run", "10 runs"."""
    return f"{n} run" if n == 1 else f"{n} runs"


def event_name(counter: str) -> str:
    """The counter without its prefix."""
    return counter.removeprefix("ev.").replace("_per_op", "").replace("_", " ")


def verdict_counts(check: Check) -> dict[str, int]:
    """How many benchmarks have each verdict, the worst first."""
    return {name: len(check.of(name)) for name in (REGRESSED, IMPROVED, UNCHANGED, UNKNOWN)}


def machine_sentence(machine: Machine) -> str:
    """What the machine did between the two sides."""
    if not machine.canaries and machine.shift == 0:
        return f"Machine: {machine.reason}."
    moved = change(math.exp(machine.shift))
    canaries = ", ".join(
        f"{name.split('/')[0].replace('_', ' ')} {_signed(shift)}"
        for name, shift in machine.canaries.items()
    )
    shown = f" (canaries: {canaries})" if canaries else ""
    return f"Machine: {moved}{shown}; taken out of every ratio. {machine.reason.capitalize()}."


def _signed(shift: float) -> str:
    return f"{100 * math.expm1(shift):+.0f} %"


def side_phrase(side: Side) -> str:
    """A side and how much was measured of it: "1a2b3c4d5e (10 runs)"."""
    n = len(side.runs)
    return f"{side.label} ({n} {side.unit}{'' if n == 1 else 's'})"


def print_check(check: Check, everything: bool, out: TextIO | None = None) -> None:
    """The account of a check, one line a benchmark that needs attention; counts last."""
    out = out or sys.stdout
    newest = check.sides.candidate.runs[-1]
    print(f"judged:  {side_phrase(check.sides.candidate)}", file=out)
    print(
        f"against: {side_phrase(check.sides.baseline)}, machine {newest.machine}, {newest.size}",
        file=out,
    )
    if check.sides.mode is Mode.SAME_BUILD:
        print("The same build on both sides: whatever moved is the machine.", file=out)
    if check.sides.mode is not Mode.FIRST:
        print(machine_sentence(check.machine), file=out)
    for field, before, now in check.context_changes:
        print(f"also changed: {field}: {before or '-'} -> {now or '-'}", file=out)
    listed = check.of(REGRESSED) + check.of(IMPROVED) + check.suspects
    if everything:
        rest = [v for v in check.of(UNKNOWN) if not v.suspect]
        listed += rest + sorted(check.of(UNCHANGED), key=lambda v: v.name)
    _print_verdicts(listed, out)
    _print_events(check, out)
    print(_summary(check), file=out)


def _print_verdicts(verdicts: Iterable[Verdict], out: TextIO) -> None:
    for v in verdicts:
        print(_verdict_line(v), file=out)
        print(f"           {evidence(v)}", file=out)


def _verdict_line(v: Verdict) -> str:
    word = "suspect" if v.suspect else v.verdict
    if not math.isfinite(v.ratio):
        return f"{word:<10} {v.name:<58} -  {duration(v.candidate_ns)}"
    times = f"{duration(v.baseline_ns)} -> {duration(v.candidate_ns)}"
    return f"{word:<10} {v.name:<58} {ratio(v.ratio)} [{interval(v.low, v.high)}]  {times}"


def evidence(v: Verdict) -> str:
    """Why, in one phrase: the reason, the cause, and what the other evidence says."""
    parts = [v.reason]
    if v.cause:
        parts.append(f"cause: {v.cause}")
    if v.pair and (v.pair.low > 1 or v.pair.high < 1):
        parts.append(f"within runs {ratio(v.pair.ratio)} against {v.pair.other.split('/')[1]}")
    parts += [event_phrase(e.counter, e.baseline, e.candidate) for e in v.events[:2]]
    return "; ".join(parts)


def event_phrase(counter: str, before: float, now: float) -> str:
    """ "parks 0 to 1 per operation"."""
    return f"{event_name(counter)} {count(before)} to {count(now)} per operation"


def _print_events(check: Check, out: TextIO) -> None:
    """Events that moved though the time did not: told, never alarmed about."""
    moved: dict[str, int] = {}
    for v in check.events_only:
        for event in v.events[:1]:
            moved[event.counter] = moved.get(event.counter, 0) + 1
    if moved:
        names = _ranked(moved)
        print(f"events changed without a change of time: {names} (see the report)", file=out)


def _ranked(numbers: Mapping[str, int]) -> str:
    ordered = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{event_name(name)} in {n}" for name, n in ordered[:4])


def _summary(check: Check) -> str:
    counts = verdict_counts(check)
    text = "verdict: " + ", ".join(f"{n} {name}" for name, n in counts.items())
    seen = [v.detectable for v in check.of(UNCHANGED) if math.isfinite(v.detectable)]
    if seen:
        text += f"; a change of {percent(float(np.median(seen)))} would usually have been seen"
    return text


def print_pairs(results: Sequence[PairResult], out: TextIO | None = None) -> None:
    """A line a pair: claim, measured ratio with interval, the first event that collapsed."""
    out = out or sys.stdout
    if not results:
        return
    print("\npairs: before / after, inside the rounds of a run", file=out)
    for result in results:
        pair, found = result.pair, result.headline
        claimed = claim(pair.claim) if pair.claim else "-"
        measured = result.note
        if found is not None:
            measured = f"{ratio(found.ratio)} [{interval(found.low, found.high)}]"
            measured += " of the p99" if found.metric == "p99" else ""
        held = (event_phrase(c.counter, c.before, c.after) for c in result.collapses if c.holds)
        words = "; ".join([result.status, *itertools.islice(held, 1)])
        print(
            f"{pair.exercise:>3}  {pair.name:<22} claim {claimed:<6} {measured:<34} {words}",
            file=out,
        )
