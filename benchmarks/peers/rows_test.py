# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""The programs: every row of ours gives the right answer, and no peer lacks a row without a reason.

A program compares each batch with the right answer itself, and exits 3 when it differs.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.peers import systems

OURS = systems.HERE / "unpark_peer"
# Rows whose usual size is too long for a test.
SMALL = {
    "spawn_all": 1000,
    "skynet": 1000,
    "fib": 10,
    "parked": 1000,
    "sleepers": 10,
    "context_tree": 10,
    "timer_stop": 10,
    "timer_reset": 10,
    "after_func_stop": 10,
}


def peer(program: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(program), *arguments], capture_output=True, text=True, check=False, timeout=120
    )


ROWS = peer(OURS, "--list").stdout.split()
SERIES = [json.loads(line) for line in peer(OURS, "--series").stdout.splitlines()]


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("row", ROWS)
def test_a_row_runs_and_its_answer_is_right(row: str, workers: int) -> None:
    size = [f"--size={SMALL[row]}"] if row in SMALL else []
    done = peer(OURS, f"--row={row}", f"--workers={workers}", "--min_time=0", *size)
    assert done.returncode == 0, done.stderr
    line = json.loads(done.stdout)
    assert line["row"] == row
    assert line["operations"] > 0
    assert line["ns_per_op"] > 0
    assert line["cpu_ns_per_op"] > 0
    if "p50_ns" in line["figures"]:
        assert line["figures"]["p50_ns"] <= line["figures"]["p99_ns"]


def test_an_answer_follows_from_the_work() -> None:
    done = peer(OURS, "--row=fib", "--size=15", "--min_time=0")
    assert json.loads(done.stdout)["answer"] == "610"
    assert json.loads(done.stdout)["operations"] == 986  # spawns: the 16th, less one


@pytest.mark.parametrize("capacity", [0, 1, 7])
def test_a_channel_of_any_capacity_loses_nothing(capacity: int) -> None:
    for row in ("chan_1p1c", "chan_8p1c", "chan_1p8c", "select_producers"):
        done = peer(OURS, f"--row={row}", f"--size={capacity}", "--workers=2", "--min_time=0")
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("cases", [1, 3, 64])
def test_select_takes_any_number_of_cases(cases: int) -> None:
    done = peer(OURS, "--row=select_ready", f"--size={cases}", "--min_time=0")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("argument", "told"),
    [
        ("--row=nosuch", "peer: --row='nosuch' is no row (--list)"),
        ("--workers=0", "peer: --workers='0' is out of range"),
        ("--workers=two", "peer: --workers='two' is out of range"),
        ("--size=-1", "peer: --size='-1' is out of range"),
        ("--min_time=-1", "peer: --min_time='-1' is out of range"),
        ("--nosuch", "peer: unknown argument --nosuch"),
    ],
)
def test_a_bad_argument_is_one_line_and_exits_2(argument: str, told: str) -> None:
    done = peer(OURS, "--row=spawn_one", argument)
    assert (done.returncode, done.stderr) == (2, told + "\n")


def test_series_have_unique_names_and_known_rows() -> None:
    names = [series["name"] for series in SERIES]
    assert len(names) == len(set(names))
    assert {series["row"] for series in SERIES} <= set(ROWS)


def test_the_context_says_which_machine() -> None:
    assert json.loads(peer(OURS, "--context").stdout)["machine"]


@pytest.mark.parametrize("system", systems.SYSTEMS, ids=lambda system: system.name)
def test_what_a_system_lacks_are_rows_with_a_reason(system: systems.System) -> None:
    assert set(system.left_out) <= {series["row"] for series in SERIES}
    assert all(system.left_out.values())


# Rust's program takes minutes to build.
QUICK = [system for system in systems.SYSTEMS if system.folder != "rust"]


@pytest.mark.parametrize("system", QUICK, ids=lambda system: system.name)
def test_a_system_has_each_row_or_a_reason(
    system: systems.System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNPARK_CACHE", str(tmp_path))
    monkeypatch.setenv("GOCACHE", str(tmp_path / "go"))
    try:
        built = systems.build(system)
    except systems.UnavailableError as why:
        pytest.skip(str(why))
    rows = {series["row"] for series in SERIES}
    assert built.rows() | set(system.left_out) >= rows
    assert not built.rows() & set(system.left_out)
    # It starts, and the rows of both agree on their answer.
    row = "atomic_add" if "atomic_add" in built.rows() else sorted(built.rows() & rows)[0]
    answers = {
        json.loads(peer(Path(command[0]), *command[1:], f"--row={row}", "--min_time=0").stdout)[
            "answer"
        ]
        for command in ((str(OURS),), built.command)
    }
    assert len(answers) == 1


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, *sys.argv[1:]]))
