# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Row: one benchmark's runs on both sides, and what they alone say of a change.

With enough runs a side the two are compared value by value, runs as the units that repeat; with
fewer, the history as a whole decides. What many benchmarks at once mean is for verdict.py to say.
"""

from __future__ import annotations

import dataclasses
import math
import statistics
from typing import Any

import numpy as np

from dashboard import stats
from dashboard.culprit import Place, between_sides, find_place
from dashboard.judgement import IMPROVED, REGRESSED, UNCHANGED, UNKNOWN, Rules, Verdict
from dashboard.machine import Array, Machine, Table
from dashboard.noise import PRIOR, Noise
from dashboard.sides import ENOUGH_RUNS, Side, Sides, configuration, label

_MIN_HISTORY = 5
_RECENT = 10  # nights that are asked whether a change point is old news
_LIMITED = 0.001  # a p-value from here on may be as small as the number of runs lets it be
_POWER = 0.8  # chance to see a change that is called detectable
# A change confirmed tonight begins at one of the last three runs: so many places are looked at.
_NEW_PLACES = 3
_NORMAL = statistics.NormalDist()


def needed_deviate(rules: Rules, rows: int) -> float:
    """How many standard errors a change needs among so many benchmarks, by the month's budget."""
    return _NORMAL.inv_cdf(1 - 0.5 * rules.budget.per_night / max(rows, 1))


def two_sided(deviate: float) -> float:
    """Chance of a normal deviate of at least this size."""
    return math.erfc(abs(deviate) / math.sqrt(2))


