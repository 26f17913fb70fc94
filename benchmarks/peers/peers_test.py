# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""The runner as its users see it, with made-up programs in place of the systems."""

import os
import random
import re
import stat
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks.peers import peers, systems
from dashboard.run import Run

COMMIT = "0123456789abcdef0123456789abcdef01234567"
PROGRAM = """#!/usr/bin/python3
import json, sys
given = dict(a[2:].partition("=")[::2] for a in sys.argv[1:])
if "series" in given:
    for name, workers in (("mutex_8", [2]), ("spawn_one", [1, 2])):
        print(json.dumps({"name": name, "row": name, "size": 8, "workers": workers}))
elif "context" in given:
    print(json.dumps({"machine": "m1", "cpu_model": "a CPU"}))
elif "list" in given:
    print("\\n".join(ROWS))
elif given["row"] == FAILS:
    sys.exit("the reason")
else:
    print(json.dumps({"row": given["row"], "operations": 10, "ns_per_op": NS,
                      "cpu_ns_per_op": NS, "answer": ANSWER, "figures": {}}))
"""


def program(
    folder: Path,
    name: str,
    ns: float = 10,
    answer: str = "42",
    rows: Sequence[str] = ("mutex_8", "spawn_one"),
    fails: str = "",
) -> Path:
    path = folder / name
    text = PROGRAM.replace("ANSWER", repr(answer)).replace("FAILS", repr(fails))
    path.write_text(text.replace("ROWS", repr(rows)).replace("NS", str(ns)))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def given(tmp_path: Path) -> list[str]:
    ours, go = program(tmp_path, "ours", 10), program(tmp_path, "theirs", 40)
    return [f"--program=unpark={ours}", f"--program=go={go}", "--systems=go", "--repetitions=2"]


