# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""ci/bench and ci/nightly: flags, exit status, what is stored, the lock and interrupts."""

import fcntl
import re
import sys
from pathlib import Path

import pytest

from ci.checkout import Checkout


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def results(checkout: Checkout) -> list[str]:
    return sorted(path.name for path in (checkout.home / "runs").iterdir())


def test_measures_then_stores_checks_and_reports(checkout: Checkout) -> None:
    done = checkout.run("bench", "--full", "--filter=ex05", "--rounds=3", "--policy=nosteal,nospin")
    assert done.returncode == 0, done.stderr
    suite, ingest, check, report = checkout.calls()
    assert suite.startswith(
        "suite --full --benchmark_filter=ex05 --benchmark_repetitions=3 --policy=nosteal,nospin "
    )
    (result,) = (checkout.home / "runs").glob("*.json")
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{12}\.json", result.name)
    db = checkout.home / "history.sqlite"
    assert ingest == f"dashboard ingest {result} --db {db}"
    assert check == f"dashboard check --db {db}"
    assert report == f"dashboard report --db {db} --out {checkout.home / 'report'}"
    assert (checkout.fakes / "shut-down").exists()


def test_places_can_be_set(checkout: Checkout, tmp_path: Path) -> None:
    home, db, out = tmp_path / "h", tmp_path / "d.sqlite", tmp_path / "o"
    done = checkout.run("bench", f"--home={home}", f"--db={db}", f"--out={out}")
    assert done.returncode == 0, done.stderr
    assert list((home / "runs").glob("*.json"))
    assert checkout.calls()[-1] == f"dashboard report --db {db} --out {out}"
    assert not checkout.home.exists()


def test_a_regression_still_gets_its_report(checkout: Checkout) -> None:
    checkout.fake("check", "exit 1")
    done = checkout.run("bench")
    assert done.returncode == 1
    assert checkout.calls()[-1].startswith("dashboard report")
    assert "REGRESSION" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("part", "status", "message"),
    [
        ("build", 3, "nothing was measured"),
        ("suite", 3, "the suite failed with status 7; nothing was stored"),
        ("ingest", 2, "the run was not stored; the history is as it was"),
        ("check", 2, "the check failed with status 7; the run is stored"),
        ("report", 2, "the report failed; the run is stored"),
    ],
)
def test_a_failing_part_is_named(checkout: Checkout, part: str, status: int, message: str) -> None:
    checkout.fake(part, "exit 7")
    done = checkout.run("bench")
    assert done.returncode == status
    assert message in done.stderr.splitlines()[-1]


def test_a_failed_suite_stores_nothing_and_keeps_its_rows_aside(checkout: Checkout) -> None:
    checkout.fake("suite", 'echo "{}" >"$out"; exit 3')
    assert checkout.run("bench").returncode == 3
    assert len(checkout.calls()) == 1
    assert [name.split(".", 1)[1] for name in results(checkout)] == ["failed.json", "txt"]


@pytest.mark.parametrize(
    ("flag", "message"),
    [
        ("--fast", "unknown flag --fast; ci/bench --help lists them"),
        ("pair", "unknown flag pair; ci/bench --help lists them"),
        ("--filter", "--filter needs a value: --filter=..."),
        ("--filter=", "--filter needs a value: --filter=..."),
        ("--rounds=0", "--rounds is 0; it must be a number from 1 to 9999"),
        ("--rounds=many", "--rounds is many; it must be a number from 1 to 9999"),
        ("--policy=slow", "--policy is slow; it must be of nosteal"),
        ("--policy=nosteal,", "--policy is nosteal,; it must be of nosteal"),
    ],
)
def test_bad_flags_are_one_line_and_2(checkout: Checkout, flag: str, message: str) -> None:
    done = checkout.run("bench", flag)
    assert done.returncode == 2
    assert done.stderr.startswith(f"bench: {message}")
    assert done.stderr.count("\n") == 1
    assert not checkout.home.exists()


def test_a_place_that_cannot_be_written_is_named_before_anything_runs(
    checkout: Checkout, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    done = checkout.run("bench", f"--home={tmp_path / 'file/home'}")
    assert done.returncode == 2
    assert done.stderr == f"bench: {tmp_path / 'file/home/runs'}: cannot write there\n"
    assert checkout.calls() == []


def test_what_the_suite_refuses_is_bad_input_before_anything_is_measured(
    checkout: Checkout,
) -> None:
    checkout.fake("list", "echo 'suite: nothing matches none of 67 benchmarks' >&2; exit 2")
    done = checkout.run("bench", "--filter=nothing")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == "suite: nothing matches none of 67 benchmarks"
    assert checkout.calls() == []


def test_a_second_bench_is_refused(checkout: Checkout) -> None:
    checkout.cache.mkdir()
    with (checkout.cache / "bench.lock").open("w") as lock:
        lock.write("process 1 since noon")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = checkout.run("bench")
    assert done.returncode == 2
    assert done.stderr == (
        "bench: another ci/bench is running (process 1 since noon); wait for it or stop it\n"
    )
    assert checkout.calls() == []
    assert checkout.run("bench").returncode == 0


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ("setup", "stopped by Ctrl-C during set-up; history and report are as they were"),
        ("build", "stopped by Ctrl-C during build; history and report are as they were"),
        ("suite", "stopped by Ctrl-C during suite; history and report are as they were"),
        ("ingest", "before the run was stored"),
        ("check", "stopped by Ctrl-C; the run is stored"),
        ("report", "stopped by Ctrl-C; the run is stored"),
    ],
)
def test_an_interrupt_says_what_happened(checkout: Checkout, part: str, message: str) -> None:
    status, messages = checkout.run_and_interrupt("bench", part)
    assert status == 130, messages
    assert message in messages.splitlines()[-1]
    # Nothing half-written is left, and the next one is not locked out.
    assert all(name.endswith((".json", ".txt")) for name in results(checkout))
    assert part != "suite" or results(checkout) == []
    (checkout.fakes / part).unlink()
    assert checkout.run("bench").returncode == 0


def test_nightly_returns_the_status_and_keeps_the_messages(checkout: Checkout) -> None:
    checkout.fake("check", "echo slower; exit 1")
    done = checkout.run("nightly", "--filter=ex01")
    assert done.returncode == 1
    (log,) = (checkout.home / "nightly").iterdir()
    assert "slower" in log.read_text()
    assert "REGRESSION" in log.read_text()


if __name__ == "__main__":
    sys.exit(pytest.main([__file__]))
