# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Command line: what users type, what they are told, and the exit status."""

import json
import sqlite3
import sys
from pathlib import Path

import pytest

from dashboard import testing
from dashboard.cli import BAD_INPUT, CLEAN, INTERRUPTED, REGRESSION, main


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("UNPARK_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("BUILD_WORKING_DIRECTORY", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


def files(n: int, machine: testing.Machine, name: str, **kwargs: object) -> list[str]:
    for i in range(n):
        # type: ignore[arg-type]
        testing.write(Path(f"{name}{i}.json"), machine.run(rounds=2, **kwargs))
    return [f"{name}{i}.json" for i in range(n)]


def one_line(capsys: pytest.CaptureFixture[str]) -> str:
    """The error, which must be one line on stderr."""
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("dashboard: ")
    assert captured.err.count("\n") == 1
    return captured.err


def test_main_road(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    machine = testing.Machine(1)
    assert main(["ingest", *files(10, machine, "base")]) == CLEAN
    assert main(["check"]) == CLEAN
    slow = {"channel_as_lock": 1.5}
    assert main(["ingest", *files(10, machine, "slow", policy="nospin", effects=slow)]) == CLEAN
    assert main(["check"]) == REGRESSION
    assert "verdict: 2 regressed" in capsys.readouterr().out
    assert main(["report"]) == CLEAN
    assert capsys.readouterr().out == f"wrote {home}/report/index.html\n"


def test_first_run_is_clean() -> None:
    assert main(["ingest", *files(1, testing.Machine(1), "run")]) == CLEAN
    assert main(["check"]) == CLEAN
    assert main(["report"]) == CLEAN


def test_places_can_be_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = files(1, testing.Machine(1), "run")
    assert main(["ingest", *name, "--db", "my.sqlite"]) == CLEAN
    assert main(["report", "--db", "my.sqlite", "--out", "my"]) == CLEAN
    assert (tmp_path / "my" / "index.html").is_file()
    assert main(["check"]) == BAD_INPUT
    assert "no history here yet" in capsys.readouterr().err


def test_relative_files_are_found_from_where_bazel_was_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files(1, testing.Machine(1), "run")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    monkeypatch.setenv("BUILD_WORKING_DIRECTORY", str(tmp_path))
    assert main(["ingest", "run0.json"]) == CLEAN


def test_many_files_show_progress(capsys: pytest.CaptureFixture[str]) -> None:
    main(["ingest", *files(3, testing.Machine(1), "run")])
    assert "reading 2/3 run1.json" in capsys.readouterr().err


def test_one_bad_file_stores_none(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = files(2, testing.Machine(1), "run")
    Path("bad.json").write_text("{")
    assert main(["ingest", *names, "bad.json"]) == BAD_INPUT
    assert "bad.json: is not JSON" in capsys.readouterr().err
    assert not (home / "history.sqlite").exists()


def test_duplicate_is_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (name,) = files(1, testing.Machine(1), "run")
    assert main(["ingest", name]) == CLEAN
    capsys.readouterr()
    before = (home / "history.sqlite").read_bytes()
    assert main(["ingest", name]) == BAD_INPUT
    assert "is in the history already" in one_line(capsys)
    assert (home / "history.sqlite").read_bytes() == before


def test_file_given_twice_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    (name,) = files(1, testing.Machine(1), "run")
    assert main(["ingest", name, name]) == BAD_INPUT
    assert "is given twice" in capsys.readouterr().err


def test_locked_history_is_told(home: Path, capsys: pytest.CaptureFixture[str],
                                monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("dashboard.store.LOCK_TIMEOUT_S", 0.05)
    one, two = files(2, testing.Machine(1), "run")
    assert main(["ingest", one]) == CLEAN
    capsys.readouterr()
    other = sqlite3.connect(home / "history.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert main(["ingest", two]) == BAD_INPUT
    assert "locked by another program" in one_line(capsys)
    other.close()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "the following arguments are required: VERB"),
        (["dance"], "invalid choice: 'dance'"),
        (["check", "--fast"], "unrecognized arguments: --fast"),
        (["ingest"], "the following arguments are required: FILE"),
        (["ingest", "none.json"], "none.json: cannot be read: No such file or directory"),
        (["check", "--min-effect", "-3"], "a percentage above 0 is wanted"),
        (["check", "--min-effect", "nan"], "a percentage above 0 is wanted"),
        (["check"], "no history here yet"),
        (["report"], "no history here yet"),
        (["compare", "a.json"], "the following arguments are required: B"),
        (["compare", "a.json", "b.json"], "a.json: cannot be read"),
    ],
)
def test_bad_input_is_one_line(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == BAD_INPUT
    assert says in one_line(capsys)


def test_foreign_file_needs_a_commit(capsys: pytest.CaptureFixture[str]) -> None:
    data = testing.Machine(1).run()
    context = {"date": data["context"]["date"], "num_cpus": 2}
    rows = [{"name": "BM_X", "real_time": 5.0, "time_unit": "ns"}]
    Path("other.json").write_text(json.dumps({"context": context, "benchmarks": rows}))
    assert main(["ingest", "other.json"]) == BAD_INPUT
    assert "context.git_commit is missing: say which with --commit" in one_line(capsys)
    assert main(["ingest", "other.json", "--commit", "0123abc"]) == CLEAN


def test_compare_tells_two_files_apart(capsys: pytest.CaptureFixture[str]) -> None:
    machine = testing.Machine(1)
    testing.write(Path("a.json"), machine.run(rounds=12))
    testing.write(Path("b.json"), machine.run(rounds=12, effects={"after_in_select/after": 3.0},
                                              policy="nospin"))  # fmt: skip
    assert main(["compare", "a.json", "b.json"]) == REGRESSION
    assert "regressed  after_in_select/after" in capsys.readouterr().out


def test_folder_that_cannot_be_written_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    main(["ingest", *files(1, testing.Machine(1), "run")])
    capsys.readouterr()
    Path("taken").write_text("a file")
    assert main(["report", "--out", "taken"]) == BAD_INPUT
    assert "taken: " in one_line(capsys)


def test_interrupt_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("dashboard.cli.History.add", interrupted)
    assert main(["ingest", *files(1, testing.Machine(1), "run")]) == INTERRUPTED
    assert "interrupted" in one_line(capsys)


def test_help_is_clean(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == CLEAN
    assert "UNPARK_HOME" in capsys.readouterr().out


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q", "-p", "no:cacheprovider"]))