def test_prints_ratios_and_the_geometric_mean(
    given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert peers.main(given) == peers.CLEAN
    out = capsys.readouterr().out
    assert "geometric mean of Go / unpark over 3 rows: 4.00" in out
    assert out.count("4.00 [4.00, 4.00]") == 2 * 3


def test_the_file_is_one_that_the_dashboard_takes(given: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    assert peers.main([*given, f"--out={out}", f"--commit={COMMIT}"]) == peers.CLEAN
    run = Run.load(out)
    assert (run.commit, run.policy, run.machine) == (COMMIT, "peers", "m1")
    assert run.benches["primitives/go/mutex_8/procs:2"].ns == (40, 40)
    assert set(run.benches) == {
        f"primitives/{system}/{series}"
        for system in ("unpark", "go")
        for series in ("mutex_8/procs:2", "spawn_one/procs:1", "spawn_one/procs:2")
    }


def test_rows_selects_by_name_and_workers(
    given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert peers.main([*given, "--rows=^spawn_one/2$"]) == peers.CLEAN
    assert "over 1 rows" in capsys.readouterr().out


def test_a_wrong_answer_is_named_and_exits_3(
    given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = program(tmp_path, "wrong", answer="43")
    assert peers.main([*given, f"--program=go={wrong}", "--rows=mutex"]) == peers.FAILED
    error = capsys.readouterr().err
    assert "peers: mutex_8/2" in error
    assert "wrong answer" in error
    assert "42" in error
    assert "43" in error


def test_a_program_that_fails_is_named_and_the_others_are_shown(
    given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failing = program(tmp_path, "failing", 40, fails="mutex_8")
    assert peers.main([*given, f"--program=go={failing}"]) == peers.FAILED
    shown = capsys.readouterr()
    assert "peers: mutex_8/2 go: exit status 1: the reason" in shown.err
    assert shown.err.count("the reason") == 1  # it is not run again
    assert "over 2 rows" in shown.out


def test_a_row_that_a_system_lacks_is_left_out(
    given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small = program(tmp_path, "small", 20, rows=("mutex_8",))
    assert peers.main([*given, f"--program=go={small}"]) == peers.CLEAN
    assert "over 1 rows: 2.00" in capsys.readouterr().out


def test_an_interrupt_writes_nothing(
    given: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(step: peers.Step, min_time: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(peers, "run_step", interrupt)
    out = tmp_path / "out.json"
    assert peers.main([*given, f"--out={out}", f"--commit={COMMIT}"]) == peers.INTERRUPTED
    assert not out.exists()


@pytest.mark.parametrize(
    ("flag", "told"),
    [
        ("--rows=nosuch", "--rows='nosuch' matches none of 3 rows"),
        ("--rows=(", "is no pattern"),
        ("--systems=rust", "'rust' is no system; there are unpark, go, threads"),
        ("--program=x=/bin/true", "'x' is no system"),
        ("--program=go", "SYSTEM=PATH is wanted"),
        ("--repetitions=0", "'0': a number from 1"),
        ("--repetitions=2.5", "'2.5': a number from 1"),
        ("--min-time=soon", "'soon': a number from 0"),
        ("--min-time=nan", "'nan': a number from 0"),
        ("--out=/nosuch/folder/x.json", "there is no such folder"),
        ("--nosuch", "unrecognized arguments: --nosuch"),
    ],
)
def test_a_bad_flag_is_one_line_and_exits_2(
    given: list[str], flag: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        status = peers.main([*given, f"--commit={COMMIT}", flag])
    except SystemExit as stopped:
        status = stopped.code
    error = capsys.readouterr().err
    assert status == peers.BAD_INPUT
    assert told in error
    assert error.count("\n") == 1


def test_a_bad_commit_exits_2(
    given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert peers.main([*given, f"--out={tmp_path}/x.json", "--commit=12"]) == peers.BAD_INPUT
    assert "--commit='12': 40 hex digits are wanted" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"operations": 0}', "nonsense"])
def test_a_line_that_is_no_result_fails(text: str) -> None:
    step = peers.Step(
        peers.Series("a", "a", 0, 1), systems.Program("go", ("go",), "1"), repetition=0
    )
    with pytest.raises(peers.FailedError, match="it printed"):
        peers.read_result(text, step)


def test_a_system_that_is_missing_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    ours = program(tmp_path, "ours")
    assert peers.main([f"--program=unpark={ours}", "--repetitions=1"]) == peers.CLEAN
    error = capsys.readouterr().err
    assert "peers: go skipped: there is no go; install Go 1.23 or later" in error
    assert "peers: threads skipped: there is no g++; install g++ 12 or later" in error


@pytest.mark.parametrize(
    ("text", "least", "right"),
    [
        ("go version go1.26.8 linux/amd64", (1, 23), True),
        ("go version go1.22.9 linux/amd64", (1, 23), False),
        ("go version go1.23 linux/amd64", (1, 23), True),
        ("g++ (Debian 12.2.0-14) 12.2.0", (12,), True),
        ("libtbb-dev 2021.8.0-2", (2021, 8), True),
        ("no number", (1,), False),
    ],
)
def test_versions_are_compared_as_numbers(text: str, least: tuple[int, ...], right: bool) -> None:
    assert systems.is_at_least(text, least) == right


def test_every_repetition_has_every_series_with_its_systems_as_neighbours(tmp_path: Path) -> None:
    chosen = [
        systems.Program(name, (str(program(tmp_path, name)),), "1") for name in ("unpark", "go")
    ]
    series = [peers.Series(name, "mutex_8", 8, 2) for name in ("a", "b", "c")]
    steps = list(peers.plan(series, chosen, 4, random.Random(1)))
    assert len(steps) == 4 * 3 * 2
    for first, second in zip(steps[::2], steps[1::2], strict=True):
        assert (first.series, first.repetition) == (second.series, second.repetition)
        assert first.program != second.program
    orders = {tuple(s.series.name for s in steps[at : at + 6]) for at in range(0, 24, 6)}
    assert len(orders) > 1


def test_progress_says_what_is_left(tmp_path: Path) -> None:
    log = tmp_path / "log"
    times = iter([0.0, 0.0, 20.0, 25.0])
    with log.open("w") as stream:
        progress = peers.Progress(4, stream, lambda: next(times))
        for step in ("a", "b", "c"):
            progress.step(step)
        progress.end()
    assert log.read_text() == "[1/4] a\n[2/4] b, about 60 s left\n"


def test_a_peer_is_built_once_and_elsewhere_than_in_the_tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNPARK_CACHE", str(tmp_path))
    made = systems.System(
        name="made",
        folder="threads",
        version=("sh", "-c", "echo 1.2"),
        build=("sh", "-c", "test -e benchmarks/peers/peer.h && touch program && echo x >> ../log"),
        install="",
        shared=("peer.h",),
    )
    for _ in range(2):
        assert Path(systems.build(made).command[0]).is_relative_to(tmp_path)
    assert (tmp_path / "peers" / "log").read_text() == "x\n"


def test_a_peer_that_does_not_build_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNPARK_CACHE", str(tmp_path))
    broken = systems.System(
        name="broken",
        folder="threads",
        version=("sh", "-c", "echo 1.2"),
        build=("sh", "-c", "echo 'fatal error: no header' >&2; exit 1"),
        install="install the header",
    )
    with pytest.raises(systems.UnavailableError, match="fatal error: no header; install the head"):
        systems.build(broken)


def test_the_command_line_is_a_program(given: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.peers.peers", *given, "--list"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stdout.splitlines()[:3] == ["mutex_8/2", "spawn_one/1", "spawn_one/2"]


def test_series_come_from_unparks_program(tmp_path: Path) -> None:
    ours = systems.Program("unpark", (str(program(tmp_path, "ours")),), "1")
    series = peers.select(peers.read_series(ours), re.compile("one/1"))
    assert series == [peers.Series("spawn_one", "spawn_one", 8, 1)]


def test_curves_grow_one_thing_at_a_time(
    given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert peers.main([*given, "--curves", "--rows=^mutex", "--list"]) == peers.CLEAN
    shown = capsys.readouterr().out.splitlines()
    assert [line for line in shown if "/" in line and line.startswith("mutex")] == [
        f"mutex_{2**n}/2" for n in range(7)
    ]
    for curve in peers.CURVES:
        assert len(curve.sizes) == 1 or len(curve.workers) == 1


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, *sys.argv[1:]]))
