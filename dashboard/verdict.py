# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Verdicts: which benchmarks changed, by how much, how surely, and whether it was the code.

A benchmark's evidence is its time against history, with the machine taken out (machine.py); its
ratio to the pair's other side inside each run, which no machine-wide noise touches; and its events
per operation, which are almost free of noise. Time decides; the other two say where to look and are
shown beside it.

"regressed" and "improved" need a change that is at least `min_effect`, at least 3.3 standard
errors by this benchmark's own run-to-run noise (learned from its runs, and from how alike
neighbouring runs are), and significant after the false discovery rate over all benchmarks is held
at `q`. One or two runs of a new commit are never enough alone: a large difference is then called
suspect, and a change point in the history confirms or drops it as more commits come. It is news in
the night that confirms it.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence

import numpy as np

from dashboard import stats
from dashboard.machine import (
    Array,
    Machine,
    Table,
    column_medians,
    normalise,
    run_factors,
    tabulate,
)
from dashboard.names import CANARY_PREFIX, Name, is_event
from dashboard.run import Bench, Run
from dashboard.sides import ENOUGH_RUNS, Mode, Side, Sides, choose_sides, configuration, label

REGRESSED, IMPROVED, UNCHANGED, UNKNOWN = "regressed", "improved", "unchanged", "unknown"

_MIN_HISTORY = 5
# A change of fewer standard errors is not news: one benchmark in a thousand gets there by noise.
_FLOOR = 3.3
_NOISE_UNKNOWN = 0.05  # log scale; where no side has three runs
_RECENT = 10  # nights that are asked whether a change point is old news
_NOISE_PRIOR = 4.0  # how many runs the other benchmarks' noise counts for in a benchmark's own


@dataclasses.dataclass(frozen=True)
class Rules:
    """What counts as a change."""

    min_effect: float = 0.10  # relative: 0.10 is 10 %
    q: float = 0.05  # share of false alerts among the alerts of one check
    confidence: float = 0.95


@dataclasses.dataclass(frozen=True)
class EventChange:
    """Events per operation before and now, for a counter that moved beyond its own noise."""

    counter: str
    baseline: float
    candidate: float


@dataclasses.dataclass(frozen=True)
class PairShift:
    """A benchmark's time relative to its pair's other side: free of what slows a whole run."""

    other: str
    ratio: float  # (this / other) now over then
    low: float
    high: float


@dataclasses.dataclass(frozen=True)
class Verdict:
    """The judgement of one benchmark; ratios are candidate / baseline without the machine."""

    name: str
    verdict: str
    reason: str
    cause: str = ""  # "code", "machine", "code and machine"; "" when nothing moved
    ratio: float = math.nan
    low: float = math.nan
    high: float = math.nan
    p: float = 1.0  # adjusted for the number of benchmarks
    raw_ratio: float = math.nan  # before the machine was taken out
    baseline_ns: float = math.nan
    candidate_ns: float = math.nan
    detectable: float = math.inf  # smallest relative change that would have been seen
    n_baseline: int = 0
    n_candidate: int = 0
    suspect: bool = False
    since: str = ""  # label of the commit a change point lies at
    events: tuple[EventChange, ...] = ()
    pair: PairShift | None = None


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
    names = [name for name in table.names if _is_judged(name, sides.candidate.runs[-1])]
    starts = {name: _start_of_level(clean.column(name), sides, rules) for name in clean.names}
    noise = _learn_noise(clean, len(sides.baseline.runs), starts)
    rows = [_Row(name, table, clean, starts[name], sides, rules, noise, machine) for name in names]
    drafts = [row.judge() for row in rows]
    decided = _hold_discovery_rate(drafts, rules)
    final = [_finish(verdict, row) for verdict, row in zip(decided, rows, strict=True)]
    return Check(sides, rules, machine, _context_changes(sides), tuple(final))


def _is_judged(name: str, newest: Run) -> bool:
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
    reason = f"too few data: nothing to compare with, {_runs(len(sides.candidate.runs))}"
    return [
        Verdict(
            name,
            UNKNOWN,
            reason,
            candidate_ns=_exp(np.nanmedian(table.column(name))),
            n_candidate=int(np.isfinite(table.column(name)).sum()),
        )
        for name in table.names
        if _is_judged(name, sides.candidate.runs[-1])
    ]


