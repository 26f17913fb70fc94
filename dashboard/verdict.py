# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Verdicts: which benchmarks changed, by how much, how surely, and whether it was the code.

A benchmark's evidence is its time against history, with the machine taken out (machine.py); its
ratio to the pair's other side inside each run, which no machine-wide noise touches; and its events
per operation, which are almost free of noise. Time decides; the other two say where to look and are
shown beside it.

"regressed" and "improved" need a change that is at least `min_effect` and that passes twice: the
share of false ones among tonight's is held at `q` (Benjamini and Hochberg), and its chance, times
the number of benchmarks, must fit the night's part of the false alerts that a month may expect
(NightlyBudget), whatever else has changed. One or two runs of a new commit are never enough alone:
a large difference is then called suspect, and a change point in the history confirms or drops it as
more commits come. It is news in the night that confirms it.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from dashboard import stats
from dashboard.culprit import Culprit, Moved, group
from dashboard.judgement import IMPROVED, REGRESSED, UNCHANGED, UNKNOWN, Rules, Verdict
from dashboard.machine import Array, Machine, Table, normalise, run_factors, tabulate
from dashboard.names import CANARY_PREFIX
from dashboard.noise import learn_noise
from dashboard.row import Row, runs_phrase, start_of_level
from dashboard.run import Bench, Run
from dashboard.sides import (
    ENOUGH_RUNS,
    Mode,
    Side,
    Sides,
    choose_sides,
    configuration,
    cpu_model,
    label,
)
from dashboard.witness import event_changes, pair_shift

__all__ = [
    "IMPROVED",
    "REGRESSED",
    "UNCHANGED",
    "UNKNOWN",
    "Check",
    "Rules",
    "Verdict",
    "check",
    "compare_runs",
    "history_table",
    "is_judged",
    "judge",
]

# A suspect may cost ten times the false alerts that an alarm may.
_SUSPECT_COST = 10.0


@dataclasses.dataclass(frozen=True)
class Check:
    """All verdicts about the newest configuration of one machine and size."""

    sides: Sides
    rules: Rules
    machine: Machine
    context_changes: tuple[tuple[str, str, str], ...]  # field, baseline, candidate
    verdicts: tuple[Verdict, ...]

    def of(self, verdict: str) -> list[Verdict]:
        """The benchmarks with this verdict, largest change first."""
        chosen = [v for v in self.verdicts if v.verdict == verdict]
        return sorted(chosen, key=lambda v: -abs(_log(v.ratio)))

    @property
    def suspects(self) -> list[Verdict]:
        """Differences that more runs will confirm or drop."""
        return [v for v in self.of(UNKNOWN) if v.suspect]

    @property
    def events_only(self) -> list[Verdict]:
        """Benchmarks whose events per operation changed while the time shows nothing."""
        return [v for v in self.verdicts if v.events and v.verdict in (UNCHANGED, UNKNOWN)]

    @property
    def shapes_only(self) -> list[Verdict]:
        """Benchmarks that do something else than step: drift, scatter, a mode of their own."""
        return [v for v in self.verdicts if v.shape and not v.changed and not v.suspect]

    @property
    def culprits(self) -> tuple[Culprit, ...]:
        """The builds that explain what regressed or improved."""
        return group([_moved(v, self.sides) for v in self.verdicts if v.changed and v.place])


def _moved(v: Verdict, sides: Sides) -> Moved:
    pair = sides.candidate.runs[-1].pairs.get(v.name.split("/")[0])
    exercise = f"{pair.exercise} {pair.name}" if pair else ""
    assert v.place is not None
    return Moved(v.name, v.place, v.ratio, exercise, frozenset(e.counter for e in v.events))


def check(runs: Sequence[Run], rules: Rules | None = None) -> Check:
    """Judges the newest configuration among the runs of one machine and size (at least one run)."""
    return judge(choose_sides(runs), rules or Rules())


def compare_runs(baseline: Run, candidate: Run, rules: Rules | None = None) -> Check:
    """Judges a run against another by their rounds, blind to run-to-run noise."""
    older, newer = _by_rounds(baseline), _by_rounds(candidate)
    mode = Mode.SAME_BUILD if _same_build(baseline, candidate) else Mode.CHANGE
    sides = Sides(
        mode, Side(label(baseline), older, "round"), Side(label(candidate), newer, "round")
    )
    return judge(sides, rules or Rules())


