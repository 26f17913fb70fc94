# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Report: a page for each machine and size, whole in one file that opens from the file system.

The page of the machine that was measured last is index.html. Pages are put in place by a rename, so
a reader or an interrupted writer never leaves half of one.
"""

from __future__ import annotations

import dataclasses
import math
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2
import numpy as np

from dashboard import charts, stats, text
from dashboard.machine import Array, Table
from dashboard.names import CANARY_PREFIX, Name, is_event, natural
from dashboard.pairs import PairResult, go_runs, measure_pairs
from dashboard.peers import peer_table
from dashboard.record import record
from dashboard.run import Pair, Run
from dashboard.sides import Mode, label, of_the_suite
from dashboard.store import History, StoreError
from dashboard.verdict import (
    IMPROVED,
    REGRESSED,
    UNCHANGED,
    UNKNOWN,
    Check,
    Rules,
    Verdict,
    check,
    history_table,
)

_MAX_RUNS_SHOWN = 200
_MAX_CARDS = 24
_MAX_COUNTERS = 5
_MAX_FOREIGN_CHARTS = 60


@dataclasses.dataclass(frozen=True)
class _Section:
    """One exercise: its result, pictures and a row for each benchmark."""

    result: PairResult
    times: str
    events: str
    rows: list[dict[str, Any]]


def write_report(history: History, out: Path, rules: Rules) -> Path:
    """Writes a page for each machine and size of the history; returns the index."""
    groups = history.series()
    if not groups:
        raise StoreError(f"{history.path}: no run here yet: ingest one first")
    out.mkdir(parents=True, exist_ok=True)
    pages = [
        {
            "file": "index.html" if i == 0 else _page_name(group),
            "machine": group[0],
            "size": group[1],
        }
        for i, group in enumerate(groups)
    ]
    environment = _environment()
    for page, group in list(zip(pages, groups, strict=True))[::-1]:
        runs = history.runs(*group)
        html = environment.get_template("report.html.j2").render(
            page=page, pages=pages, **_view(runs, rules)
        )
        _replace(out / page["file"], html)
    return out / "index.html"


def _page_name(group: tuple[str, str]) -> str:
    return re.sub(r"[^A-Za-z0-9-]+", "-", f"{group[0]}-{group[1]}") + ".html"


def _replace(path: Path, html: str) -> None:
    """Puts the page in place by a rename; the draft's name is ours alone, two writers never mix."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(html, encoding="utf-8")
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters.update(
        duration=text.duration,
        count=text.count,
        ratio=text.ratio,
        claim=text.claim,
        change=text.change,
        percent=text.percent,
        event_name=text.event_name,
        bare=lambda name: name.replace("_", " "),
        fixed=lambda value: format(value, ".1g"),
        minute=lambda value: value[:16].replace("T", " "),
    )
    environment.globals.update(
        interval=text.interval,
        finite=math.isfinite,
        evidence=text.evidence,
        shape_phrase=text.shape_phrase,
        event_change_phrase=text.event_change_phrase,
        culprit_phrase=text.culprit_phrase,
        commits_phrase=text.commits_phrase,
        entry_phrase=text.entry_phrase,
        event_phrase=text.event_phrase,
        side_phrase=text.side_phrase,
        runs_phrase=text.runs,
    )
    return environment


def _view(runs: Sequence[Run], rules: Rules) -> dict[str, Any]:
    """Everything the template shows about one machine and size."""
    result = check(runs, rules)
    candidate = result.sides.candidate.runs
    shown = of_the_suite(runs)[-_MAX_RUNS_SHOWN:]
    table, factors = history_table(shown)
    picture = _Picture(result, shown, table, factors)
    in_go = go_runs(runs)
    results = measure_pairs(candidate, in_go)
    known = {r.pair.name for r in results}
    verdicts = {v.name: v for v in result.verdicts}
    changed = result.of(REGRESSED) + result.of(IMPROVED) + result.suspects
    return {
        "check": result,
        "newest": candidate[-1],
        "headline": _headline(result),
        "counts": text.verdict_counts(result),
        "machine_sentence": text.machine_sentence(result.machine),
        "is_first": result.sides.mode is Mode.FIRST,
        "is_same_build": result.sides.mode is Mode.SAME_BUILD,
        "usual_detectable": _usual_detectable(result),
        "changed": [(v, picture.of_benchmark(v)) for v in changed[:_MAX_CARDS]],
        "changed_more": changed[_MAX_CARDS:],
        "verdicts": sorted(result.verdicts, key=lambda v: (_RANK[v.verdict], v.name)),
        "events_only": result.events_only,
        "results": results,
        "go_version": in_go[-1].compiler if in_go else "",
        "peers": peer_table(runs),
        "overview": charts.overview(results, narrow=False) if results else "",
        "overview_narrow": charts.overview(results, narrow=True) if results else "",
        "sections": [_section(r, candidate, verdicts) for r in results],
        "series": picture.of_pairs([r.pair for r in results]),
        "others": _others(verdicts, known),
        "other_series": picture.of_others(_others(verdicts, known)),
        "machine_chart": picture.of_machine(),
        "run_list": [(run, label(run), factor) for run, factor in zip(shown, factors, strict=True)][
            ::-1
        ],
        "rules": rules,
        "promise": rules.budget.promise(),
        "record": record(runs, rules),
        "costs": _costs(max(candidate, result.sides.baseline.runs, key=len)),
    }