@dataclasses.dataclass(frozen=True)
class _Noise:
    """Run-to-run noise on the log scale."""

    deviation: Mapping[str, float]  # by benchmark
    persistence: float  # correlation of one run's noise with the next one's, over all benchmarks

    def error(self, name: str, n_baseline: int, n_candidate: int) -> float:
        """Standard error of a difference of sides; runs that resemble each other count less."""
        inflation = (1 + self.persistence) / (1 - self.persistence)
        return self.deviation[name] * math.sqrt(
            inflation * (1 / max(n_baseline, 1) + 1 / max(n_candidate, 1))
        )


def _learn_noise(clean: Table, n_baseline: int, starts: Mapping[str, int]) -> _Noise:
    """The noise of each benchmark about its side's median, drawn towards that of all."""
    logs = clean.logs.copy()
    for column, name in enumerate(clean.names):
        logs[: starts[name], column] = np.nan
    parts = [logs[:n_baseline], logs[n_baseline:]]
    residuals = [part - column_medians(part) for part in parts if part.shape[0] >= 3]
    if not residuals:
        return _Noise(dict.fromkeys(clean.names, _NOISE_UNKNOWN), 0.0)
    counts = sum(np.isfinite(part).sum(axis=0) for part in residuals)
    spread = column_medians(np.abs(np.vstack(residuals)))
    # The deviation from a median of few values is too small; the last factor makes it right on
    # average.
    own = 1.4826 * spread * counts / np.maximum(counts - 0.8 * len(residuals), 1)
    usual = float(np.nanmedian(own))
    own = np.where(counts >= 3, own, usual)
    pooled = np.sqrt((counts * own**2 + _NOISE_PRIOR * usual**2) / (counts + _NOISE_PRIOR))
    # A small spread of few runs is luck more often than quiet, so it may only add to the usual one.
    deviation = dict(zip(clean.names, np.fmax(own, pooled).tolist(), strict=True))
    return _Noise(deviation, _persistence(residuals, pooled))


def _persistence(residuals: Sequence[Array], deviation: Array) -> float:
    """Lag-1 correlation over all benchmarks, corrected for short sides; 0 to 0.8."""
    products, squares, length = 0.0, 0.0, 0
    for part in residuals:
        unit = np.clip(part / np.maximum(deviation, 1e-9), -3, 3)
        products += float(np.nansum(unit[1:] * unit[:-1])) / (len(unit) - 1)
        squares += float(np.nansum(unit**2)) / len(unit)
        length = max(length, len(unit))
    if squares == 0 or length < _MIN_HISTORY:
        return 0.0
    # Kendall 1954: the estimate from n values about their own level is too small by (1 + 3 rho) /
    # n.
    estimate = (products / squares + 1 / length) / (1 - 3 / length)
    return min(max(estimate, 0.0), 0.8)


