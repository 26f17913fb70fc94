# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Record: all that happened in a history, whether it still holds or has recovered since.

A regression that was repaired stays in the record, with the build that brought it and the build
that took it away. Steps that many benchmarks share are one entry, with the commit that explains it.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from dashboard import stats
from dashboard.culprit import Culprit, Moved, Place, find_place, group, is_new_build
from dashboard.judgement import Rules
from dashboard.machine import Array
from dashboard.names import is_event
from dashboard.run import Run
from dashboard.sides import DEFAULT_POLICY, Mode, Side, Sides, cpu_model, label
from dashboard.verdict import history_table, is_judged
from dashboard.witness import EventChange, EventStep, event_changes, event_steps

_NEIGHBOURS = 6  # runs on each side of a step whose events are compared


@dataclasses.dataclass(frozen=True)
class Entry:
    """Something that one benchmark's history shows."""

    name: str
    kind: str  # "step", "recovered", "drift", "variance", "new mode", "events"
    size: float  # ratio: of levels; for "variance" of deviations; of "events" inf from none
    since: str  # label of the build that it began with
    until: str  # label of the build that ended it; "" while it lasts
    p: float
    event: EventChange | None = None  # of "events": the counter whose change no time shows


@dataclasses.dataclass(frozen=True)
class Record:
    """What a history of one machine and size shows."""

    runs: int
    culprits: tuple[Culprit, ...]  # of steps and recovered steps, the newest first
    entries: tuple[Entry, ...]  # everything, the newest first

    @property
    def events_alone(self) -> list[Entry]:
        """Changes of events per operation that the time hides."""
        return [entry for entry in self.entries if entry.kind == "events"]

    def of(self, name: str) -> list[Entry]:
        """What one benchmark went through."""
        return [entry for entry in self.entries if entry.name == name]

    @property
    def recovered(self) -> list[Entry]:
        """Changes that were undone."""
        return [entry for entry in self.entries if entry.kind == "recovered"]


def record(runs: Sequence[Run], rules: Rules) -> Record:
    """The record of the default builds among the runs of one machine and size, oldest first."""
    usual = [run for run in runs if run.policy == DEFAULT_POLICY]
    if len(usual) < 2:
        return Record(len(usual), (), ())
    table, _ = history_table(usual)
    names = [name for name in table.names if is_judged(name, usual[-1])]
    moved: list[Moved] = []
    entries: list[tuple[int, Entry]] = []
    for name in names:
        for shape in _shapes(table.column(name), rules, len(names)):
            found = _describe(name, shape, table.column(name), usual)
            if found is not None:
                entries.append((shape.begin, found[0]))
                moved += [found[1]] if found[1] else []
    entries += _events_alone(names, usual, moved, rules)
    entries.sort(key=lambda item: -item[0])
    culprits = sorted(group(moved), key=lambda c: -max(m.place.begin for m in c.moved))
    return Record(len(usual), tuple(culprits), tuple(entry for _, entry in entries))


def _shapes(logs: Array, rules: Rules, rows: int) -> list[stats.Shape]:
    """The events that matter and that chance does not bring among so many benchmarks."""
    if not np.isfinite(logs).any():
        return []
    return [
        shape
        for shape in stats.shapes(np.exp(logs))
        if shape.kind != "outlier"
        and shape.p * rows <= rules.q
        and (shape.kind == "variance" or abs(math.log(shape.size)) >= math.log1p(rules.min_effect))
    ]


def _describe(
    name: str, shape: stats.Shape, logs: Array, runs: Sequence[Run]
) -> tuple[Entry, Moved | None] | None:
    kind = shape.kind.replace("_", " ")
    lasts = shape.end >= len(runs) or kind == "step"
    until = "" if lasts else label(runs[shape.end])
    if kind not in ("step", "recovered"):
        since = label(runs[shape.begin])
        return Entry(name, kind, shape.size, since, until, shape.p), None
    near = range(max(shape.begin - 2, 1), min(shape.begin + 3, len(runs)))
    if not any(is_new_build(runs, at) for at in near):
        return None  # a step inside one build is the machine's
    if any(cpu_model(runs[at - 1]) != cpu_model(runs[at]) for at in near):
        return None  # times of two CPU models do not compare
    place = find_place(logs, shape.begin, runs)
    pair = runs[-1].pairs.get(name.split("/")[0])
    counters = frozenset(e.counter for e in _events_at(name, place, shape.end, runs))
    exercise = f"{pair.exercise} {pair.name}" if pair else ""
    entry = Entry(name, kind, shape.size, place.culprit, until, shape.p)
    return entry, Moved(name, place, shape.size, exercise, counters)


def _events_alone(
    names: Sequence[str], runs: Sequence[Run], moved: Sequence[Moved], rules: Rules
) -> list[tuple[int, Entry]]:
    """Changes of events per operation that came with a new build, and with no step of the time."""
    found = []
    for name in names:
        steps = event_steps(name, runs, rules.q / _counters(names, runs))
        places = [m.place for m in moved if m.name == name]
        for step in steps:
            beside_time = any(p.begin - 2 <= step.at <= p.end + 1 for p in places)
            if not beside_time and is_new_build(runs, step.at):
                found.append((step.at, _event_entry(name, step, steps, runs)))
    return found


def _counters(names: Sequence[str], runs: Sequence[Run]) -> int:
    """How many counters are asked for a step."""
    benches = runs[-1].benches
    return max(1, sum(is_event(key) for n in names if n in benches for key in benches[n].figures))


def _event_entry(
    name: str, step: EventStep, steps: Sequence[EventStep], runs: Sequence[Run]
) -> Entry:
    change = step.change
    size = change.candidate / change.baseline if change.baseline > 0 else math.inf
    next_ones = (s.at for s in steps if s.at > step.at and s.change.counter == change.counter)
    end = next(next_ones, None)
    until = "" if end is None else label(runs[end])
    return Entry(name, "events", size, label(runs[step.at]), until, step.p, change)


def _events_at(name: str, place: Place, end: int, runs: Sequence[Run]) -> tuple:
    older = tuple(runs[max(place.begin - _NEIGHBOURS, 0) : place.begin])
    newer = tuple(runs[place.end : min(place.end + _NEIGHBOURS, end)])
    if not older or not newer:
        return ()
    return event_changes(name, Sides(Mode.CHANGE, Side("", older), Side("", newer)))
