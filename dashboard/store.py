# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""History: the runs kept so far, in one SQLite file.

One row a run (commit, machine, policy, context) and one row a benchmark of a run, whose per-round
values are one compressed JSON text: a suite of eighty benchmarks takes some 60 KB. Every write is
one transaction, so a run is in the history whole or not at all.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import sqlite3
import stat
import urllib.parse
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from dashboard.run import Bench, Pair, Run, Signature

_VERSION = 1
LOCK_TIMEOUT_S = 10.0
_META = sa.MetaData()
_RUNS = sa.Table(
    "runs",
    _META,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("run_id", sa.String, unique=True, nullable=False),
    sa.Column("source", sa.String, nullable=False),
    sa.Column("machine", sa.String, nullable=False),
    sa.Column("size", sa.String, nullable=False),
    sa.Column("commit", sa.String, nullable=False),
    sa.Column("dirty", sa.Boolean, nullable=False),
    sa.Column("policy", sa.String, nullable=False),
    sa.Column("git_time", sa.String, nullable=False),
    sa.Column("date", sa.String, nullable=False),
    sa.Column("compiler", sa.String, nullable=False),
    sa.Column("compiler_flags", sa.String, nullable=False),
    sa.Column("build", sa.String, nullable=False),
    sa.Column("context", sa.String, nullable=False),
    sa.Column("pairs", sa.String, nullable=False),
    sa.Index("runs_by_series", "machine", "size"),
)
_BENCHES = sa.Table(
    "benches",
    _META,
    sa.Column("run", sa.Integer, sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("data", sa.LargeBinary, nullable=False),
)
_PLAIN = ("run_id", "source", "machine", "size", "commit", "dirty", "policy", "git_time", "date")
_PLAIN += ("compiler", "compiler_flags", "build")


class StoreError(RuntimeError):
    """The history cannot be read or written; the message is one line naming the file."""


class DuplicateRunError(StoreError):
    """A run is in the history already; the message names it."""


class History:
    """A history file. Several processes may use it at once: writers wait for each other."""

    def __init__(self, path: str | Path, lock_timeout_s: float | None = None) -> None:
        self.path = Path(path)
        self._lock_timeout_s = LOCK_TIMEOUT_S if lock_timeout_s is None else lock_timeout_s

    def add(self, runs: Sequence[Run]) -> None:
        """Stores all runs or none; DuplicateRunError or StoreError tells why none."""
        self._require_writable()
        with self._connect("rwc") as connection:
            self._prepare(connection)
            for run in runs:
                self._refuse_duplicate(connection, run)
                self._insert(connection, run)

    def series(self) -> list[tuple[str, str]]:
        """The (machine, size) groups that runs exist for, the one stored to last first."""
        newest = sa.func.max(_RUNS.c.id)
        query = sa.select(_RUNS.c.machine, _RUNS.c.size).group_by(_RUNS.c.machine, _RUNS.c.size)
        with self._reading() as connection:
            return [tuple(row) for row in connection.execute(query.order_by(newest.desc()))]

    def runs(self, machine: str, size: str, last: int = 400) -> list[Run]:
        """The newest `last` runs of one machine and size, oldest first."""
        query = sa.select(_RUNS).where(_RUNS.c.machine == machine, _RUNS.c.size == size)
        with self._reading() as connection:
            rows = sorted(
                connection.execute(query).mappings(),
                key=lambda row: (row["git_time"] or row["date"], row["date"], row["run_id"]),
            )[-last:]
            return [_to_run(row, self._benches(connection, row["id"])) for row in rows]

    def count(self) -> int:
        """How many runs the history holds."""
        if not self._exists():
            return 0
        with self._reading() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(_RUNS)).scalar_one()

    def _exists(self) -> bool:
        return self.path.is_file() and self.path.stat().st_size > 0

    def _benches(self, connection: sa.Connection, key: int) -> dict[str, Bench]:
        query = sa.select(_BENCHES.c.name, _BENCHES.c.data).where(_BENCHES.c.run == key)
        return {name: _unpack(name, data) for name, data in connection.execute(query)}

    def _refuse_duplicate(self, connection: sa.Connection, run: Run) -> None:
        query = sa.select(_RUNS.c.source, _RUNS.c.date).where(_RUNS.c.run_id == run.run_id)
        known = connection.execute(query).first()
        if known is not None:
            raise DuplicateRunError(
                f"{run.source}: run {run.run_id} of {known.date} is in the history already"
                f" (as {known.source})"
            )

    def _insert(self, connection: sa.Connection, run: Run) -> None:
        values: dict[str, Any] = {name: getattr(run, name) for name in _PLAIN}
        values["context"] = json.dumps(dict(run.context))
        values["pairs"] = json.dumps([dataclasses.asdict(pair) for pair in run.pairs.values()])
        key = connection.execute(_RUNS.insert().values(values)).inserted_primary_key[0]
        connection.execute(
            _BENCHES.insert(),
            [
                {"run": key, "name": bench.name, "data": _pack(bench)}
                for bench in run.benches.values()
            ],
        )

    def _require_writable(self) -> None:
        """Refuses what SQLite would refuse late, or not at all to root: a file marked read-only."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{self.path.parent}: cannot be made: {error.strerror}") from None
        if self.path.exists() and not self.path.stat().st_mode & (
            stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
        ):
            raise StoreError(f"{self.path}: history is read-only")
        if not os.access(self.path if self.path.exists() else self.path.parent, os.W_OK):
            raise StoreError(f"{self.path}: history cannot be written: permission denied")

    @contextlib.contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        if not self._exists():
            raise StoreError(f"{self.path}: no history here yet: ingest a run first")
        with self._connect("rw") as connection:
            self._check_version(connection)
            yield connection

    @contextlib.contextmanager
    def _connect(self, mode: str) -> Iterator[sa.Connection]:
        """One transaction. Writers take the lock at its start, so that they never meet half way."""
        uri = f"file:{urllib.parse.quote(str(self.path.absolute()))}?mode={mode}"

        def creator() -> sqlite3.Connection:
            # isolation_level None leaves BEGIN to us: the driver's own would leave DDL outside.
            return sqlite3.connect(
                uri, uri=True, timeout=self._lock_timeout_s, isolation_level=None
            )

        engine = sa.create_engine("sqlite://", creator=creator, poolclass=sa.pool.NullPool)
        begin = "BEGIN IMMEDIATE" if mode == "rwc" else "BEGIN"
        sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
        try:
            with engine.begin() as connection:
                yield connection
        except sa.exc.DBAPIError as error:
            raise StoreError(f"{self.path}: {_explain(error.orig)}") from None
        finally:
            engine.dispose()

    def _prepare(self, connection: sa.Connection) -> None:
        if connection.exec_driver_sql("PRAGMA user_version").scalar_one() == 0:
            tables = sa.inspect(connection).get_table_names()
            if tables:
                raise StoreError(f"{self.path}: is a database, but not a history of ours")
            _META.create_all(connection)
            connection.exec_driver_sql(f"PRAGMA user_version = {_VERSION}")
        self._check_version(connection)

    def _check_version(self, connection: sa.Connection) -> None:
        version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        if version != _VERSION:
            raise StoreError(
                f"{self.path}: history has version {version}: this dashboard reads {_VERSION}"
            )


def _explain(error: BaseException | None) -> str:
    text = str(error)
    if "locked" in text or "busy" in text:
        return "history is locked by another program: try again when it is done"
    if "readonly" in text:
        return "history is read-only"
    if "not a database" in text:
        return "is not a history: not an SQLite file"
    if "unable to open" in text:
        return "history cannot be opened"
    return f"history cannot be used: {text}"


def _pack(bench: Bench) -> bytes:
    """Rounds and values as compressed JSON; a figure of zeros is kept by name alone."""
    zero = [key for key, values in bench.figures.items() if not any(values)]
    figures = {
        key: [float(f"{value:.7g}") for value in values]
        for key, values in bench.figures.items()
        if any(values)
    }
    record = {"rounds": bench.rounds, "ns": bench.ns, "figures": figures, "zero": zero}
    return zlib.compress(json.dumps(record, separators=(",", ":")).encode(), 9)


def _unpack(name: str, data: bytes) -> Bench:
    record = json.loads(zlib.decompress(data))
    figures = {key: tuple(values) for key, values in record["figures"].items()}
    nothing = (0.0,) * len(record["rounds"])
    figures.update((key, nothing) for key in record["zero"])
    return Bench(name, tuple(record["rounds"]), tuple(record["ns"]), figures)


def _to_run(row: sa.RowMapping, benches: dict[str, Bench]) -> Run:
    pairs = {}
    for values in json.loads(row["pairs"]):
        values["signature"] = tuple(Signature(**part) for part in values["signature"])
        values["variants"] = tuple(values["variants"])
        values["wrong_on_purpose"] = tuple(values["wrong_on_purpose"])
        pairs[values["name"]] = Pair(**values)
    plain = {name: row[name] for name in _PLAIN}
    return Run(context=json.loads(row["context"]), pairs=pairs, benches=benches, **plain)