class Row:
    """One benchmark's evidence."""

    def __init__(
        self,
        name: str,
        raw: Table,
        clean: Table,
        start: int,
        sides: Sides,
        rules: Rules,
        noise: Noise,
        machine: Machine,
        rows: int,
    ) -> None:
        self.name, self.sides, self.rules, self.machine = name, sides, rules, machine
        self._rows = rows
        self.series = clean.column(name)
        self._raw_series = raw.column(name)
        self._correction = self.series - self._raw_series
        self._noise = noise
        self._needed = needed_deviate(rules, rows)
        self._compare_from(start)

    def _compare_from(self, start: int) -> None:
        """Takes the runs from `start` on, the first of the present level, for the baseline."""
        self.start = start
        cut = self._cut = len(self.sides.baseline.runs)
        baseline, candidate = self.series[start:cut], self.series[cut:]
        self._baseline = baseline[np.isfinite(baseline)]
        self._candidate = candidate[np.isfinite(candidate)]
        self._raw = (self._raw_series[start:cut], self._raw_series[cut:])
        self._error = self._noise.error(self.name, self._baseline.size, self._candidate.size)
        self._floor = max(math.log1p(self.rules.min_effect), self._needed * self._error)

    def judge(self) -> Verdict:
        """The verdict by time, with the p-value of this benchmark alone."""
        if not self._baseline.size or not self._candidate.size:
            return self._absent()
        if min(self._candidate.size, self._baseline.size) >= ENOUGH_RUNS:
            return self._by_two_samples()
        if np.isfinite(self.series[: self._cut]).sum() >= _MIN_HISTORY:
            return self._by_history()
        return dataclasses.replace(self._measured(UNKNOWN, self._too_few()), **self._estimate())

    def _absent(self) -> Verdict:
        new = not self._baseline.size
        reason = "new: no history" if new else "not in the newest runs"
        return self._measured(UNKNOWN, reason)

    def _measured(self, verdict: str, reason: str) -> Verdict:
        return Verdict(
            self.name,
            verdict,
            reason,
            baseline_ns=_exp(_median(self._raw[0])),
            candidate_ns=_exp(_median(self._raw[1])),
            raw_ratio=_exp(_median(self._raw[1]) - _median(self._raw[0])),
            n_baseline=int(self._baseline.size),
            n_candidate=int(self._candidate.size),
        )

    def _too_few(self) -> str:
        return f"too few data: {self._baseline.size} and {runs_phrase(self._candidate.size)}"

    def _values(self, side: Side, first: int, skip: int) -> tuple[Array, Array]:
        """All values of a side without the machine, and which run each is from."""
        values: list[float] = []
        runs: list[int] = []
        for i, run in enumerate(side.runs[skip:], first + skip):
            if self.name in run.benches:
                factor = math.exp(self._correction[i])
                values += [ns * factor for ns in run.benches[self.name].ns]
                runs += [i] * len(run.benches[self.name].ns)
        return np.array(values), np.array(runs)

    def _by_two_samples(self) -> Verdict:
        cut = len(self.sides.baseline.runs)
        baseline, baseline_runs = self._values(self.sides.baseline, 0, self.start)
        candidate, candidate_runs = self._values(self.sides.candidate, cut, 0)
        found = stats.shift_by_runs(
            baseline,
            candidate,
            runs_baseline=baseline_runs,
            runs_candidate=candidate_runs,
            confidence=self.rules.confidence,
        )
        verdict = self._measured(UNKNOWN, self._too_few())
        if not math.isfinite(found.error):
            return verdict
        seen = (self._needed + _NORMAL.inv_cdf(_POWER)) * found.error * self._noise.inflation
        chance = self._chance(found)
        verdict = dataclasses.replace(
            verdict,
            **_effect(found, self.rules.min_effect),
            p=chance,
            chance=chance,
            detectable=max(self.rules.min_effect, _expm1(seen)),
        )
        least = math.log1p(self.rules.min_effect)
        if found.p <= 1 - self.rules.confidence and abs(math.log(verdict.ratio)) >= least:
            word = REGRESSED if verdict.ratio > 1 else IMPROVED
            return dataclasses.replace(
                verdict, verdict=word, reason=f"p = {found.p:.1g}", place=self._between()
            )
        reason = f"a change of {verdict.detectable:.1%} would have been seen"
        return dataclasses.replace(verdict, verdict=UNCHANGED, reason=reason, shape="")

    def _between(self) -> Place:
        return between_sides(self.sides.runs, len(self.sides.baseline.runs))

    def _chance(self, found: stats.RunShift) -> float:
        """p with runs that resemble their neighbours counted for fewer.

        Few runs limit p however far apart the sides are: then the distance in standard errors, by
        the larger of two estimates, tells more.
        """
        deviate = _NORMAL.inv_cdf(1 - 0.5 * found.p) if found.p < 1 else 0.0
        chance = two_sided(deviate / self._noise.inflation)
        if found.p > max(_LIMITED, found.smallest_p * (1 + 1e-9)):
            return chance
        error = max(found.error * self._noise.inflation, self._error)
        freedom = self._baseline.size + self._candidate.size - 2 + PRIOR
        return min(chance, stats.student_tail(math.log(found.ratio) / error, freedom))

    def _estimate(self) -> dict[str, float]:
        """Ratio and interval from the benchmark's noise, for sides too small for a rank test."""
        shift = float(np.median(self._candidate) - np.median(self._baseline))
        return {
            "ratio": math.exp(shift),
            "low": math.exp(shift - 2.2 * self._error),
            "high": math.exp(shift + 2.2 * self._error),
            "detectable": math.expm1(self._floor),
        }

    def _by_history(self) -> Verdict:
        """One to three runs of a new commit: a change point in the history decides."""
        estimate = self._estimate()
        point, is_new = self._confirmed()
        if point is not None and is_new:
            verdict = REGRESSED if point.ratio > 1 else IMPROVED
            runs = runs_phrase(int(np.isfinite(self.series[point.index :]).sum()))
            since = label(self.sides.runs[point.index])
            return dataclasses.replace(
                self._measured(verdict, f"change point at {since}, confirmed by {runs}"),
                ratio=point.ratio,
                low=point.low,
                high=point.high,
                p=point.p,
                chance=min(1.0, _NEW_PLACES * point.p),
                detectable=estimate["detectable"],
                since=since,
                place=find_place(self.series, point.index, self.sides.runs),
            )
        told = ""
        if point is not None and np.isfinite(self.series[point.index : self._cut]).any():
            # Told on an earlier night: the level since then is what tonight is held against.
            self._compare_from(point.index)
            estimate = self._estimate()
            told = f"as since {label(self.sides.runs[point.index])}, told then; "
        if abs(math.log(estimate["ratio"])) >= math.log1p(estimate["detectable"]):
            runs = runs_phrase(self._candidate.size)
            reason = f"too few data: suspect after {runs}, more runs will tell"
            return dataclasses.replace(self._measured(UNKNOWN, reason), suspect=True, **estimate)
        reason = f"{told}a change of {estimate['detectable']:.0%} would have been noticed"
        return dataclasses.replace(self._measured(UNCHANGED, reason), **estimate)

    def _confirmed(self) -> tuple[stats.ChangePoint | None, bool]:
        """The last sure step, and whether these runs confirm it and no recent night did already."""
        most = self.rules.budget.per_night / self._rows / _NEW_PLACES
        now = last_step(self.series, self.sides, self._floor, most)
        if now is None:
            return None, False
        for end in range(self._cut, max(now.index, self._cut - _RECENT), -1):
            points = _sure_points(self.series[:end], most)
            if any(abs(point.index - now.index) <= 2 for point in points):
                return now, False
        return now, True


