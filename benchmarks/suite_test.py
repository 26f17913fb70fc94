# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""The suite as its users see it: names, rounds, counters, exit status, and the file it leaves."""

import json
import os
import pty
import signal
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

FIXTURE = Path("benchmarks/suite_fixture").resolve()
COMPARE = Path("../com_github_google_benchmark/compare").resolve()
COMMIT = "0123456789abcdef0123456789abcdef01234567"
ROUNDS = 3
QUICK = ["--benchmark_min_time=0.001", f"--benchmark_repetitions={ROUNDS}"]
CANARIES = {
    "canary/integer_spin",
    "canary/memory",
    "canary/contended_atomic",
    "canary/futex_round_trip",
    "canary/syscall",
}


def suite(
    scenario: str, *flags: str, cwd: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    # Without Bazel's variables the suite stands where the test puts it.
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("BUILD_", "GIT_"))}
    return subprocess.run(
        [str(FIXTURE), scenario, *flags],
        cwd=cwd,
        env=inherited | {"GIT_CEILING_DIRECTORIES": str(cwd.parent)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def measured(cwd: Path, *flags: str, scenario: str = "good") -> dict[str, Any]:
    done = suite(scenario, *QUICK, f"--commit={COMMIT}", "--benchmark_out=o.json", *flags, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return json.loads((cwd / "o.json").read_text())


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return measured(tmp_path_factory.mktemp("run"), "--procs=1,2", "--seed=5")


def rounds_of(run: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    rows = defaultdict(list)
    for row in run["benchmarks"]:
        if row["run_type"] == "iteration":
            rows[row["name"]].append(row)
    return rows


def test_names_say_pair_variant_workload_and_procs(run: dict[str, Any]) -> None:
    assert set(rounds_of(run)) == CANARIES | {
        "one/before/n:100/procs:1",
        "one/before/n:100/procs:2",
        "one/after/n:100/procs:1",
        "one/after/n:100/procs:2",
        "one/sharded/n:100/procs:1",
        "one/sharded/n:100/procs:2",
        "two/before/n:100/procs:64",
        "two/after/n:100/procs:1",
        "two/wrong/n:100/procs:1",
        "two/wrong/n:100/procs:2",
    }


def test_each_row_knows_its_round(run: dict[str, Any]) -> None:
    for rows in rounds_of(run).values():
        assert [row["repetition_index"] for row in rows] == list(range(ROUNDS))
        assert [row["round"] for row in rows] == list(range(ROUNDS))
        assert {row["repetitions"] for row in rows} == {ROUNDS}
        assert len({row["iterations"] for row in rows}) == 1


def test_rows_carry_times_events_and_allocations(run: dict[str, Any]) -> None:
    for name, rows in rounds_of(run).items():
        for row in rows:
            assert row["time_unit"] == "ns"
            assert row["ns_per_op"] == pytest.approx(row["real_time"] / row["ops"])
            assert row["cpu_ns_per_op"] == pytest.approx(row["cpu_time"] / row["ops"])
            if name in CANARIES:
                continue
            assert name.endswith(f"/procs:{row['procs']:.0f}")
            assert row["ops"] == 100
            assert row["ev.parks"] == sum(row[key] for key in row if key.startswith("ev.parks_"))
            assert row["fig.answer"] == 42


def test_allocations_are_those_of_the_timed_loop(run: dict[str, Any]) -> None:
    rows = rounds_of(run)
    for row in rows["one/before/n:100/procs:2"]:
        assert row["allocs_per_op"] == pytest.approx(1, rel=0.01)
        assert row["alloc_bytes_per_op"] == pytest.approx(10, rel=0.01)
    for row in rows["one/after/n:100/procs:2"]:
        assert row["allocs_per_op"] == pytest.approx(0, abs=0.001)


def test_latencies_become_percentiles(run: dict[str, Any]) -> None:
    rows = rounds_of(run)
    for row in rows["one/before/n:100/procs:2"]:
        assert (row["p50_ns"], row["p99_ns"]) == (50, 99)
    assert "p50_ns" not in rows["one/after/n:100/procs:2"][0]


def test_what_is_wrong_on_purpose_is_marked(run: dict[str, Any]) -> None:
    rows = rounds_of(run)
    assert all(row["wrong_on_purpose"] == 1 for row in rows["two/wrong/n:100/procs:2"])
    assert all("wrong_on_purpose" not in row for row in rows["two/after/n:100/procs:1"])


def test_aggregates_are_google_benchmarks(run: dict[str, Any]) -> None:
    times = [row["real_time"] for row in rounds_of(run)["canary/syscall"]]
    aggregates = {
        row["aggregate_name"]: row
        for row in run["benchmarks"]
        if row["run_name"] == "canary/syscall" and row["run_type"] == "aggregate"
    }
    assert set(aggregates) == {"mean", "median", "stddev", "cv"}
    mean = sum(times) / len(times)
    stddev = (sum((t - mean) ** 2 for t in times) / (len(times) - 1)) ** 0.5
    assert aggregates["mean"]["real_time"] == pytest.approx(mean)
    assert aggregates["median"]["real_time"] == pytest.approx(sorted(times)[len(times) // 2])
    assert aggregates["stddev"]["real_time"] == pytest.approx(stddev)
    assert aggregates["cv"]["real_time"] == pytest.approx(stddev / mean)
    assert aggregates["median"]["name"] == "canary/syscall_median"


def test_context_tells_where_the_run_belongs(run: dict[str, Any]) -> None:
    context = run["context"]
    assert context["library_build_type"] == "release"
    assert context["executable"].endswith("suite_fixture")
    assert context["git_commit"] == COMMIT
    assert context["unpark_schema"] == "1"
    assert context["seed"] == "5"
    assert context["policy"] == "default"
    assert context["rounds"] == str(ROUNDS)
    assert context["size"] == "core"
    assert "-std=c++20" in context["compiler_flags"]
    for key in "build_id cgroup_quota compiler cpu_model governor kernel machine".split():
        assert context[key], key
    assert {"smt", "turbo", "load_avg"} <= set(context)


def test_context_describes_each_pair(run: dict[str, Any]) -> None:
    assert json.loads(run["context"]["pair.two"]) == {
        "exercise": 99,
        "lesson": 'Say "no" to \\ waste.',
        "claim": 44,
        "claim_text": "44 times",
        "claim_source": "a test",
        "tier": "always",
        "premature_below": "1 op/s",
        "variants": ["before", "after", "wrong"],
        "wrong_on_purpose": ["wrong"],
        "signature": [
            {"counter": "parks", "before_at_least": 1, "after_at_most": 0.25, "workload": ""}
        ],
        "not_measured": "",
    }


def test_googles_compare_accepts_the_file(run: dict[str, Any], tmp_path: Path) -> None:
    for name in ("old.json", "new.json"):
        (tmp_path / name).write_text(json.dumps(run))
    done = subprocess.run(
        [str(COMPARE), "--no-color", "benchmarks", "old.json", "new.json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = Counter(line.split()[0] for line in done.stdout.splitlines() if "/" in line)
    assert lines["one/before/n:100/procs:2"] == ROUNDS
    assert lines["one/before/n:100/procs:2_pvalue"] == 1


def progress_of(*flags: str, cwd: Path) -> list[list[str]]:
    """Gives the names that a run on a terminal shows, round by round."""
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [str(FIXTURE), "good", *QUICK, *flags],
        cwd=cwd,
        stdout=subprocess.DEVNULL,
        stderr=follower,
    ) as child:
        os.close(follower)
        text = b""
        try:
            while chunk := os.read(leader, 65536):
                text += chunk
        except OSError:  # the terminal's other end is closed
            pass
        assert child.wait() == 0
    os.close(leader)
    rounds: list[list[str]] = [[] for _ in range(ROUNDS)]
    for line in text.decode().split("\r"):
        words = line.replace("[ ", "[").split()
        if words[1:2] == ["round"]:
            rounds[int(words[2].split("/")[0]) - 1].append(words[3])
    return rounds


def test_rounds_are_whole_and_shuffled(tmp_path: Path) -> None:
    rounds = progress_of("--seed=5", cwd=tmp_path)
    for names in rounds:
        assert sorted(names) == sorted(set(names))
        assert set(names) == set(rounds[0])
        assert set(names) >= CANARIES
        sides = [names.index(f"one/{side}/n:100/procs:2") for side in ("before", "after")]
        assert abs(sides[0] - sides[1]) == 1
    assert rounds[0] != rounds[1]
    assert progress_of("--seed=5", cwd=tmp_path) == rounds


def test_a_filter_leaves_the_canaries(tmp_path: Path) -> None:
    rows = rounds_of(measured(tmp_path, "--benchmark_filter=one/after", "--procs=2"))
    assert set(rows) == CANARIES | {"one/after/n:100/procs:2"}


def test_list_is_what_would_run(tmp_path: Path) -> None:
    done = suite(
        "good", "--benchmark_list_tests", "--benchmark_filter=after", "--procs=4", cwd=tmp_path
    )
    assert done.returncode == 0
    assert set(done.stdout.split()) == CANARIES | {
        "one/after/n:100/procs:4",
        "two/after/n:100/procs:1",
    }


def test_full_adds_the_large_workloads(tmp_path: Path) -> None:
    done = suite("good", "--benchmark_list_tests", "--full", "--procs=2", cwd=tmp_path)
    assert "one/before/n:800/procs:2" in done.stdout.split()


def test_policy_is_recorded(tmp_path: Path) -> None:
    run = measured(tmp_path, "--policy=nosteal,norunnext", "--benchmark_filter=two/after")
    assert run["context"]["policy"] == "norunnext,nosteal"


def test_aggregates_only_leaves_the_rounds_out(tmp_path: Path) -> None:
    run = measured(tmp_path, "--benchmark_report_aggregates_only", "--benchmark_filter=two/after")
    assert {row["run_type"] for row in run["benchmarks"]} == {"aggregate"}


def test_csv_has_a_column_for_every_counter(tmp_path: Path) -> None:
    done = suite("good", *QUICK, "--benchmark_format=csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    header = done.stdout.splitlines()[0]
    for column in ("name", '"ns_per_op"', '"p99_ns"', '"wrong_on_purpose"', '"ev.parks"'):
        assert column in header.split(",")


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--nonsense"], "suite: unknown flag --nonsense (--help lists the flags)"),
        (["--procs=0"], "suite: --procs='0' is not a list of numbers from 1 to 1024, as 1,2"),
        (
            ["--benchmark_filter=nothing"],
            "suite: --benchmark_filter='nothing' matches none of 11 benchmarks "
            "(--benchmark_list_tests lists them)",
        ),
        (
            ["--benchmark_out=no/such/o.json", f"--commit={COMMIT}"],
            "suite: --benchmark_out='no/such/o.json' cannot be written: No such file or directory",
        ),
    ],
)
def test_bad_flags_are_refused_in_a_line(flags: list[str], message: str, tmp_path: Path) -> None:
    done = suite("good", *QUICK, *flags, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, message + "\n")


def test_a_pair_that_may_not_run_is_refused(tmp_path: Path) -> None:
    done = suite("refused", *QUICK, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, 'suite: pair.cc: "odd": it has no lesson\n')


def test_a_file_needs_a_commit(tmp_path: Path) -> None:
    done = suite("good", *QUICK, "--benchmark_out=o.json", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("suite: the commit is not known")
    assert done.stderr.endswith("give it with --commit=HASH\n")
    assert list(tmp_path.iterdir()) == []


def test_the_commit_comes_from_git(tmp_path: Path) -> None:
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]
    (tmp_path / "file").write_text("1")
    for command in (["init", "-q"], ["add", "file"], ["commit", "-qm", "one"]):
        subprocess.run([*git, *command], cwd=tmp_path, check=True)
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout.strip()
    flags = [*QUICK, "--benchmark_filter=two/after", "--benchmark_out=o.json"]
    for content, dirty in (("1", "false"), ("2", "true")):
        (tmp_path / "file").write_text(content)
        assert suite("good", *flags, cwd=tmp_path).returncode == 0
        context = json.loads((tmp_path / "o.json").read_text())["context"]
        assert (context["git_commit"], context["git_dirty"]) == (head, dirty)
        assert "T" in context["git_time"]


@pytest.mark.parametrize(
    ("scenario", "message"),
    [
        ("wrong", "wrong answer: got 99, want 100"),
        (
            "blind",
            "variant before is registered wrong on purpose "
            "but its check found nothing in 1000 runs",
        ),
    ],
)
def test_a_wrong_answer_is_refused_before_anything_is_timed(
    scenario: str, message: str, tmp_path: Path
) -> None:
    done = suite(
        scenario,
        *QUICK,
        "--procs=2",
        f"--commit={COMMIT}",
        "--benchmark_out=o.json",
        cwd=tmp_path,
    )
    assert done.returncode == 3
    *_, told, end = done.stderr.splitlines()
    assert told == f"suite: odd/pair.cc: odd/before/n:100/procs:2: {message}"
    assert end == "suite: nothing was timed"
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_an_answer_that_becomes_wrong_fails_its_row_alone(tmp_path: Path) -> None:
    done = suite(
        "late",
        *QUICK,
        "--procs=2",
        f"--commit={COMMIT}",
        "--benchmark_out=o.json",
        cwd=tmp_path,
    )
    assert done.returncode == 3
    message = "wrong answer: got 99, want 100"
    assert f"suite: odd/before/n:100/procs:2: {message}" in done.stderr.splitlines()
    rows = rounds_of(json.loads((tmp_path / "o.json").read_text()))
    (failed,) = rows["odd/before/n:100/procs:2"]
    assert failed["error_occurred"] is True
    assert failed["error_message"] == message
    assert len(rows["odd/after/n:100/procs:2"]) == ROUNDS


@pytest.mark.parametrize(
    ("scenario", "message"),
    [
        ("crash", "check of odd/before/n:100/procs:2 crashed with signal 6 (Aborted)"),
        ("quit", "check of odd/before/n:100/procs:2 ended with status 2"),
    ],
)
def test_a_crash_is_told_and_keeps_the_old_file(
    scenario: str, message: str, tmp_path: Path
) -> None:
    (tmp_path / "o.json").write_text("as before")
    done = suite(
        scenario,
        *QUICK,
        "--procs=2",
        f"--commit={COMMIT}",
        "--benchmark_out=o.json",
        cwd=tmp_path,
    )
    assert done.returncode == 3
    assert f"suite: {message}; nothing was written" in done.stderr.splitlines()
    assert [path.name for path in tmp_path.iterdir()] == ["o.json"]
    assert (tmp_path / "o.json").read_text() == "as before"


def test_a_row_that_never_ends_is_stopped(tmp_path: Path) -> None:
    done = suite("stuck", *QUICK, "--row_limit=1", "--procs=2", cwd=tmp_path)
    assert done.returncode == 3
    assert "was stopped: it took longer than 1 s (--row_limit)" in done.stderr


def test_an_interrupt_ends_the_run_after_its_row(tmp_path: Path) -> None:
    done = suite("interrupt", *QUICK, f"--commit={COMMIT}", "--benchmark_out=o.json", cwd=tmp_path)
    assert done.returncode == 130
    assert done.stderr.splitlines()[-1] == "suite: interrupted; nothing was written"
    assert list(tmp_path.iterdir()) == []


def test_a_second_interrupt_ends_it_at_once(tmp_path: Path) -> None:
    with subprocess.Popen(
        [str(FIXTURE), "stuck"], cwd=tmp_path, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stderr is not None
        lines = iter(child.stderr)
        assert any(line == "stuck\n" for line in lines)
        child.send_signal(signal.SIGINT)
        assert any(line.startswith("stopping after this row") for line in lines)
        # One that comes within half a second counts as the first one again.
        while child.poll() is None:
            child.send_signal(signal.SIGINT)
            try:
                child.wait(timeout=0.1)
            except subprocess.TimeoutExpired:
                continue
        assert child.returncode == 130
        assert any("suite: interrupted in check of odd/before" in line for line in lines)


def test_a_quota_row_counts_its_throttling_or_says_why_not(tmp_path: Path) -> None:
    run = measured(tmp_path, "--procs=2", "--benchmark_filter=odd", scenario="quota")
    rows = rounds_of(run)
    reason = json.loads(run["context"]["pair.odd"])["not_measured"]
    assert len(rows["odd/after/n:100/procs:2"]) == ROUNDS
    if reason:
        assert "odd/before/n:100/procs:2" not in rows
    else:
        # On a busy machine the row may never use its quota up: that it throttles is quota_test's.
        for row in rows["odd/before/n:100/procs:2"]:
            assert {"ev.cgroup_throttled", "ev.cgroup_throttled_ns"} <= set(row)


if __name__ == "__main__":
    sys.exit(pytest.main([__file__]))
