# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Study as its users see it: the lesson, the comparison, the verdict, and what it refuses."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

FIXTURE = Path("benchmarks/study_fixture").resolve()
QUICK = "--seconds=0.01"


def study(scenario: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(FIXTURE), scenario, *arguments], capture_output=True, text=True, check=False
    )


def test_tells_lesson_times_events_and_verdict() -> None:
    done = study("good", "98", QUICK, "--procs=2")
    assert done.returncode == 0, done.stderr
    text = done.stdout
    assert "Exercise 98: one" in text
    assert 'Say "no" to \\ waste.' in text
    assert "44 times" in text
    for variant in ("before", "after", "sharded"):
        assert any(line.split()[:2] == [variant, "2"] for line in text.splitlines())
    assert any(line.split()[0] == "parks" for line in text.splitlines() if line.strip())
    assert "Verdict: " in text.splitlines()[-1]


@pytest.mark.parametrize("name", ["98", "one", "ex98_one"])
def test_takes_number_name_or_slug(name: str) -> None:
    done = study("good", name, QUICK, "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["exercise"], result["pair"]) == (98, "one")
    before, after, _sharded = result["variants"]
    assert (before["low"], before["ratio"], before["high"]) == (1, 1, 1)
    assert after["low"] <= after["ratio"] <= after["high"]


def test_what_is_wrong_on_purpose_has_no_ratio() -> None:
    done = study("good", "two", QUICK, "--json")
    assert done.returncode == 0, done.stderr
    wrong = json.loads(done.stdout)["variants"][2]
    assert wrong["name"].startswith("two/wrong/")
    assert "ratio" not in wrong


def test_lists_the_exercises() -> None:
    done = study("good", "--list")
    assert done.returncode == 0
    assert [line.split()[:3] for line in done.stdout.splitlines()] == [
        ["98", "one", "always"],
        ["99", "two", "always"],
    ]


def test_lists_them_for_machines_too() -> None:
    listed = json.loads(study("good", "--list", "--json").stdout)
    assert [(entry["exercise"], entry["pair"]) for entry in listed] == [(98, "one"), (99, "two")]
    assert listed[0]["claim"] == 44


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["12"], "there is no exercise '12'; the nearest is 98, one (--list shows all)"),
        (["thw"], "there is no exercise 'thw'; the nearest is 99, two (--list shows all)"),
        ([], "which exercise? --list shows them"),
        (["98", "99"], "one exercise at a time: 98 or 99"),
        (["98", "--fast"], "unknown flag --fast (--help lists the flags)"),
        (["98", "--seconds=0"], "--seconds='0' is not a number from 0.01 to 3600"),
        (["98", "--procs=x"], "--procs='x' is not a number from 1 to 1024"),
        (["98", "--workload=n:7"], "--workload='n:7' is none of n:100 n:800"),
        (["98", "--figure=a.gif"], "--figure='a.gif' is neither .svg nor .png"),
        (["98", "--figure=a.svg"], "--figure goes with --sweep"),
        (["98", "--sweep", "--go"], "--go does not go with --sweep"),
        (["98", "--source", "--json"], "--source does not go with --json"),
        (
            ["99", "--sweep"],
            "--sweep: no parameter decides whether two pays; premature below: 1 op/s",
        ),
    ],
)
def test_refuses_in_a_line(arguments: list[str], message: str) -> None:
    done = study("good", *arguments)
    assert (done.returncode, done.stderr) == (2, f"study: {message}\n")


def test_a_sweep_shows_each_value_and_the_threshold() -> None:
    done = study("good", "98", "--sweep", QUICK, "--procs=2", "--json")
    assert done.returncode == 0, done.stderr
    sweep = json.loads(done.stdout)
    assert (sweep["pair"], sweep["parameter"], sweep["premature_rate"]) == ("one", "n", 1000)
    assert [point["value"] for point in sweep["points"]] == [1, 2]
    assert all(point["low"] <= point["ratio"] <= point["high"] for point in sweep["points"])
    text = study("good", "98", "--sweep", QUICK, "--procs=2").stdout
    assert "Crossover: " in text
    assert "premature below 1 op/s; at that rate the after saves" in text


def test_a_figure_needs_its_program() -> None:
    done = study("good", "98", "--sweep", QUICK, "--procs=2", "--figure=/tmp/unpark-none.svg")
    assert done.returncode == 2
    assert done.stderr.endswith("there is no such program; use bazel run\n")


def test_without_go_it_says_how_to_get_it() -> None:
    done = subprocess.run(
        [str(FIXTURE), "good", "98", "--go"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/nowhere"},
    )
    assert done.returncode == 2
    assert done.stderr.startswith("study: --go: there is no go on PATH: install Go 1.23 or later")


def test_a_wrong_answer_fails() -> None:
    done = study("wrong", "odd", QUICK, "--procs=2")
    assert done.returncode == 3
    assert done.stderr.endswith("study: odd/before/n:100/procs:2: wrong answer: got 99, want 100\n")
    assert "Verdict" not in done.stdout


if __name__ == "__main__":
    sys.exit(pytest.main([__file__]))