def _effect(found: stats.RunShift, min_effect: float) -> dict[str, Any]:
    """Ratio and interval: of typical values, or of means where only a slow mode grew or shrank."""
    least = math.log1p(min_effect)
    mean = math.log(found.mean_ratio)
    typical_is_small = abs(math.log(found.ratio)) < least
    if typical_is_small and abs(mean) >= max(least, 3 * found.mean_error):
        half = 2 * found.mean_error
        interval = {"low": math.exp(mean - half), "high": math.exp(mean + half)}
        size = {"shape": "new mode", "shape_size": found.mean_ratio}
        return {"ratio": found.mean_ratio, **interval, **size}
    return {"ratio": found.ratio, "low": found.low, "high": found.high}


def start_of_level(values: Array, sides: Sides, rules: Rules) -> int:
    """Runs before an old change of level are no baseline, if enough remain without them."""
    cut = len(sides.baseline.runs)
    step = last_step(values[:cut], sides, math.log1p(rules.min_effect))
    return step.index if step and cut - step.index >= ENOUGH_RUNS else 0


def last_step(
    values: Array, sides: Sides, least: float, most_p: float = 1.0
) -> stats.ChangePoint | None:
    """The last sure change of at least `least` (log scale) where the build changed as well."""
    for point in _sure_points(values, most_p)[::-1]:
        if abs(math.log(point.ratio)) >= least and _build_changed_near(point.index, sides):
            return point
    return None


def _sure_points(values: Array, most_p: float) -> list[stats.ChangePoint]:
    if not np.isfinite(values).any():
        return []
    return [point for point in stats.change_points(np.exp(values)) if point.p <= most_p]


def _build_changed_near(index: int, sides: Sides) -> bool:
    """Whether the step can be the code's: a step inside one build is the machine's."""
    around = sides.runs[max(index - 2, 0) : index + 2]
    return len({configuration(run) for run in around}) > 1


def _median(values: Array) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if finite.size else math.nan


def _exp(value: float) -> float:
    return math.exp(value) if math.isfinite(value) else math.nan


def _expm1(value: float) -> float:
    return math.expm1(value) if value < 700 else math.inf


def runs_phrase(n: int) -> str:
    """ "1 run", "10 runs"."""
    return f"{n} run" if n == 1 else f"{n} runs"