def _costs(runs: Sequence[Run]) -> dict[str, stats.Cost]:
    """By benchmark the cheapest way to see a change of 1 %, from the noise of runs of one side.

    What makes a whole run slow is taken out of every verdict, and so of this noise.
    """
    if len(runs) < 2:
        return {}
    costs = {}
    _, factors = history_table(runs)
    for name in runs[-1].benches:
        having = [i for i, run in enumerate(runs) if name in run.benches]
        if len(having) > 1:
            values = [ns / math.exp(factors[i]) for i in having for ns in runs[i].benches[name].ns]
            numbers = [i for i in having for _ in runs[i].benches[name].ns]
            options = stats.cost_to_see(stats.split_noise(values, numbers), 0.01)
            costs[name] = min(options, key=lambda cost: cost.values)
    return costs


_RANK = {REGRESSED: 0, IMPROVED: 1, UNKNOWN: 2, UNCHANGED: 3}


def _headline(result: Check) -> tuple[str, str]:
    """(class, sentence): the answer before anything else."""
    slower, faster = len(result.of(REGRESSED)), len(result.of(IMPROVED))
    if result.sides.mode is Mode.FIRST:
        return "unknown", "First look: nothing to compare with yet"
    if slower:
        more = f", {faster} improved" if faster else ""
        return "regressed", f"{slower} of {len(result.verdicts)} benchmarks regressed{more}"
    if faster:
        return "improved", f"{faster} of {len(result.verdicts)} benchmarks improved, none regressed"
    if result.suspects:
        n = len(result.suspects)
        return "suspect", f"Nothing is sure, {n} suspect{'' if n == 1 else 's'}: run again"
    if not result.of(UNCHANGED):
        return "unknown", "Too few data for a verdict"
    return "unchanged", "Nothing regressed"


def _usual_detectable(result: Check) -> float:
    seen = [v.detectable for v in result.of(UNCHANGED) if math.isfinite(v.detectable)]
    return float(np.median(seen)) if seen else math.nan


def _others(verdicts: dict[str, Verdict], known: set[str]) -> list[Verdict]:
    """Benchmarks of no registered pair: another harness's file."""
    return [v for name, v in sorted(verdicts.items()) if name.split("/")[0] not in known]


def _section(result: PairResult, runs: Sequence[Run], verdicts: dict[str, Verdict]) -> _Section:
    pair = result.pair
    names = {name for run in runs for name in run.benches if name.split("/")[0] == pair.name}
    mine = sorted(names, key=lambda name: _variant_order(pair, name))
    rows = [_row(pair, name, runs, verdicts.get(name)) for name in mine]
    drawn = [row for row in rows if row["task"] == rows[0]["task"]]
    ident = f"ex{pair.exercise}-{re.sub('[^a-z0-9]+', '-', pair.name.lower())}"
    if not drawn:
        return _Section(result, "", "", rows)
    names = [row["variant"] + (" (wrong)" if row["wrong"] else "") for row in drawn]
    times = charts.times(names, [row["spread"] for row in drawn], f"{ident}-time")
    return _Section(result, times, _events_chart(pair, names, drawn, ident), rows)


def _variant_order(pair: Pair, name: str) -> tuple[list[tuple[int, str]], int]:
    parts = Name.of(name)
    known = parts.variant in pair.variants
    place = pair.variants.index(parts.variant) if known else len(pair.variants)
    return (natural(parts.task), place)


def _row(pair: Pair, name: str, runs: Sequence[Run], verdict: Verdict | None) -> dict[str, Any]:
    parts = Name.of(name)
    benches = [run.benches[name] for run in runs if name in run.benches]
    ns = np.array([value for bench in benches for value in bench.ns])
    figures: dict[str, list[float]] = {}
    for bench in benches:
        for key, values in bench.figures.items():
            figures.setdefault(key, []).extend(values)
    medians = {key: float(np.median(values)) for key, values in figures.items()}
    return {
        "name": name,
        "variant": parts.variant,
        "workload": parts.workload,
        "task": parts.task,
        "wrong": parts.variant in pair.wrong_on_purpose,
        "spread": tuple(float(np.quantile(ns, q)) for q in (0.25, 0.5, 0.75)),
        "events": {k: v for k, v in medians.items() if k.startswith("ev.") and is_event(k)},
        "allocs": medians.get("allocs_per_op"),
        "p50": medians.get("p50_ns"),
        "p99": medians.get("p99_ns"),
        "figures": {k[4:]: v for k, v in medians.items() if k.startswith("fig.")},
        "verdict": verdict,
    }


