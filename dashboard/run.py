# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Run: one benchmark file, checked and reduced to what verdicts and reports need.

`Run.load` accepts the suite's files and any other Google Benchmark JSON file. It either returns a
whole Run or raises BadRunError with one line that names the file, the field and the value.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

SCHEMA = "1"

_NS_PER_UNIT = {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9}
_COMMIT = re.compile(r"[0-9A-Za-z][0-9A-Za-z._/+-]{0,99}")
# Google Benchmark appends how a row was timed to its name; a series must survive a change of that.
_TIMING_SUFFIX = re.compile(
    r"/(iterations|repeats|min_time|min_warmup_time):[^/]*|/(real_time|manual_time|process_time)"
)
_OLD_AGGREGATE = re.compile(r"_(mean|median|stddev|cv|BigO|RMS)$")
# Keys of a row that Google Benchmark writes itself; every other number is a user counter.
_ROW_KEYS = frozenset(
    "name family_index per_family_instance_index run_name run_type repetitions repetition_index "
    "threads iterations real_time cpu_time time_unit label error_occurred error_message skipped "
    "skip_message aggregate_name aggregate_unit round ops ns_per_op procs".split()
)
_ABSENT = ("", "unknown", "none")


class BadRunError(ValueError):
    """A file is not a usable run; the message is one line naming file, field and value."""


@dataclasses.dataclass(frozen=True)
class Signature:
    """An event (per operation) that before spends its time in and after must not show."""

    counter: str
    before_at_least: float
    after_at_most: float
    workload: str = ""  # the one it holds for; "": all


@dataclasses.dataclass(frozen=True)
class Pair:
    """What a run's context says of one before/after pair."""

    name: str
    exercise: int
    lesson: str
    claim: float  # ratio before/after that the source claims; 0: it gives no number
    claim_text: str
    claim_source: str
    tier: str
    premature_below: str
    variants: tuple[str, ...]
    wrong_on_purpose: tuple[str, ...]
    signature: tuple[Signature, ...]
    not_measured: str  # why the pair could not be measured here; "" when it was


@dataclasses.dataclass(frozen=True)
class Bench:
    """One benchmark of a run: a value per round, each per operation."""

    name: str
    rounds: tuple[int, ...]
    ns: tuple[float, ...]
    figures: Mapping[str, tuple[float, ...]]  # "ev.parks", "allocs_per_op", "p99_ns", ... by round


@dataclasses.dataclass(frozen=True)
class Run:
    """One benchmark file. `run_id` is a hash of its content: the same file, the same run."""

    run_id: str
    source: str
    commit: str
    dirty: bool
    git_time: str  # RFC 3339 in UTC, "" when the file does not say
    date: str  # RFC 3339 in UTC
    policy: str
    size: str
    machine: str
    compiler: str
    compiler_flags: str
    build: str  # identity of the binary, "" when the file does not say
    context: Mapping[str, str]
    pairs: Mapping[str, Pair]
    benches: Mapping[str, Bench]

    @classmethod
    def load(cls, path: str | Path, commit: str | None = None, nameless: str | None = None) -> Run:
        """Reads a file. `commit` is for a file that does not name its own; no contradicting.

        `nameless` is the commit where neither says it; without it such a file is an error.
        """
        path = Path(path)
        return parse_run(_read_json(path), str(path), commit, nameless)

    @property
    def order(self) -> tuple[str, str, str]:
        """Sorts runs as the history shows them: by commit time, then by measurement."""
        return (self.git_time or self.date, self.date, self.run_id)

    @property
    def short_commit(self) -> str:
        """The commit as people write it: ten digits of a hash, other names whole."""
        return self.commit[:10] if re.fullmatch(r"[0-9a-f]{11,64}", self.commit) else self.commit


def _read_json(path: Path) -> Any:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadRunError(f"{path}: cannot be read: {error.strerror}") from None
    if not data.strip():
        raise BadRunError(f"{path}: is empty")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadRunError(
            f"{path}: is not text: byte 0x{data[error.start]:02x} at {error.start}"
        ) from None
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        cut = " (the file is cut short)" if error.pos >= len(text.rstrip()) else ""
        raise BadRunError(
            f"{path}: is not JSON: {error.msg} at line {error.lineno} column {error.colno}{cut}"
        ) from None
    except (RecursionError, ValueError) as error:
        raise BadRunError(f"{path}: is not JSON: {str(error) or 'nested too deeply'}") from None