def judge(sides: Sides, rules: Rules) -> Check:
    """The verdicts about two given sides."""
    table = tabulate(sides.runs)
    if sides.mode is Mode.FIRST:
        none = Machine(0.0, 0.0, {}, "nothing to compare with")
        return Check(sides, rules, none, (), tuple(_first(table, sides)))
    clean, machine = normalise(table, len(sides.baseline.runs))
    names = [name for name in table.names if is_judged(name, sides.candidate.runs[-1])]
    starts = {name: start_of_level(clean.column(name), sides, rules) for name in clean.names}
    noise = learn_noise(clean, len(sides.baseline.runs), starts)
    rows = [
        Row(name, table, clean, starts[name], sides, rules, noise, machine, len(names))
        for name in names
    ]
    drafts = [row.judge() for row in rows]
    decided = _spend_budget(_hold_discovery_rate(drafts, rules), rules)
    final = [_finish(verdict, row, rows) for verdict, row in zip(decided, rows, strict=True)]
    return Check(sides, rules, machine, _context_changes(sides), tuple(final))


def is_judged(name: str, newest: Run) -> bool:
    """Canaries are no code of ours, and a time of what is wrong on purpose means nothing."""
    pair = newest.pairs.get(name.split("/")[0])
    wrong = pair is not None and name.split("/")[1] in pair.wrong_on_purpose
    return not name.startswith(CANARY_PREFIX) and not wrong


def _same_build(one: Run, other: Run) -> bool:
    return configuration(one) == configuration(other) and not one.dirty


def _by_rounds(run: Run) -> tuple[Run, ...]:
    """A run as one run a round, so that rounds take the place of runs."""
    rounds = sorted(set().union(*(bench.rounds for bench in run.benches.values())))
    return tuple(
        dataclasses.replace(
            run,
            run_id=f"{run.run_id}.{at}",
            benches={b.name: _one_round(b, at) for b in run.benches.values() if at in b.rounds},
        )
        for at in rounds
    )


def _one_round(bench: Bench, at: int) -> Bench:
    i = bench.rounds.index(at)
    figures = {key: (values[i],) for key, values in bench.figures.items()}
    return Bench(bench.name, (at,), (bench.ns[i],), figures)


def _first(table: Table, sides: Sides) -> list[Verdict]:
    reason = f"too few data: nothing to compare with, {runs_phrase(len(sides.candidate.runs))}"
    return [
        Verdict(
            name,
            UNKNOWN,
            reason,
            candidate_ns=math.exp(float(np.nanmedian(table.column(name)))),
            n_candidate=int(np.isfinite(table.column(name)).sum()),
        )
        for name in table.names
        if is_judged(name, sides.candidate.runs[-1])
    ]


def _hold_discovery_rate(drafts: Sequence[Verdict], rules: Rules) -> list[Verdict]:
    """Changes that do not survive the correction for many benchmarks become suspects."""
    tested = [i for i, v in enumerate(drafts) if not v.since and v.p < 1]
    adjusted = stats.benjamini_hochberg([drafts[i].p for i in tested], rules.q).adjusted
    decided = list(drafts)
    for i, p in zip(tested, adjusted, strict=True):
        verdict = dataclasses.replace(drafts[i], p=float(p))
        decided[i] = _doubt(verdict, len(drafts), rules) if p > rules.q else verdict
    return decided


def _spend_budget(drafts: Sequence[Verdict], rules: Rules) -> list[Verdict]:
    """Changes that cost more than the night's part of a month's false alerts become suspects."""
    affordable = rules.budget.night([v.chance for v in drafts]).rejected
    return [
        verdict if fits else _doubt(verdict, len(drafts), rules)
        for verdict, fits in zip(drafts, affordable, strict=True)
    ]


def _doubt(v: Verdict, rows: int, rules: Rules) -> Verdict:
    """A change that is not sure: a suspect, or nothing where chance gives such every night."""
    if not v.changed:
        return v
    if v.chance * rows > _SUSPECT_COST * rules.budget.per_night:
        reason = f"a change of {v.detectable:.1%} would have been seen"
        return dataclasses.replace(v, verdict=UNCHANGED, reason=reason, place=None, shape="")
    n = runs_phrase(v.n_candidate)
    reason = f"too few data: suspect after {n}, among {rows} benchmarks"
    return dataclasses.replace(v, verdict=UNKNOWN, reason=reason, suspect=True)