class _Row:
    """One benchmark's evidence."""

    def __init__(
        self,
        name: str,
        raw: Table,
        clean: Table,
        start: int,
        sides: Sides,
        rules: Rules,
        noise: _Noise,
        machine: Machine,
    ) -> None:
        self.name, self.sides, self.rules, self.machine = name, sides, rules, machine
        cut = len(sides.baseline.runs)
        values, raw_values = clean.column(name), raw.column(name)
        self.series = values
        self.after_step = start
        self.baseline, self.candidate = values[self.after_step : cut], values[cut:]
        self.baseline = self.baseline[np.isfinite(self.baseline)]
        self.candidate = self.candidate[np.isfinite(self.candidate)]
        self.raw = (raw_values[self.after_step : cut], raw_values[cut:])
        self.error = noise.error(name, self.baseline.size, self.candidate.size)
        self.floor = max(math.log1p(rules.min_effect), _FLOOR * self.error)

    def judge(self) -> Verdict:
        """The verdict by time, with the p-value of this benchmark alone."""
        if not self.baseline.size or not self.candidate.size:
            return self._absent()
        if min(self.candidate.size, self.baseline.size) >= ENOUGH_RUNS:
            return self._by_two_samples()
        if self.baseline.size >= _MIN_HISTORY:
            return self._by_history()
        return dataclasses.replace(self._measured(UNKNOWN, self._too_few()), **self._estimate())

    def _absent(self) -> Verdict:
        new = not self.baseline.size
        reason = "new: no history" if new else "not in the newest runs"
        return self._measured(UNKNOWN, reason)

    def _measured(self, verdict: str, reason: str) -> Verdict:
        return Verdict(
            self.name,
            verdict,
            reason,
            baseline_ns=_exp(_median(self.raw[0])),
            candidate_ns=_exp(_median(self.raw[1])),
            raw_ratio=_exp(_median(self.raw[1]) - _median(self.raw[0])),
            n_baseline=int(self.baseline.size),
            n_candidate=int(self.candidate.size),
        )

    def _too_few(self) -> str:
        return f"too few data: {self.baseline.size} and {_runs(self.candidate.size)}"

    def _by_two_samples(self) -> Verdict:
        found = stats.compare(
            np.exp(self.baseline),
            np.exp(self.candidate),
            confidence=self.rules.confidence,
            min_effect=math.expm1(self.floor),
        )
        verdict = dataclasses.replace(
            self._measured(found.verdict, found.reason),
            ratio=found.ratio,
            low=found.low,
            high=found.high,
            p=found.p,
            detectable=found.detectable,
        )
        if found.verdict == UNKNOWN:
            return dataclasses.replace(verdict, reason=self._too_few())
        if found.verdict == UNCHANGED:
            return verdict
        return dataclasses.replace(verdict, reason=f"p = {found.p:.1g}")

    def _estimate(self) -> dict[str, float]:
        """Ratio and interval from the benchmark's noise, for sides too small for a rank test."""
        shift = float(np.median(self.candidate) - np.median(self.baseline))
        return {
            "ratio": math.exp(shift),
            "low": math.exp(shift - 2.2 * self.error),
            "high": math.exp(shift + 2.2 * self.error),
            "detectable": math.expm1(self.floor),
        }

    def _by_history(self) -> Verdict:
        """One to three runs of a new commit: a change point in the history decides."""
        estimate = self._estimate()
        news = self._newly_confirmed()
        if news is not None:
            point, since = news
            verdict = REGRESSED if point.ratio > 1 else IMPROVED
            n = int(np.isfinite(self.series[point.index :]).sum())
            return dataclasses.replace(
                self._measured(verdict, f"change point at {since}, confirmed by {_runs(n)}"),
                ratio=point.ratio,
                low=point.low,
                high=point.high,
                p=point.p,
                detectable=estimate["detectable"],
                since=since,
            )
        if abs(_log(estimate["ratio"])) >= math.log1p(estimate["detectable"]):
            runs = _runs(self.candidate.size)
            reason = f"too few data: suspect after {runs}, more runs will tell"
            return dataclasses.replace(self._measured(UNKNOWN, reason), suspect=True, **estimate)
        reason = f"a change of {estimate['detectable']:.0%} would have been noticed"
        return dataclasses.replace(self._measured(UNCHANGED, reason), **estimate)

    def _newly_confirmed(self) -> tuple[stats.ChangePoint, str] | None:
        """The step that these runs confirm and no recent night did already, and its build."""
        now = _last_step(self.series, self.sides, self.floor)
        if now is None:
            return None
        cut = len(self.sides.baseline.runs)
        for end in range(cut, max(now.index, cut - _RECENT), -1):
            points = _sure_points(self.series[:end])
            if any(abs(point.index - now.index) <= 2 for point in points):
                return None
        return now, label(self.sides.runs[now.index])


def _start_of_level(values: Array, sides: Sides, rules: Rules) -> int:
    """Runs before an old change of level are no baseline, if enough remain without them."""
    cut = len(sides.baseline.runs)
    step = _last_step(values[:cut], sides, math.log1p(rules.min_effect))
    return step.index if step and cut - step.index >= ENOUGH_RUNS else 0


def _last_step(values: Array, sides: Sides, least: float) -> stats.ChangePoint | None:
    """The last sure change of at least `least` (log scale) where the build changed as well."""
    for point in _sure_points(values)[::-1]:
        if abs(_log(point.ratio)) >= least and _build_changed_near(point.index, sides):
            return point
    return None


def _sure_points(values: Array) -> list[stats.ChangePoint]:
    if not np.isfinite(values).any():
        return []
    return [point for point in stats.change_points(np.exp(values)) if point.confirmed]


def _build_changed_near(index: int, sides: Sides) -> bool:
    """Whether the step can be the code's: a step inside one build is the machine's."""
    around = sides.runs[max(index - 2, 0) : index + 2]
    return len({configuration(run) for run in around}) > 1


def _hold_discovery_rate(drafts: Sequence[Verdict], rules: Rules) -> list[Verdict]:
    """Changes that do not survive the correction for many benchmarks become suspects."""
    tested = [i for i, v in enumerate(drafts) if not v.since and v.p < 1]
    adjusted = stats.benjamini_hochberg([drafts[i].p for i in tested], rules.q).adjusted
    decided = list(drafts)
    for i, p in zip(tested, adjusted, strict=True):
        verdict = dataclasses.replace(drafts[i], p=float(p))
        if verdict.verdict in (REGRESSED, IMPROVED) and p > rules.q:
            n = _runs(verdict.n_candidate)
            reason = f"too few data: suspect after {n}, among {len(tested)} benchmarks"
            verdict = dataclasses.replace(verdict, verdict=UNKNOWN, reason=reason, suspect=True)
        decided[i] = verdict
    return decided