def _show(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."


class _Fields:
    """Typed access to a JSON object, whose errors name file, field and value."""

    def __init__(self, source: str, where: str, values: Any) -> None:
        self.source, self.where = source, where
        if not isinstance(values, dict):
            raise BadRunError(f"{source}: {where} is {_show(values)}: an object is wanted")
        self.values = values

    def bad(self, field: str, wanted: str) -> BadRunError:
        if field not in self.values:
            return BadRunError(f"{self.source}: {self.where}.{field} is missing")
        return BadRunError(
            f"{self.source}: {self.where}.{field} is {_show(self.values[field])}: {wanted}"
        )

    def text(self, field: str, default: str | None = None) -> str:
        value = self.values.get(field, default)
        if not isinstance(value, str):
            raise self.bad(field, "a text is wanted")
        return value

    def number(self, field: str, default: float | None = None) -> float:
        value = self.values.get(field, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.bad(field, "a number is wanted")
        try:
            value = float(value)
        except OverflowError:
            value = math.inf
        if not math.isfinite(value):
            raise self.bad(field, "a finite number is wanted")
        return value

    def positive(self, field: str) -> float:
        value = self.number(field)
        if value <= 0:
            raise self.bad(field, "a number above 0 is wanted")
        return value

    def texts(self, field: str) -> tuple[str, ...]:
        value = self.values.get(field, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.bad(field, "a list of texts is wanted")
        return tuple(value)

    def time(self, field: str, default: str | None = None) -> str:
        """RFC 3339, returned in UTC so that texts sort as times do."""
        text = self.text(field, default)
        if text in _ABSENT and default is not None:
            return ""
        try:
            moment = datetime.datetime.fromisoformat(text)
        except ValueError:
            raise self.bad(field, "a time such as 2026-01-31T12:00:00+00:00 is wanted") from None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=datetime.UTC)
        return moment.astimezone(datetime.UTC).isoformat(timespec="seconds")


def parse_run(
    data: Any, source: str, commit: str | None = None, nameless: str | None = None
) -> Run:
    """Checks and reduces parsed JSON; `source` is the file's name for messages."""
    if not isinstance(data, dict) or "context" not in data or "benchmarks" not in data:
        raise BadRunError(
            f'{source}: is not a Google Benchmark file: "context" and "benchmarks" are wanted'
        )
    context = _Fields(source, "context", data["context"])
    rows = data["benchmarks"]
    if not isinstance(rows, list):
        raise BadRunError(f"{source}: benchmarks is {_show(rows)}: a list is wanted")
    ours = "unpark_schema" in context.values
    if ours and context.text("unpark_schema") != SCHEMA:
        raise context.bad("unpark_schema", f'this dashboard reads schema "{SCHEMA}"')
    dirty = context.text("git_dirty", "false")
    if dirty not in ("true", "false"):
        raise context.bad("git_dirty", '"true" or "false" is wanted')
    benches = _parse_rows(source, rows, ours)
    return Run(
        run_id=_content_id(data),
        source=Path(source).name,
        commit=_commit(context, commit, nameless),
        dirty=dirty == "true",
        git_time=context.time("git_time", ""),
        date=context.time("date"),
        policy=context.text("policy", "default") or "default",
        size=context.text("size", "core" if ours else "any"),
        machine=context.text("machine") if ours else _foreign_machine(context),
        compiler=context.text("compiler", ""),
        compiler_flags=context.text("compiler_flags", ""),
        build=context.text("build_id", ""),
        context=_context_texts(context.values),
        pairs=_parse_pairs(context),
        benches=benches,
    )


def _content_id(data: Any) -> str:
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


def _commit(context: _Fields, given: str | None, nameless: str | None) -> str:
    if given is not None and not _COMMIT.fullmatch(given):
        raise BadRunError(f"--commit is {_show(given)}: a commit's hash or a version is wanted")
    said = context.text("git_commit", "")
    if said in _ABSENT:
        if (given or nameless) is None:
            problem = "is missing" if said == "" else f'is "{said}"'
            raise BadRunError(
                f"{context.source}: context.git_commit {problem}: say which with --commit"
            )
        return given or nameless or ""
    if not _COMMIT.fullmatch(said):
        raise context.bad("git_commit", "a commit's hash is wanted")
    if given is not None and not said.startswith(given):
        raise context.bad("git_commit", f'--commit says "{given}"')
    return said


def _foreign_machine(context: _Fields) -> str:
    """Other Google Benchmark files name no machine: a hash of what stays the same on one."""
    stable = [context.values.get(key) for key in ("host_name", "num_cpus", "caches")]
    return "foreign-" + hashlib.sha256(json.dumps(stable).encode()).hexdigest()[:10]


def _context_texts(values: Mapping[str, Any]) -> dict[str, str]:
    """The context without pairs and without names that are nobody's business in a report."""
    return {
        key: value if isinstance(value, str) else json.dumps(value)
        for key, value in values.items()
        if not key.startswith("pair.") and key not in ("host_name", "executable")
    }


def _parse_pairs(context: _Fields) -> dict[str, Pair]:
    pairs = {}
    for key in context.values:
        if not key.startswith("pair."):
            continue
        text = context.text(key)
        try:
            values = json.loads(text)
        except ValueError:
            raise context.bad(key, "a JSON text is wanted") from None
        pairs[key[5:]] = _parse_pair(_Fields(context.source, f"context.{key}", values), key[5:])
    return pairs


def _parse_pair(fields: _Fields, name: str) -> Pair:
    signature = fields.values.get("signature", [])
    if not isinstance(signature, list):
        raise fields.bad("signature", "a list is wanted")
    parts = [
        _Fields(fields.source, f"{fields.where}.signature[{i}]", item)
        for i, item in enumerate(signature)
    ]
    return Pair(
        name=name,
        exercise=int(fields.number("exercise")),
        lesson=fields.text("lesson", ""),
        claim=fields.number("claim", 0.0),
        claim_text=fields.text("claim_text", ""),
        claim_source=fields.text("claim_source", ""),
        tier=fields.text("tier", ""),
        premature_below=fields.text("premature_below", ""),
        variants=fields.texts("variants"),
        wrong_on_purpose=fields.texts("wrong_on_purpose"),
        signature=tuple(
            Signature(
                part.text("counter"),
                part.number("before_at_least", 0.0),
                part.number("after_at_most", 0.0),
                part.text("workload", ""),
            )
            for part in parts
        ),
        not_measured=fields.text("not_measured", ""),
    )


def _parse_rows(source: str, rows: Sequence[Any], ours: bool) -> dict[str, Bench]:
    taken: dict[str, dict[int, dict[str, float]]] = {}
    medians: dict[str, dict[int, dict[str, float]]] = {}
    for index, values in enumerate(rows):
        row = _Fields(source, f"benchmarks[{index}]", values)
        name = row.text("run_name", row.values.get("name"))
        if not name:
            raise row.bad("name", "a name is wanted")
        if row.values.get("error_occurred"):
            if ours:
                message = row.values.get("error_message", "")
                raise BadRunError(f"{source}: {row.where} ({name}) failed: {_show(message)}")
            continue
        kind = row.values.get("run_type") or (
            "aggregate" if _OLD_AGGREGATE.search(name) else "iteration"
        )
        if kind == "iteration":
            _take_row(taken, row, _TIMING_SUFFIX.sub("", name), ours)
        elif row.values.get("aggregate_name") == "median":
            _take_row(medians, row, _TIMING_SUFFIX.sub("", name), ours=False)
    # A file written with --benchmark_report_aggregates_only still has one usable value a benchmark.
    for name, values_by_round in medians.items():
        taken.setdefault(name, values_by_round)
    if not taken:
        raise BadRunError(f"{source}: benchmarks has no measured row")
    return {name: _bench(name, by_round) for name, by_round in taken.items()}


def _take_row(
    taken: dict[str, dict[int, dict[str, float]]], row: _Fields, name: str, ours: bool
) -> None:
    by_round = taken.setdefault(name, {})
    at = int(row.number("round", row.values.get("repetition_index", len(by_round))))
    if at in by_round:
        if ours:
            raise BadRunError(f"{row.source}: {row.where} repeats round {at} of {name}")
        at = max(by_round) + 1
    if "ns_per_op" in row.values:
        ns = row.positive("ns_per_op")
    else:
        unit = row.text("time_unit", "ns")
        if unit not in _NS_PER_UNIT:
            raise row.bad("time_unit", "ns, us, ms or s is wanted")
        ns = row.positive("real_time") * _NS_PER_UNIT[unit]
    figures = {
        key: row.number(key)
        for key, value in row.values.items()
        if key not in _ROW_KEYS and isinstance(value, (int, float)) and not isinstance(value, bool)
    }
    by_round[at] = {"": ns, **figures}


def _bench(name: str, by_round: Mapping[int, Mapping[str, float]]) -> Bench:
    rounds = tuple(sorted(by_round))
    keys = sorted(set().union(*by_round.values()) - {""})
    figures = {
        key: tuple(by_round[at][key] for at in rounds)
        for key in keys
        if all(key in by_round[at] for at in rounds)
    }
    return Bench(name, rounds, tuple(by_round[at][""] for at in rounds), figures)
