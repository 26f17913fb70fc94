# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""History: whole or not at all, and every failure one line."""

import os
import sqlite3
import sys
from pathlib import Path

import pytest

from dashboard import testing
from dashboard.run import Run, parse_run
from dashboard.store import DuplicateRunError, History, StoreError


def some_runs(n: int, seed: int = 1) -> list[Run]:
    machine = testing.Machine(seed)
    return [parse_run(machine.run(rounds=2), f"run{i}.json") for i in range(n)]


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "home" / "history.sqlite", lock_timeout_s=0.05)


def test_runs_come_back_as_they_were(history: History) -> None:
    runs = some_runs(3)
    history.add(runs)
    assert history.series() == [("m0123456789ab", "core")]
    back = history.runs("m0123456789ab", "core")
    assert [run.run_id for run in back] == [run.run_id for run in runs]
    for stored, original in zip(back, runs, strict=True):
        assert stored.pairs == original.pairs
        assert stored.context == original.context
        for name, bench in original.benches.items():
            assert stored.benches[name].ns == bench.ns
            assert stored.benches[name].rounds == bench.rounds
            assert stored.benches[name].figures.keys() == bench.figures.keys()
            for key, values in bench.figures.items():
                assert stored.benches[name].figures[key] == pytest.approx(values, rel=1e-6)


def test_only_the_newest_runs_are_returned(history: History) -> None:
    runs = some_runs(4)
    history.add(runs)
    assert [r.run_id for r in history.runs("m0123456789ab", "core", last=2)] == [
        r.run_id for r in runs[2:]
    ]


def test_duplicate_is_named_and_changes_nothing(history: History) -> None:
    runs = some_runs(3)
    history.add(runs[:2])
    before = history.path.read_bytes()
    with pytest.raises(DuplicateRunError, match=rf"run {runs[1].run_id} .*already"):
        history.add([runs[2], runs[1]])
    assert history.path.read_bytes() == before
    assert history.count() == 2


def test_locked_history_is_told_and_left_alone(history: History) -> None:
    runs = some_runs(2)
    history.add(runs[:1])
    other = sqlite3.connect(history.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError, match="locked by another program"):
        history.add(runs[1:])
    with pytest.raises(StoreError, match="locked by another program"):
        history.count()
    other.execute("ROLLBACK")
    other.close()
    history.add(runs[1:])
    assert history.count() == 2


def test_read_only_history_is_told_even_to_root(history: History) -> None:
    runs = some_runs(2)
    history.add(runs[:1])
    history.path.chmod(0o444)
    with pytest.raises(StoreError, match="read-only"):
        history.add(runs[1:])
    assert history.count() == 1


def test_interrupted_write_leaves_the_history_as_before(history: History) -> None:
    runs = some_runs(3)
    history.add(runs[:1])
    before = history.path.read_bytes()

    class Interrupting(list):  # type: ignore[type-arg]
        def __iter__(self):  # noqa: ANN204
            yield runs[1]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        history.add(Interrupting())
    assert history.path.read_bytes() == before
    assert not list(history.path.parent.glob("*-journal"))


def test_files_that_are_no_history(history: History) -> None:
    history.path.parent.mkdir()
    history.path.write_bytes(b"this is a text, long enough to be taken for a header" * 20)
    with pytest.raises(StoreError, match="not an SQLite file"):
        history.add(some_runs(1))
    history.path.unlink()
    other = sqlite3.connect(history.path)
    other.execute("CREATE TABLE songs (name)")
    other.commit()
    other.close()
    with pytest.raises(StoreError, match="not a history of ours"):
        history.add(some_runs(1))
    with pytest.raises(StoreError, match="version 0"):
        history.series()


def test_history_of_a_later_version_is_refused(history: History) -> None:
    history.add(some_runs(1))
    other = sqlite3.connect(history.path)
    other.execute("PRAGMA user_version = 99")
    other.close()
    with pytest.raises(StoreError, match="version 99: this dashboard reads 1"):
        history.series()
    with pytest.raises(StoreError, match="version 99"):
        history.add(some_runs(1, seed=2))


def test_absent_history_is_told_and_not_made(history: History) -> None:
    with pytest.raises(StoreError, match="no history here yet"):
        history.series()
    assert history.count() == 0
    assert not history.path.exists()


def test_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match=f"{tmp_path}/file"):
        History(tmp_path / "file" / "history.sqlite").add(some_runs(1))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_folder_without_permission_is_told(history: History) -> None:
    history.path.parent.mkdir(mode=0o555)
    with pytest.raises(StoreError, match="permission denied"):
        history.add(some_runs(1))


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q", "-p", "no:cacheprovider"]))
