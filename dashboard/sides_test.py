# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Sides: what is compared with what."""

import sys
from typing import Any

import pytest

from dashboard import testing
from dashboard.run import Run, parse_run
from dashboard.sides import Mode, choose_sides, label

LATER = "2026-03-05T00:00:00+00:00"


class Runs:
    """Makes runs of one machine, each measured after the one before."""

    def __init__(self) -> None:
        self.machine = testing.Machine(3)
        self.all: list[Run] = []

    def add(self, n: int = 1, build_id: str = "", **kwargs: Any) -> list[Run]:
        made = []
        for _ in range(n):
            data = self.machine.run(rounds=1, **kwargs)
            data["context"]["build_id"] = build_id
            made.append(parse_run(data, "run.json"))
        self.all += made
        return made


@pytest.fixture
def runs() -> Runs:
    return Runs()


def test_new_commit_is_compared_with_those_before(runs: Runs) -> None:
    old = runs.add(3)
    new = runs.add(2, commit=testing.COMMIT_B, git_time=LATER)
    sides = choose_sides(runs.all[::-1])
    assert sides.mode is Mode.CHANGE
    assert list(sides.baseline.runs) == old
    assert list(sides.candidate.runs) == new


def test_backfilled_old_commit_takes_its_place_by_commit_time(runs: Runs) -> None:
    new = runs.add(2, commit=testing.COMMIT_B, git_time=LATER)
    old = runs.add(2)
    sides = choose_sides(runs.all)
    assert list(sides.candidate.runs) == new
    assert list(sides.baseline.runs) == old


def test_switched_policy_is_compared_with_the_default_of_its_commit(runs: Runs) -> None:
    runs.add(2, commit="c" * 40, git_time="2026-02-01T00:00:00+00:00")
    default = runs.add(4)
    runs.add(3, policy="norunnext")
    switched = runs.add(3, policy="nosteal")
    sides = choose_sides(runs.all)
    assert list(sides.candidate.runs) == switched
    assert list(sides.baseline.runs) == default
    assert sides.candidate.label == "aaaaaaaaaa policy=nosteal"


def test_switched_policy_of_a_commit_hardly_measured_is_compared_with_the_default_before(
    runs: Runs,
) -> None:
    default = runs.add(5) + runs.add(2, commit=testing.COMMIT_B, git_time=LATER)
    runs.add(3, commit=testing.COMMIT_B, git_time=LATER, policy="nosteal")
    assert list(choose_sides(runs.all).baseline.runs) == default


def test_default_build_skips_runs_with_a_policy(runs: Runs) -> None:
    default = runs.add(3)
    runs.add(3, policy="nosteal")
    runs.add(1, commit=testing.COMMIT_B, git_time=LATER)
    assert list(choose_sides(runs.all).baseline.runs) == default


def test_interleaved_configurations_are_told_apart(runs: Runs) -> None:
    for _ in range(3):
        runs.add()
        runs.add(policy="nospin")
    sides = choose_sides(runs.all)
    assert {run.policy for run in sides.candidate.runs} == {"nospin"}
    assert len(sides.candidate.runs) == len(sides.baseline.runs) == 3


def test_one_build_is_split_into_older_and_newer(runs: Runs) -> None:
    made = runs.add(20)
    sides = choose_sides(runs.all)
    assert sides.mode is Mode.SAME_BUILD
    assert list(sides.baseline.runs) == made[:10]
    assert list(sides.candidate.runs) == made[10:]


def test_first_runs_have_nothing_to_compare_with(runs: Runs) -> None:
    runs.add(3)
    assert choose_sides(runs.all).mode is Mode.FIRST


def test_commit_with_the_binary_of_an_older_one_is_the_same_build(runs: Runs) -> None:
    runs.add(4, build_id="1", commit="c" * 40, git_time="2026-02-01T00:00:00+00:00")
    same = runs.add(5, build_id="2")
    runs.add(4, build_id="2", policy="nosteal")
    docs = runs.add(2, build_id="2", commit=testing.COMMIT_B, git_time=LATER)
    sides = choose_sides(runs.all)
    assert sides.mode is Mode.SAME_BUILD
    assert list(sides.baseline.runs) == same
    assert list(sides.candidate.runs) == docs


def test_dirty_builds_are_told_apart_by_their_binary(runs: Runs) -> None:
    one = runs.add(2, build_id="1", dirty=True)
    two = runs.add(2, build_id="2", dirty=True)
    sides = choose_sides(runs.all)
    assert (list(sides.baseline.runs), list(sides.candidate.runs)) == (one, two)


def test_dirty_runs_of_unknown_binary_leave_the_newest_alone(runs: Runs) -> None:
    made = runs.add(9, dirty=True)
    sides = choose_sides(runs.all)
    assert sides.mode is Mode.CHANGE
    assert list(sides.candidate.runs) == made[-1:]
    assert label(made[0]) == "aaaaaaaaaa+dirty"


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q", "-p", "no:cacheprovider"]))
