# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Words and numbers as people read them, and the plain-text account of a check."""

from __future__ import annotations

import itertools
import math
import sys
from collections.abc import Iterable, Sequence
from typing import TextIO

import numpy as np

from dashboard.culprit import Culprit
from dashboard.machine import Machine
from dashboard.pairs import PairResult
from dashboard.record import Entry, Record
from dashboard.sides import Mode, Side
from dashboard.verdict import IMPROVED, REGRESSED, UNCHANGED, UNKNOWN, Check, Verdict
from dashboard.witness import EventChange

_MOST_LINES = 12  # of a kind that never alarms


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
    if not everything:
        _print_some("shape", [_shape_line(v) for v in check.shapes_only], out)
        _print_some("events", [_events_line(v) for v in check.events_only], out)
    for culprit in check.culprits:
        print(f"commit     {culprit_phrase(culprit)}", file=out)
    if check.sides.mode is Mode.CHANGE:
        print(check.rules.budget.promise() + ", with a check every night", file=out)
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
        agree = " and ".join(v.witnesses) if v.changed else ""
        parts.append(f"cause: {v.cause}" + (f" ({agree} say the same)" if agree else ""))
    if shape := shape_phrase(v):
        parts.append(shape)
    if v.pair and v.pair.moved:
        parts.append(f"within runs {ratio(v.pair.ratio)} against {v.pair.other.split('/')[1]}")
    elif v.pair and v.changed:
        parts.append(f"{v.pair.other.split('/')[1]} of the same rounds moved alike")
    parts += [event_change_phrase(event) for event in v.events[:2]]
    return "; ".join(parts)


def shape_phrase(v: Verdict) -> str:
    """What kind of change it is, where it is not a plain step: "a drift of x1.31"."""
    return "" if v.shape in ("", "step") else kind_phrase(v.shape, v.shape_size)


def kind_phrase(kind: str, size: float) -> str:
    """A kind of event with its size: "a drift of x1.31", "scatter x2.40"."""
    if kind == "variance":
        return f"{'more' if size > 1 else 'less'} scatter: {ratio(size)}"
    names = {"new mode": "a new mode at", "recovered": "recovered from", "outlier": "an outlier of"}
    return f"{names.get(kind, f'a {kind} of')} {ratio(size)}"


def event_phrase(counter: str, before: float, now: float) -> str:
    """ "parks 0 to 1 per operation"."""
    return f"{event_name(counter)} {count(before)} to {count(now)} per operation"


def event_change_phrase(event: EventChange) -> str:
    """The same, saying where no chance is in it."""
    exactly = ", exactly" if event.exact else ""
    return event_phrase(event.counter, event.baseline, event.candidate) + exactly


def _events_line(v: Verdict) -> str:
    """Events that moved though the time did not: told, never alarmed about."""
    seen = f"; time: {v.reason}" if v.verdict == UNCHANGED else ""
    return f"{v.name:<58} {'; '.join(event_change_phrase(e) for e in v.events[:2])}{seen}"


def _shape_line(v: Verdict) -> str:
    return f"{v.name:<58} {shape_phrase(v)}"


def _print_some(word: str, lines: Sequence[str], out: TextIO) -> None:
    for line in lines[:_MOST_LINES]:
        print(f"{word:<10} {line}", file=out)
    if len(lines) > _MOST_LINES:
        print(f"{word:<10} and {len(lines) - _MOST_LINES} more (--all)", file=out)


def culprit_phrase(culprit: Culprit) -> str:
    """A commit with what it changed: "1e0, after 1d0: 2 slower, 1 faster; in common: ..."."""
    counts = [
        f"{len(group)} {word}"
        for group, word in ((culprit.slower, "slower"), (culprit.faster, "faster"))
        if group
    ]
    text = f"{commits_phrase(culprit.commits)}, after {culprit.after}: {', '.join(counts)}"
    shared = [part.replace("ev.", "").replace("_", " ") for part in culprit.common]
    return text + (f"; in common: {', '.join(shared)}" if shared else "")


def commits_phrase(commits: Sequence[tuple[str, float]]) -> str:
    """Commits with their probabilities, the first few: "1e0 (81 %) or 1f0 (17 %)"."""
    if len(commits) == 1:
        return commits[0][0]
    shown = [f"{name} ({100 * share:.0f} %)" for name, share in commits[:3]]
    more = [f"{len(commits) - 3} more"] if len(commits) > 3 else []
    return " or ".join(shown + more)


def entry_phrase(entry: Entry) -> str:
    """What one benchmark went through: "x1.40 since 1e0", "x1.40 from 1e0 until 2a0: recovered"."""
    if entry.event:
        what = event_change_phrase(entry.event)
        until = f" until {entry.until}" if entry.until else ""
        return f"{what}, since {entry.since}{until}; the time does not show it"
    what = ratio(entry.size) if entry.kind in ("step", "recovered") else ""
    what = what or kind_phrase(entry.kind, entry.size)
    if entry.until:
        recovered = ": recovered" if entry.kind == "recovered" else ""
        return f"{what} from {entry.since} until {entry.until}{recovered}"
    return f"{what} since {entry.since}"


def print_record(found: Record, out: TextIO | None = None) -> None:
    """What happened in a history: each commit with the benchmarks it changed, the newest first."""
    out = out or sys.stdout
    for culprit in found.culprits:
        print(culprit_phrase(culprit), file=out)
        for moved in culprit.slower + culprit.faster:
            for entry in found.of(moved.name):
                if entry.kind in ("step", "recovered") and entry.size == moved.ratio:
                    print(f"    {moved.name:<58} {entry_phrase(entry)}", file=out)
    for entry in found.entries:
        if entry.kind not in ("step", "recovered"):
            print(f"{entry.name:<62} {entry_phrase(entry)}", file=out)
    n = len(found.culprits)
    summary = f"record: {n} commit{'' if n == 1 else 's'} with a change in {runs(found.runs)}"
    alone = len(found.events_alone)
    events = f", {alone} change{'' if alone == 1 else 's'} of events alone" if alone else ""
    print(f"{summary}, {len(found.recovered)} changes recovered{events}", file=out)


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
        if any(r.go for r in results):
            measured = f"{measured:<34} Go {ratio(result.go.ratio) if result.go else '-':<6}"
        held = (event_phrase(c.counter, c.before, c.after) for c in result.collapses if c.holds)
        words = "; ".join([result.status, *itertools.islice(held, 1)])
        print(
            f"{pair.exercise:>3}  {pair.name:<22} claim {claimed:<6} {measured:<34} {words}",
            file=out,
        )