def _events_chart(
    pair: Pair, names: Sequence[str], drawn: Sequence[dict[str, Any]], ident: str
) -> str:
    """The signature's counters first, then those that happen most."""
    wanted = [f"ev.{part.counter}" for part in pair.signature]
    wanted = [counter for counter in wanted if any(counter in row["events"] for row in drawn)]
    highest: dict[str, float] = {}
    for row in drawn:
        for counter, value in row["events"].items():
            highest[counter] = max(highest.get(counter, 0.0), value)
    rest = sorted((c for c in highest if c not in wanted), key=lambda c: -highest[c])
    counters = wanted + [c for c in rest if highest[c] >= 0.001]
    counters = counters[: max(_MAX_COUNTERS, len(wanted))]
    if not counters:
        return ""
    values = [[row["events"].get(counter, 0.0) for counter in counters] for row in drawn]
    return charts.events(names, counters, values, f"{ident}-events")


class _Picture:
    """Series of one machine and size, as charts."""

    def __init__(self, result: Check, runs: Sequence[Run], table: Table, factors: Array) -> None:
        self._runs, self._table, self._factors = runs, table, factors
        self._labels = [label(run) for run in runs]
        judged = {run.run_id for run in result.sides.candidate.runs}
        first = next((i for i, run in enumerate(runs) if run.run_id in judged), 0)
        # Shading says "judged now": only where these are the newest runs without a gap.
        whole = all(run.run_id in judged for run in runs[first:])
        self._boundary = first if whole and result.sides.mode is not Mode.FIRST else 0

    def _line(self, name: str, title: str) -> charts.Line:
        logs = self._table.column(name)
        before = logs[: self._boundary]
        usual = before if np.isfinite(before).any() else logs
        logs = logs - np.nanmedian(usual)
        return self._as_line(title, logs)

    def _as_line(self, title: str, logs: Array) -> charts.Line:
        values = np.exp(logs)
        points = stats.change_points(values) if np.isfinite(values).any() else []
        return charts.Line(title, values.tolist(), [p.index for p in points if p.confirmed])

    def _draw(self, lines: Sequence[charts.Line], ident: str, title: str) -> str:
        if len(self._runs) < 2 or not lines:
            return ""
        return charts.series(lines, self._labels, self._boundary, ident, title)

    def of_benchmark(self, verdict: Verdict) -> str:
        """One benchmark, for the card of what changed."""
        if verdict.name not in self._table.names:
            return ""
        line = self._line(verdict.name, "")
        return self._draw([line], "chg-" + _ident(verdict.name), "Time, relative to before")

    def of_pairs(self, pairs: Sequence[Pair]) -> list[tuple[Pair, str]]:
        """A chart for each pair: its variants with the first workload."""
        drawn = []
        for pair in pairs:
            names = [n for n in self._table.names if n.split("/")[0] == pair.name]
            names.sort(key=lambda n: _variant_order(pair, n))
            lines = [
                self._line(name, Name.of(name).variant)
                for name in names
                if Name.of(name).task == Name.of(names[0]).task
            ]
            title = f"{pair.exercise} {pair.name.replace('_', ' ')}"
            drawn.append((pair, self._draw(lines, "series-" + _ident(pair.name), title)))
        return [(pair, svg) for pair, svg in drawn if svg]

    def of_others(self, verdicts: Sequence[Verdict]) -> list[str]:
        """A chart for each benchmark that belongs to no pair."""
        names = [v.name for v in verdicts if v.name in self._table.names][:_MAX_FOREIGN_CHARTS]
        svgs = [self._draw([self._line(n, "")], "other-" + _ident(n), n) for n in names]
        return [svg for svg in svgs if svg]

    def of_machine(self) -> str:
        """The canaries and the factor that all benchmarks of a run share."""
        lines = [self._as_line("all benchmarks", self._factors - np.median(self._factors))]
        for name in self._table.names:
            if name.startswith(CANARY_PREFIX):
                logs = self._table.column(name) + self._factors
                title = name.removeprefix(CANARY_PREFIX).split("/")[0].replace("_", " ")
                lines.append(self._as_line(title, logs - np.nanmedian(logs)))
        return self._draw(lines, "machine", "What the machine did")


def _ident(name: str) -> str:
    return re.sub("[^a-z0-9]+", "-", name.lower())