def _finish(verdict: Verdict, row: _Row) -> Verdict:
    """Adds cause, events and the ratio within runs."""
    verdict = dataclasses.replace(
        verdict, events=_event_changes(row.name, row.sides), pair=_pair_shift(row)
    )
    machine_moved = abs(row.machine.shift) >= math.log1p(row.rules.min_effect)
    if verdict.verdict in (REGRESSED, IMPROVED):
        if row.sides.mode is Mode.SAME_BUILD:
            reason = f"moved x{verdict.ratio:.2f} within one build: the machine, not the code"
            return dataclasses.replace(verdict, verdict=UNCHANGED, cause="machine", reason=reason)
        cause = "code and machine" if machine_moved else "code"
        return dataclasses.replace(verdict, cause=cause)
    if verdict.verdict == UNCHANGED and machine_moved:
        return dataclasses.replace(verdict, cause="machine")
    return verdict


def _event_changes(name: str, sides: Sides) -> tuple[EventChange, ...]:
    """Counters that moved beyond their own noise, the largest change first."""
    older, newer = (_figures_by_run(side, name) for side in (sides.baseline, sides.candidate))
    changes = []
    for counter in sorted(older.keys() & newer.keys()):
        before, now = older[counter], newer[counter]
        if _events_moved(before, now):
            changes.append(EventChange(counter, float(np.median(before)), float(np.median(now))))
    return tuple(sorted(changes, key=lambda c: -abs(c.candidate - c.baseline)))


def _figures_by_run(side: Side, name: str) -> dict[str, Array]:
    values: dict[str, list[float]] = {}
    for run in side.runs:
        for key, by_round in run.benches[name].figures.items() if name in run.benches else ():
            if is_event(key):
                values.setdefault(key, []).append(float(np.median(by_round)))
    return {key: np.array(list_) for key, list_ in values.items()}


def _events_moved(before: Array, now: Array) -> bool:
    """Exact counters need no statistics; for noisy ones the two ranges must lie well apart."""
    if min(before.size, now.size) < 1 or before.size + now.size < 4:
        return False
    gap = max(now.min() - before.max(), before.min() - now.max())
    width = max(np.ptp(before), np.ptp(now))
    level = max(abs(float(np.median(before))), abs(float(np.median(now))))
    return bool(gap > max(0.01, 0.1 * level, width))


def _pair_shift(row: _Row) -> PairShift | None:
    parts = Name.of(row.name)
    opposite = "after" if parts.variant == "before" else "before"
    other = parts.counterpart(opposite, row.sides.candidate.runs[-1].benches.keys())
    if other is None:
        return None
    older, newer = (
        _ratios_to(side, row.name, other) for side in (row.sides.baseline, row.sides.candidate)
    )
    older = older[row.after_step :] if older.size > row.after_step else older
    if min(older.size, newer.size) < ENOUGH_RUNS:
        return None
    found = stats.compare(np.exp(older), np.exp(newer), confidence=row.rules.confidence)
    return PairShift(other, found.ratio, found.low, found.high)


def _ratios_to(side: Side, name: str, other: str) -> Array:
    """log(name / other) of each run: the median over rounds in which both were measured."""
    ratios = []
    for run in side.runs:
        mine, theirs = run.benches.get(name), run.benches.get(other)
        if mine is not None and theirs is not None:
            ratios.append(log_ratio(mine, theirs))
    return np.array(ratios)


def log_ratio(above: Bench, below: Bench) -> float:
    """Median over the common rounds of log(above / below); over all rounds when none is common."""
    by_round = dict(zip(below.rounds, below.ns, strict=True))
    logs = [
        math.log(ns / by_round[at])
        for at, ns in zip(above.rounds, above.ns, strict=True)
        if at in by_round
    ]
    return float(np.median(logs)) if logs else math.log(np.median(above.ns) / np.median(below.ns))


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
    """The runs without the common factor of each, and these factors: for pictures."""
    table = tabulate(runs)
    factors = run_factors(table)
    return Table(table.names, table.logs - factors[:, None]), factors


def _median(values: Array) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if finite.size else math.nan


def _log(ratio: float) -> float:
    return math.log(ratio) if ratio > 0 else 0.0


def _exp(value: float) -> float:
    return math.exp(value) if math.isfinite(value) else math.nan


def _runs(n: int) -> str:
    return f"{n} run" if n == 1 else f"{n} runs"