def _finish(verdict: Verdict, row: Row, rows: Sequence[Row]) -> Verdict:
    """Adds cause, shape, events and the ratio within runs."""
    sides = row.sides
    place = verdict.place
    verdict = dataclasses.replace(
        _shaped(verdict, row, len(rows)),
        # The nights that confirmed a change are in the baseline, and have its events already.
        events=event_changes(row.name, sides.around(place.begin, place.end) if place else sides),
        pair=pair_shift(row.name, sides, row.start, row.rules.confidence),
    )
    models = _cpu_models(sides)
    if models and (verdict.verdict != UNKNOWN or verdict.suspect):
        reason = f"times of two CPU models do not compare: {models[0]} and {models[1]}"
        return dataclasses.replace(
            verdict,
            verdict=UNKNOWN,
            suspect=False,
            reason=reason,
            cause="machine",
            detectable=math.inf,
            shape="",
            place=None,
        )
    machine_moved = abs(row.machine.shift) >= math.log1p(row.rules.min_effect)
    if sides.mode is Mode.SAME_BUILD and (verdict.changed or verdict.suspect):
        reason = f"moved x{verdict.ratio:.2f} within one build: the machine, not the code"
        return dataclasses.replace(
            verdict,
            verdict=UNCHANGED,
            suspect=False,
            cause="machine",
            reason=reason,
            shape="",
            place=None,
        )
    if verdict.changed:
        cause = "code and machine" if machine_moved else "code"
        return dataclasses.replace(verdict, cause=cause)
    if verdict.verdict == UNCHANGED and machine_moved:
        return dataclasses.replace(verdict, cause="machine")
    return verdict


def _cpu_models(sides: Sides) -> tuple[str, str] | None:
    """The CPU models of the two sides where they have none in common."""
    older, newer = (
        {cpu_model(run) for run in side.runs} - {""} for side in (sides.baseline, sides.candidate)
    )
    if older and newer and not older & newer:
        return ", ".join(sorted(older)), ", ".join(sorted(newer))
    return None


def _shaped(verdict: Verdict, row: Row, rows: int) -> Verdict:
    """Adds what kind of change it is; of an unchanged one only what lasts or has just begun."""
    if verdict.shape or (verdict.verdict == UNKNOWN and not verdict.suspect):
        return verdict
    logs = row.series
    cut = len(row.sides.baseline.runs)
    found = stats.shapes(np.exp(logs)) if np.isfinite(logs).any() else []
    lasting = [
        shape
        for shape in found
        if shape.p * rows <= row.rules.q
        and (shape.end >= len(logs) if shape.kind != "outlier" else _is_news(shape, row))
    ]
    for shape in found:
        if shape.kind == "recovered" and shape.end >= cut and verdict.changed:
            return _with_shape(verdict, shape)
    if verdict.changed:
        steps = [shape for shape in lasting if shape.kind in ("drift", "step")]
        return _with_shape(verdict, steps[-1]) if steps else _as_step(verdict)
    others = [shape for shape in lasting if shape.kind not in ("step", "recovered")]
    large = [shape for shape in others if _is_large(shape, row.rules)]
    return _with_shape(verdict, large[-1]) if large else verdict


def _is_news(outlier: stats.Shape, row: Row) -> bool:
    """Of many runs one is odd now and then; of the newest night alone it is worth a word."""
    return len(row.sides.candidate.runs) < ENOUGH_RUNS and outlier.begin == row.series.size - 1


def _is_large(shape: stats.Shape, rules: Rules) -> bool:
    return shape.kind == "variance" or abs(_log(shape.size)) >= math.log1p(rules.min_effect)


def _with_shape(verdict: Verdict, shape: stats.Shape) -> Verdict:
    return dataclasses.replace(
        verdict, shape=shape.kind.replace("_", " "), shape_size=float(shape.size)
    )


def _as_step(verdict: Verdict) -> Verdict:
    return dataclasses.replace(verdict, shape="step", shape_size=verdict.ratio)


_COMPARED = (
    "cpu_model num_cpus kernel cgroup_quota governor turbo smt compiler compiler_flags "
    "library_build_type rounds"
).split()


def _context_changes(sides: Sides) -> tuple[tuple[str, str, str], ...]:
    """What else differs between the sides: reasons for a change that are not in the commit."""
    changes = []
    for field in _COMPARED:
        before, now = (
            sorted({run.context.get(field, "") for run in side.runs})
            for side in (sides.baseline, sides.candidate)
        )
        if before != now:
            changes.append((field, ", ".join(before), ", ".join(now)))
    return tuple(changes)


def history_table(runs: Sequence[Run]) -> tuple[Table, Array]:
    """The runs without the common factor of each, and these factors."""
    table = tabulate(runs)
    factors = run_factors(table)
    return Table(table.names, table.logs - factors[:, None]), factors


def _log(ratio: float) -> float:
    return math.log(ratio) if ratio > 0 else 0.0
